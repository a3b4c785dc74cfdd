/** Entropy in bits of predictions (logits) and of observations (counts), and perplexity of code use. */

/** How −Σ p log p treats p = 0: the original adds 1e-10 inside the logarithm; `exact` leaves such terms out. */
export type EntropyConvention = "published" | "exact";

const GUARD = 1e-10;

/**
 * Entropy of softmax(logits/temperature) for each row: −Σ p ln p / ln 2 (spec 1 §4).
 *
 * Computed as ln Σ e^d − Σ d e^d / Σ e^d with d = (logit − max)/temperature, which does not overflow; log1p keeps tiny entropies.
 * A logit of −∞ is a class of probability 0.
 *
 * @param logits [rows, classes]
 * @param classes width of a row
 * @returns [rows], bits, between 0 and log2(classes)
 * @throws RangeError if the size does not fit, the temperature is not positive, or a row holds NaN, +∞ or only −∞.
 *
 * @example
 * ```ts
 * import { entropyOfLogits } from "@tessera/worlds";
 * entropyOfLogits(new Float32Array([0, 0, 0, 0, 50, 0, 0, 0]), 4); // [2, ≈0]
 * ```
 */
export function entropyOfLogits(logits: ArrayLike<number>, classes: number, temperature = 1): Float64Array {
  if (!(temperature > 0)) throw new RangeError(`expected a positive temperature but found ${temperature}`);
  if (!(classes >= 1) || logits.length % classes !== 0) {
    throw new RangeError(
      `expected logits [rows, ${classes}] but found ${logits.length} elements; check the class count`,
    );
  }
  const entropy = new Float64Array(logits.length / classes);
  for (let row = 0; row < entropy.length; row++) {
    const start = row * classes;
    let best = start;
    for (let c = start + 1; c < start + classes; c++) if (logits[c] > logits[best]) best = c;
    const max = logits[best];
    let rest = 0; // Σ e^d without the largest class, whose e^d is 1
    let weighted = 0;
    for (let c = start; c < start + classes; c++) {
      const d = (logits[c] - max) / temperature;
      const e = Math.exp(d);
      if (c === best || e === 0) continue; // e = 0: its term d·e tends to 0; −∞·0 would be NaN
      rest += e;
      weighted += d * e;
    }
    if (!Number.isFinite(max) || Number.isNaN(rest)) {
      throw new RangeError(
        `expected logits without NaN and with a finite largest one in row ${row} but found ${
          Number.isNaN(rest) ? NaN : max
        }; ` +
          `the model has diverged or was read wrongly`,
      );
    }
    entropy[row] = Math.max(0, (Math.log1p(rest) - weighted / (1 + rest)) / Math.LN2);
  }
  return entropy;
}

/**
 * Entropy of the empirical distribution of `counts`, bits.
 *
 * `published` (spec 1 §7.3): p = count/max(1, Σ), −Σ p ln(p+1e-10)/ln 2. A certain outcome gives −1.44e-10, no observation 0.
 * `exact`: −Σ p log2 p over p > 0; 0 for a certain outcome and for no observation.
 *
 * @param counts [outcomes], each ≥ 0; outcomes of count 0 may be left out.
 */
export function entropyOfCounts(counts: ArrayLike<number>, convention: EntropyConvention = "exact"): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const p = counts[i] / Math.max(1, total);
    sum += p * Math.log(convention === "published" ? p + GUARD : p);
  }
  return (0 - sum) / Math.LN2; // 0 − 0 is +0, −0 would print as "-0.000"
}

/**
 * Perplexity of code use: exp(−Σ p̂ ln(p̂+1e-10)), the number of codes that are used evenly (spec 1 §4).
 *
 * @param usage [K], how often each code was chosen
 * @returns 1 (one code) … K (all alike); null if nothing was counted
 */
export function perplexity(usage: ArrayLike<number>): number | null {
  let total = 0;
  for (let i = 0; i < usage.length; i++) total += usage[i];
  if (total === 0) return null;
  let sum = 0;
  for (let i = 0; i < usage.length; i++) {
    const p = usage[i] / total;
    sum += p * Math.log(p + GUARD);
  }
  return Math.exp(-sum);
}
