import { collapseReason, type GameSummary } from "../../analysis/mod.ts";
import { type Card, CARD_FORMAT, type CardRun, type Claim, claim } from "../../runs/mod.ts";
import type { Analysis } from "./analyse.ts";
import { CRITERIA, judgedEntropy } from "./criteria.ts";
import type { GameName } from "./settings.ts";

/** A claim with what stands beside it in every table: raw number, yardstick, and why a number is no evidence. */
export interface JudgedClaim {
  /** The promise with its verdict. */
  readonly claim: Claim;
  /** The number as measured, also where it is no evidence. */
  readonly raw: number | null;
  /** The same quantity for a predictor that knows the game exactly; null where there is none. */
  readonly perfect: number | null;
  /** Why the number is no evidence and the claim does not hold; null if it counts. */
  readonly void: string | null;
}

/**
 * Judges one model. A number that a useless codebook gives for free does not count: a model whose tokens all have one code "predicts"
 * every game with 0 bits. Such a claim has the value null and does not hold.
 */
export function judgeClaims(analysis: Analysis): JudgedClaim[] {
  const reason = collapseReason(gameSummary(analysis)), judged = judgedEntropy(analysis);
  return CRITERIA[analysis.mode][analysis.game].map(({ promised, measure, perfect }) => {
    const raw = measure(analysis), counts = reason === null;
    return {
      claim: claim(promised, counts ? raw : null),
      raw,
      perfect: perfect?.(judged) ?? null,
      void: counts ? null : reason,
    };
  });
}

/** The claims of one model, for its card. */
export function claimsOf(analysis: Analysis): Claim[] {
  return judgeClaims(analysis).map((judged) => judged.claim);
}

/** The reproduction card of one run. @param run see `cardRun` */
export function cardOf(analysis: Analysis, run: CardRun): Card {
  const { game, preset, mode } = analysis;
  return {
    format: CARD_FORMAT,
    experiment: "rules-and-chance",
    game,
    preset,
    mode,
    runs: [run],
    claims: claimsOf(analysis),
  };
}

/** The analysis as the library's summary table and interpretation take it. */
export function gameSummary(analysis: Analysis): GameSummary {
  const { change, truth, perfect } = judgedEntropy(analysis);
  return {
    game: gameTitle(analysis.game),
    hasChance: analysis.game === "2048",
    table: analysis.rules.pooled,
    tableByPosition: analysis.rules.byPosition,
    codesUsed: analysis.codesUsed,
    codeCount: analysis.codeCount,
    distinctCodes: change.distinctCodes,
    changedShare: change.changedShare,
    trueChangedShare: perfect.change.changedShare,
    meanEntropy: change.all?.mean ?? null,
    below01: change.shares?.below01 ?? null,
    ratio: change.ratio,
    perfectRatio: perfect.change.ratio,
    chanceBits: truth.chance.mean,
    ruleBits: truth.rule.mean,
    trueChanceBits: truth.chance.meanTruth,
  };
}

/** "2048", "Othello": the game as people write it. */
export function gameTitle(game: GameName): string {
  return game === "othello" ? "Othello" : game;
}
