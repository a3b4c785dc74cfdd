/**
 * The reproduction card, `card.json`: what was claimed, what was measured, whether it holds, and what it cost on which machine.
 * `deno task verify` reads cards again and derives every verdict anew from the numbers.
 */

import { commit, peakMemoryBytes, versions } from "./versions.ts";

/** Version of `card.json` that this Tessera writes. */
export const CARD_FORMAT = 1;

/** How a measured value is compared with its target. */
export type Comparison = ">=" | "<=" | "within";

/** One quantity, measured once per seed. */
export interface Measured {
  /** In the order of the card's runs. `null`: not a finite number, such as a ratio without a denominator. It never holds. */
  readonly values: readonly (number | null)[];
  /** Null when a value is null. */
  readonly mean: number | null;
  /** Sample standard deviation over the seeds (n − 1); null for fewer than two values. */
  readonly spread: number | null;
}

/** One promise and what came of it. */
export interface Claim {
  /** Unique in the card: "2048.chance-over-rule". */
  readonly id: string;
  /** The promise as a sentence. */
  readonly text: string;
  /** Where it is made: "spec 1 §1". */
  readonly source: string;
  /** What is measured, with its unit: "mean predicted entropy (bits)". */
  readonly quantity: string;
  /** How the mean is compared with the target. */
  readonly comparison: Comparison;
  /** In the quantity's unit. */
  readonly target: number;
  /** How far the mean may miss the target; half the width for "within". In the quantity's unit, at least 0. */
  readonly tolerance: number;
  /** What came of it. */
  readonly measured: Measured;
  /** `judge` of this claim. */
  readonly holds: boolean;
}

/** What one seed's run cost, and what it ran on. */
export interface CardRun {
  /** Seed of every random stream. */
  readonly seed: number;
  /** Wall-clock seconds of the whole run, pauses left out. */
  readonly seconds: number;
  /** Most memory of the process; null when it is not known. */
  readonly peakMemoryBytes: number | null;
  /** The device's name for people. */
  readonly device: string;
  /** Of Tessera, Deno, and what else computes. */
  readonly versions: Readonly<Record<string, string>>;
  /** Git commit of Tessera; null where there is no repository. */
  readonly commit: string | null;
}

/** One run's card, or the merged card of several seeds. */
export interface Card {
  /** `CARD_FORMAT` of the Tessera that wrote it. */
  readonly format: number;
  /** As in the run's `config.json`. */
  readonly experiment: string;
  /** As in the run's `config.json`; null where the experiment has no choice of game. */
  readonly game: string | null;
  /** As in the run's `config.json`. */
  readonly preset: string;
  /** As in the run's `config.json`. */
  readonly mode: string;
  /** One per seed. */
  readonly runs: readonly CardRun[];
  /** At least one. */
  readonly claims: readonly Claim[];
}

/** The claim without its measurement. */
export type Promised = Omit<Claim, "tolerance" | "measured" | "holds"> & { readonly tolerance?: number };

/** Mean and sample standard deviation over seeds. Values that are not finite become null. */
export function summarise(raw: readonly (number | null)[]): Measured {
  const values = raw.map((value) => value !== null && Number.isFinite(value) ? value : null);
  const finite = values.filter((value) => value !== null);
  const n = values.length;
  if (n === 0 || finite.length < n) return { values, mean: null, spread: null };
  const mean = finite.reduce((sum, value) => sum + value / n, 0);
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { values, mean, spread: n < 2 ? null : Math.sqrt(variance) };
}

/** Whether one value meets a claim. */
export function meets(claim: Pick<Claim, "comparison" | "target" | "tolerance">, value: number | null): boolean {
  if (value === null) return false;
  const { target, tolerance } = claim;
  if (claim.comparison === ">=") return value >= target - tolerance;
  if (claim.comparison === "<=") return value <= target + tolerance;
  return value >= target - tolerance && value <= target + tolerance;
}

/** Whether a claim holds: the mean over the seeds, computed anew from the values, meets it. */
export function judge(claim: Pick<Claim, "comparison" | "target" | "tolerance" | "measured">): boolean {
  return meets(claim, summarise(claim.measured.values).mean);
}

