/** Entropy against change (spec 1 §7.1): is the model less sure where a code changes than where it stays? */
import { expectLength } from "./checks.ts";
import { describeValues, type Description, Samples } from "./statistics.ts";

/** A batch of predictions: S steps of N positions. */
export interface EntropyChunk {
  /** N, positions per step. */
  readonly positions: number;
  /** [S, N], predicted entropy in bits */
  readonly entropy: ArrayLike<number>;
  /** [S, N], 1 where the code of the position changes in this step */
  readonly changed: ArrayLike<number>;
  /** [S], 0 for padded steps, which are left out; default: all count */
  readonly valid?: ArrayLike<number>;
}

/** Share of predictions in the four bands of the original. A prediction of exactly 2 bits is in none of them. */
export interface EntropyShares {
  /** H < 0.1 */
  readonly below01: number;
  /** 0.1 ≤ H < 0.5 */
  readonly from01to05: number;
  /** 0.5 ≤ H < 2 */
  readonly from05to2: number;
  /** H > 2 */
  readonly above2: number;
}

/** Everything the original prints about predicted entropy, as numbers. Null: no value of that kind. */
export interface EntropyChange {
  /** All predictions. */
  readonly all: Description | null;
  /** Predictions at positions whose code changes. */
  readonly changed: Description | null;
  /** Predictions at positions whose code stays. */
  readonly unchanged: Description | null;
  /** Share of positions whose code changes. */
  readonly changedShare: number | null;
  /** mean(H | changed) / mean(H | unchanged), where that is defined. */
  readonly ratio: number | null;
  /** Why there is no ratio; null if there is one. */
  readonly ratioMissing: string | null;
  /** How the predictions spread over the four bands. */
  readonly shares: EntropyShares | null;
  /** Distinct codes among those given to `addCodes`. */
  readonly distinctCodes: number;
  /** K */
  readonly codeCount: number;
}

/** Gathers predictions batch by batch; `result()` at any time. */
export class EntropyChangeAnalysis {
  #changed = new Samples();
  #unchanged = new Samples();
  #codes: Uint8Array;

  /**
   * An empty analysis.
   *
   * @param codeCount K, for the share of the codebook in use; 0 if codes are never added
   */
  constructor(codeCount = 0) {
    this.#codes = new Uint8Array(codeCount);
  }

  /** Adds a batch. */
  add(chunk: EntropyChunk): void {
    const { entropy, changed, valid, positions } = chunk;
    expectLength("changed [S, N]", changed.length, entropy.length);
    if (valid) expectLength("valid [S]", valid.length, entropy.length / positions);
    for (let i = 0; i < entropy.length; i++) {
      if (valid && !valid[Math.floor(i / positions)]) continue;
      if (Number.isNaN(entropy[i])) {
        throw new RangeError(
          `expected an entropy but found NaN at step ${Math.floor(i / positions)}, position ${i % positions}`,
        );
      }
      (changed[i] ? this.#changed : this.#unchanged).push(entropy[i]);
    }
  }

  /** Notes which codes occur, in any shape. */
  addCodes(codes: ArrayLike<number>): void {
    for (let i = 0; i < codes.length; i++) {
      if (!(codes[i] >= 0 && codes[i] < this.#codes.length)) {
        throw new RangeError(`expected codes in 0…${this.#codes.length - 1} but found ${codes[i]} at element ${i}`);
      }
      this.#codes[codes[i]] = 1;
    }
  }

  /** The statistics of everything added so far. */
  result(): EntropyChange {
    const changed = describeValues(this.#changed.values());
    const unchanged = describeValues(this.#unchanged.values());
    const all = new Float64Array(this.#changed.count + this.#unchanged.count);
    all.set(this.#changed.values());
    all.set(this.#unchanged.values(), this.#changed.count);
    const ratioMissing = whyNoRatio(changed, unchanged);
    return {
      all: describeValues(all),
      changed,
      unchanged,
      changedShare: all.length ? this.#changed.count / all.length : null,
      ratio: changed && unchanged && !ratioMissing ? changed.mean / unchanged.mean : null,
      ratioMissing,
      shares: sharesOf(all),
      distinctCodes: this.#codes.reduce((sum, seen) => sum + seen, 0),
      codeCount: this.#codes.length,
    };
  }
}

/**
 * The statistics of one batch that holds everything.
 *
 * @param codes every code of the data, any shape, for the number of distinct codes; used with `codeCount`
 *
 * @example
 * ```ts
 * import { entropyChange } from "@tessera/worlds";
 * entropyChange({ positions: 2, entropy: [1, 0.5, 0.25, 0.25], changed: [1, 0, 0, 0] }).ratio; // 3
 * ```
 */
export function entropyChange(chunk: EntropyChunk, codes?: ArrayLike<number>, codeCount = 0): EntropyChange {
  const analysis = new EntropyChangeAnalysis(codeCount);
  analysis.add(chunk);
  if (codes) analysis.addCodes(codes);
  return analysis.result();
}

/** The statistics as the lines that the original prints after training. */
export function entropyChangeText(statistics: EntropyChange): string {
  const { all, changed, unchanged, shares, ratio, ratioMissing, distinctCodes, codeCount } = statistics;
  if (!all || !shares) return "Predicted entropy: no predictions.";
  const group = (name: string, d: Description | null) =>
    d ? `${name}: n ${d.count}, mean ${d.mean.toFixed(3)}, median ${d.median.toFixed(3)}` : `${name}: none`;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    `Predicted entropy (bits): mean ${all.mean.toFixed(3)}, std ${all.std.toFixed(3)}, max ${all.max.toFixed(3)}`,
    group("  code changes", changed),
    group("  code stays", unchanged),
    `  changed/unchanged: ${ratio === null ? `undefined, ${ratioMissing}` : `${ratio.toFixed(2)}×`}`,
    `  H < 0.1: ${percent(shares.below01)}, 0.1–0.5: ${percent(shares.from01to05)}, ` +
    `0.5–2: ${percent(shares.from05to2)}, > 2: ${percent(shares.above2)}`,
    ...(codeCount ? [`  codes in the data: ${distinctCodes}/${codeCount}`] : []),
  ].join("\n");
}

function whyNoRatio(changed: Description | null, unchanged: Description | null): string | null {
  if (!changed) return "no code changes";
  if (!unchanged) return "every code changes";
  return unchanged.mean > 1e-6 ? null : "the mean entropy of codes that stay is not above 1e-6 bit";
}

function sharesOf(entropy: Float64Array): EntropyShares | null {
  if (entropy.length === 0) return null;
  let [below01, from01to05, from05to2, above2] = [0, 0, 0, 0];
  for (const h of entropy) {
    if (h < 0.1) below01++;
    else if (h < 0.5) from01to05++;
    else if (h < 2) from05to2++;
    else if (h > 2) above2++;
  }
  const n = entropy.length;
  return { below01: below01 / n, from01to05: from01to05 / n, from05to2: from05to2 / n, above2: above2 / n };
}
