/** Counting values into bins of equal width. */

export interface Bins {
  /** `bins + 1` edges, rising. */
  readonly edges: number[];
  /** Values in [edge i, edge i+1); the last bin includes its upper edge. */
  readonly counts: number[];
}

/**
 * Counts values into equal bins between `low` and `high` (default: smallest and largest value), as numpy's `histogram` does. Values
 * outside are not counted. When all values are equal the range is one wide around them.
 *
 * @throws Error when a value is not finite: a histogram that drops NaN hides a defect.
 */
export function countBins(values: ArrayLike<number>, bins: number, low?: number, high?: number): Bins {
  if (!Number.isInteger(bins) || bins < 1) throw new Error(`histogram: expected at least one bin but found ${bins}`);
  let min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) throw new Error(`histogram: expected finite values but found ${value} at index ${i}`);
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (values.length === 0) [min, max] = [0, 1];
  let from = low ?? min, to = high ?? max;
  if (to < from) throw new Error(`histogram: expected a rising range but found ${from} to ${to}`);
  if (to === from) [from, to] = [from - 0.5, to + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) => i === bins ? to : from + ((to - from) * i) / bins);
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < from || value > to) continue;
    let bin = Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins));
    // The division may land one bin off at an edge; the edges decide.
    if (value < edges[bin]) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return { edges, counts };
}
