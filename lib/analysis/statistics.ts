/** Plain descriptive statistics in float64. Empty input gives null, never NaN. */

/** Mean, population standard deviation and order statistics of some values. */
export interface Description {
  /** Number of values. */
  readonly count: number;
  /** Arithmetic mean. */
  readonly mean: number;
  /** Population standard deviation (divides by the count). */
  readonly std: number;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** The middle value; of an even count the mean of the two middle ones. */
  readonly median: number;
}

/** Equal bins between two edges; the last bin includes its right edge. */
export interface Histogram {
  /** [bins+1], ascending */
  readonly edges: Float64Array;
  /** [bins] */
  readonly counts: Int32Array;
}

/** Describes `values`; null if there are none. */
export function describeValues(values: ArrayLike<number>): Description | null {
  const count = values.length;
  if (count === 0) return null;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < count; i++) {
    sum += values[i];
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  return { count, mean, std: Math.sqrt(squares / count), min, max, median: medianOf(values) as number };
}

/** The middle value, of an even count the mean of the two middle ones; null if there is none. */
export function medianOf(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Counts `values` in equal bins, as numpy and Matplotlib do: by default between the smallest and the largest value; if these are
 * equal, between that value ± 0.5. Values outside a given range are left out. Returns null without values unless a range is given.
 *
 * @throws RangeError if `bins` is not a positive integer or the range is empty.
 */
export function histogramOf(
  values: ArrayLike<number>,
  bins: number,
  range?: readonly [number, number],
): Histogram | null {
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`expected a positive number of bins but found ${bins}`);
  if (range && !(range[0] < range[1])) throw new RangeError(`expected a rising range but found ${range.join("…")}`);
  const extent = range ?? extentOf(values);
  if (!extent) return null;
  const [first, last] = extent;
  const edges = Float64Array.from(
    { length: bins + 1 },
    (_, i) => i === bins ? last : first + i * (last - first) / bins,
  );
  const counts = new Int32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value >= first && value <= last)) continue;
    let bin = Math.min(bins - 1, Math.floor((value - first) / (last - first) * bins));
    // Rounding can put a value one bin beside its edges; the edges decide.
    if (value < edges[bin]) bin--;
    else if (bin < bins - 1 && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return { edges, counts };
}

function extentOf(values: ArrayLike<number>): readonly [number, number] | null {
  const description = describeValues(values);
  if (!description) return null;
  const { min, max } = description;
  return min < max ? [min, max] : [min - 0.5, max + 0.5];
}

/** Values one by one into growing storage, for medians and histograms over data that arrives in batches. */
export class Samples {
  #values = new Float64Array(1024);
  #count = 0;

  /** Number of values so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds one value. */
  push(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
  }

  /** The values so far, in order: a view, valid until the next `push`. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }
}

/** Pearson correlation of pairs that arrive one by one (Welford's update: stable for any offset). */
export class Correlation {
  #count = 0;
  #meanX = 0;
  #meanY = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  /** Adds the pair (x, y). */
  push(x: number, y: number): void {
    this.#count++;
    const dx = x - this.#meanX;
    const dy = y - this.#meanY;
    this.#meanX += dx / this.#count;
    this.#meanY += dy / this.#count;
    this.#xx += dx * (x - this.#meanX);
    this.#yy += dy * (y - this.#meanY);
    this.#xy += dx * (y - this.#meanY);
  }

  /** −1…1; null if there are fewer than two pairs or either side is constant. */
  value(): number | null {
    if (this.#count < 2 || this.#xx === 0 || this.#yy === 0) return null;
    return Math.max(-1, Math.min(1, this.#xy / Math.sqrt(this.#xx * this.#yy)));
  }
}
