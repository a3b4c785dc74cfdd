import { type Card, CARD_FORMAT, type CardRun, type Claim } from "../../runs/mod.ts";
import { measureClaims } from "../criterion.ts";
import type { Analysis } from "./analyse.ts";
import { criteriaFor } from "./criteria.ts";
import { EXPERIMENT } from "./run.ts";

/** What is claimed of one model, measured. A `published` model is held to what it shows, not to what a repaired one must show. */
export function claimsOf(analysis: Analysis): Claim[] {
  return measureClaims(criteriaFor(analysis), analysis);
}

/** The reproduction card of one run; cards of several seeds merge. @param run see `cardRun` */
export function cardOf(analysis: Analysis, run: CardRun): Card {
  const { game, preset, mode } = analysis;
  return { format: CARD_FORMAT, experiment: EXPERIMENT, game, preset, mode, runs: [run], claims: claimsOf(analysis) };
}
