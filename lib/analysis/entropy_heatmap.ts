/** Empirical entropy of the most used codes under every action, the data of the heat map (spec 1 §7.5). */
import { mostUsedCodes } from "./codebook_usage.ts";
import { entropyOfCounts } from "./entropy.ts";
import { ANALYSIS_MODES, type AnalysisSettings } from "./modes.ts";
import type { TransitionCounts } from "./transition_counts.ts";

/** Rows are codes, columns actions. */
export interface EntropyHeatmap {
  /** Codes of the rows, most used first. */
  readonly codes: readonly number[];
  /** A, columns. */
  readonly actionCount: number;
  /** [codes][actions], bits; null where the pair was not seen often enough to say (drawn grey) */
  readonly entropy: readonly (readonly (number | null)[])[];
  /** [codes][actions], observations */
  readonly observations: readonly (readonly number[])[];
}

/** The settings that the heat map needs. */
export type HeatmapSettings = Pick<AnalysisSettings, "entropyConvention" | "unvisited" | "minCount">;

/**
 * The heat map of the `rows` most used codes.
 *
 * With `unvisited: "zero"` a pair that was never seen has 0 bits and looks like a rule, as in the original (D12); with `"missing"`
 * every pair with fewer than `minCount` observations is null.
 *
 * @param counts keyed by (code, action)
 * @param usage [K]
 * @throws RangeError if the counts are keyed by position
 */
export function entropyHeatmap(
  counts: TransitionCounts,
  usage: ArrayLike<number>,
  settings: HeatmapSettings = ANALYSIS_MODES.corrected,
  rows = 32,
): EntropyHeatmap {
  if (counts.positions !== null) {
    throw new RangeError(
      "expected counts keyed by (code, action) but found counts by position; count with pooled positions",
    );
  }
  const codes = mostUsedCodes(usage, rows);
  const rowOf = new Map(codes.map((code, row) => [code, row]));
  const missing = settings.unvisited === "missing";
  const grid = <T>(value: T): T[][] => codes.map(() => Array.from({ length: counts.actionCount }, () => value));
  const entropy = grid<number | null>(missing ? null : 0);
  const observations = grid(0);
  for (const context of counts.contexts()) {
    const row = rowOf.get(context.code);
    if (row === undefined) continue;
    observations[row][context.action] = context.total;
    if (missing && context.total < settings.minCount) continue;
    entropy[row][context.action] = entropyOfCounts(context.counts, settings.entropyConvention);
  }
  return { codes, actionCount: counts.actionCount, entropy, observations };
}