/**
 * A claim with its measurement.
 *
 * @param value the measured value, or one per run of the card
 *
 * @example
 * ```ts
 * claim({ id: "othello.mean-entropy", text: "Othello is all rules: its mean predicted entropy is near 0", source: "spec 1 §1",
 *   quantity: "mean predicted entropy (bits)", comparison: "<=", target: 0.1 }, 0.03);
 * ```
 */
export function claim(promised: Promised, value: number | null | readonly (number | null)[]): Claim {
  const { id, text, source, quantity, comparison, target, tolerance = 0 } = promised;
  const measured = summarise(Array.isArray(value) ? value : [value as number | null]);
  const open = { id, text, source, quantity, comparison, target, tolerance, measured };
  return { ...open, holds: judge(open) };
}

/** The cost side of a card for the process that runs now. */
export async function cardRun(seed: number, seconds: number, device: string): Promise<CardRun> {
  return { seed, seconds, peakMemoryBytes: peakMemoryBytes(), device, versions: versions(), commit: await commit() };
}

/** "rules-and-chance 2048, small, corrected". */
export function cardTitle(card: Pick<Card, "experiment" | "game" | "preset" | "mode">): string {
  return `${[card.experiment, card.game].filter((part) => part !== null).join(" ")}, ${card.preset}, ${card.mode}`;
}

function sameClaim(a: Claim, b: Claim): boolean {
  return a.id === b.id && a.text === b.text && a.source === b.source && a.quantity === b.quantity &&
    a.comparison === b.comparison && a.target === b.target && a.tolerance === b.tolerance;
}

/**
 * One card of several: the same claims over more seeds, with mean and spread over all of them, runs sorted by seed.
 *
 * @throws TypeError when the cards are not of the same experiment, game, preset and mode, when their claims differ, or when a
 * seed comes twice
 */
export function mergeCards(cards: readonly Card[]): Card {
  const [first, ...rest] = cards;
  if (!first) throw new TypeError("merging needs at least one card");
  for (const card of rest) {
    if (cardTitle(card) !== cardTitle(first)) {
      throw new TypeError(`cards of different runs cannot be merged: ${cardTitle(first)} and ${cardTitle(card)}`);
    }
    const odd = first.claims.find((c, i) => !card.claims[i] || !sameClaim(c, card.claims[i]));
    if (odd || card.claims.length !== first.claims.length) {
      throw new TypeError(
        `${cardTitle(first)}: the cards do not make the same claims${odd ? ` (see "${odd.id}")` : ""}`,
      );
    }
  }
  const order = cards.flatMap((card) => card.runs.map((run, i) => ({ run, card, i })));
  order.sort((a, b) => a.run.seed - b.run.seed);
  const twice = order.find(({ run }, i) => i > 0 && run.seed === order[i - 1].run.seed);
  if (twice) throw new TypeError(`${cardTitle(first)}: seed ${twice.run.seed} comes twice`);
  return {
    format: CARD_FORMAT,
    experiment: first.experiment,
    game: first.game,
    preset: first.preset,
    mode: first.mode,
    runs: order.map(({ run }) => run),
    claims: first.claims.map((c, k) => claim(c, order.map(({ card, i }) => card.claims[k].measured.values[i]))),
  };
}

const symbol = { ">=": "≥", "<=": "≤", within: "=" } as const;

/** "≥ 3", "≥ 0.4 (− 0.05)", "0.6 … 1": what a claim expects, for people. */
export function expectation(
  { comparison, target, tolerance }: Pick<Claim, "comparison" | "target" | "tolerance">,
  format: (value: number) => string,
): string {
  if (comparison === "within") {
    return tolerance > 0 ? `${format(target - tolerance)} … ${format(target + tolerance)}` : `= ${format(target)}`;
  }
  const slack = tolerance > 0 ? ` (${comparison === ">=" ? "−" : "+"} ${format(tolerance)})` : "";
  return `${symbol[comparison]} ${format(target)}${slack}`;
}
