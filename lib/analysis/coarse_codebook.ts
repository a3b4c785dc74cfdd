/**
 * What "14×" really measures (spec 1 §1 and §7.4): merge the lowest codes into one class and a predictor that knows only (code, action)
 * shows any changed/unchanged ratio one likes, because fewer and fewer codes change.
 */
import type { CodeSequences } from "./code_sequences.ts";
import { entropyOfCounts } from "./entropy.ts";
import { countTransitions, type TransitionContext } from "./transition_counts.ts";

/** What the position-free predictor H(next | code, action) shows on one merging. */
export interface CoarsePredictor {
  /** Codes 0…mergedUpTo are one class; 0 merges nothing. */
  readonly mergedUpTo: number;
  /** Classes that occur. */
  readonly classes: number;
  /** Share of positions whose class changes; null without data. */
  readonly changedShare: number | null;
  /** Mean H over positions that change, bits; null if none does. */
  readonly meanChanged: number | null;
  /** Mean H over positions that stay, bits; null if none does. */
  readonly meanUnchanged: number | null;
  /** Their quotient, with the guards of §7.1. */
  readonly ratio: number | null;
}

/**
 * The sweep: one row per threshold. Codes must be ordered so that merging the lowest makes sense; for 2048 let the code be log2 of the
 * tile (0 for an empty cell), then threshold 3 merges all tiles up to 8.
 *
 * The predictor is fitted on the data it is measured on, as in the spec's table: it is the best that (code, action) allows.
 *
 * @example
 * ```ts
 * import { coarseCodebookSweep } from "@tessera/worlds";
 * const actions = new Uint8Array(3);
 * const rows = coarseCodebookSweep(
 *   { count: 1, steps: 3, positions: 1, codeCount: 4, actionCount: 1, codes: new Uint8Array([0, 1, 0, 2]), actions },
 *   [0, 1, 2],
 * );
 * rows.map((row) => row.changedShare); // [1, 1/3, 0]
 * ```
 */
export function coarseCodebookSweep(
  sequences: CodeSequences,
  thresholds: readonly number[],
  { maskPadding = true }: { maskPadding?: boolean } = {},
): CoarsePredictor[] {
  const contexts = countTransitions(sequences, { maskPadding }).contexts();
  return thresholds.map((mergedUpTo) => positionFreePredictor(contexts, mergedUpTo));
}

/** The predictor for one merging, from counts of the unmerged codes keyed by (code, action). */
export function positionFreePredictor(contexts: readonly TransitionContext[], mergedUpTo: number): CoarsePredictor {
  const merged = mergeContexts(contexts, mergedUpTo);
  const classes = new Set<number>();
  let [changed, unchanged, changedBits, unchangedBits] = [0, 0, 0, 0];
  for (const { own, next } of merged) {
    const entropy = entropyOfCounts([...next.values()]);
    classes.add(own);
    for (const [successor, count] of next) {
      classes.add(successor);
      if (successor === own) {
        unchanged += count;
        unchangedBits += entropy * count;
      } else {
        changed += count;
        changedBits += entropy * count;
      }
    }
  }
  const meanChanged = changed ? changedBits / changed : null;
  const meanUnchanged = unchanged ? unchangedBits / unchanged : null;
  return {
    mergedUpTo,
    classes: classes.size,
    changedShare: changed + unchanged ? changed / (changed + unchanged) : null,
    meanChanged,
    meanUnchanged,
    ratio: meanChanged !== null && meanUnchanged !== null && meanUnchanged > 1e-6 ? meanChanged / meanUnchanged : null,
  };
}

/** Adds up contexts whose codes fall into the same class; a class is named after its lowest code. */
function mergeContexts(contexts: readonly TransitionContext[], mergedUpTo: number) {
  const classOf = (code: number) => code <= mergedUpTo ? 0 : code;
  const merged = new Map<string, { own: number; next: Map<number, number> }>();
  for (const { code, action, next, counts } of contexts) {
    const own = classOf(code);
    const key = `${own},${action}`;
    const row = merged.get(key) ?? { own, next: new Map<number, number>() };
    merged.set(key, row);
    next.forEach((successor, i) =>
      row.next.set(classOf(successor), (row.next.get(classOf(successor)) ?? 0) + counts[i])
    );
  }
  return merged.values();
}
