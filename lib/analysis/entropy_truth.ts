/** Predicted entropy against the game's own truth (spec 1 §7.4): rule cells are certain, chance cells are not. */
import { expectLength } from "./checks.ts";
import { Correlation } from "./statistics.ts";

/** A batch of predictions with the true entropies of their cells. */
export interface TruthChunk {
  /** N, cells per step. */
  readonly positions: number;
  /** [S, N], predicted entropy in bits */
  readonly entropy: ArrayLike<number>;
  /** [S, N], true entropy in bits; a cell above 0 is a chance cell, one of exactly 0 a rule cell */
  readonly truth: ArrayLike<number>;
  /** [S], 0 for padded steps, which are left out; default: all count */
  readonly valid?: ArrayLike<number>;
}

/** Predicted entropies of one kind of cell. */
export interface CellEntropy {
  /** Cells of this kind. */
  readonly count: number;
  /** Mean predicted entropy, bits; null if there is no such cell. */
  readonly mean: number | null;
  /** Share predicted below 0.1 bit; null if there is no such cell. */
  readonly below01: number | null;
  /** Mean true entropy, bits; null if there is no such cell. */
  readonly meanTruth: number | null;
}

/** The comparison over everything added. */
export interface EntropyTruth {
  /** All cells. */
  readonly all: CellEntropy;
  /** Cells that the game decides by chance. */
  readonly chance: CellEntropy;
  /** Cells that the rules decide. */
  readonly rule: CellEntropy;
  /** Share of cells that are chance cells; null without cells. */
  readonly chanceShare: number | null;
  /**
   * mean(H | chance) / mean(H | rule). `Infinity` if rule cells are predicted with exactly 0 bits (the perfect predictor); null if
   * one kind of cell is missing or both means are 0.
   */
  readonly chanceOverRule: number | null;
  /** Pearson correlation of predicted and true entropy; null if either is constant. */
  readonly correlation: number | null;
}

/** Gathers predictions batch by batch; `result()` at any time. */
export class EntropyTruthAnalysis {
  #chance = new CellTally();
  #rule = new CellTally();
  #correlation = new Correlation();

  /** Adds a batch. */
  add(chunk: TruthChunk): void {
    const { positions, entropy, truth, valid } = chunk;
    expectLength("truth [S, N]", truth.length, entropy.length);
    if (valid) expectLength("valid [S]", valid.length, entropy.length / positions);
    for (let i = 0; i < entropy.length; i++) {
      if (valid && !valid[Math.floor(i / positions)]) continue;
      if (!(truth[i] >= 0) || Number.isNaN(entropy[i])) {
        throw new RangeError(
          `expected entropies but found predicted ${entropy[i]}, true ${truth[i]} at step ${
            Math.floor(i / positions)
          }, cell ${i % positions}`,
        );
      }
      (truth[i] > 0 ? this.#chance : this.#rule).push(entropy[i], truth[i]);
      this.#correlation.push(entropy[i], truth[i]);
    }
  }

  /** The comparison over everything added so far. */
  result(): EntropyTruth {
    const all = this.#chance.plus(this.#rule);
    const chance = this.#chance.result();
    const rule = this.#rule.result();
    const quotient = chance.mean === null || rule.mean === null ? NaN : chance.mean / rule.mean;
    return {
      all: all.result(),
      chance,
      rule,
      chanceShare: all.count ? chance.count / all.count : null,
      chanceOverRule: Number.isNaN(quotient) ? null : quotient,
      correlation: this.#correlation.value(),
    };
  }
}

/**
 * The comparison for one batch that holds everything.
 *
 * @example
 * ```ts
 * import { entropyTruth } from "@tessera/worlds";
 * entropyTruth({ positions: 2, entropy: [1, 0.25], truth: [0.845, 0] }).chanceOverRule; // 4
 * ```
 */
export function entropyTruth(chunk: TruthChunk): EntropyTruth {
  const analysis = new EntropyTruthAnalysis();
  analysis.add(chunk);
  return analysis.result();
}

/** The predicted entropies of rule cells and of chance cells, for a histogram split by kind (spec 1 §7.5). */
export function splitByTruth(chunk: TruthChunk): { rule: Float64Array; chance: Float64Array } {
  const { positions, entropy, truth, valid } = chunk;
  expectLength("truth [S, N]", truth.length, entropy.length);
  const kept = Array.from({ length: entropy.length }, (_, i) => i)
    .filter((i) => !valid || valid[Math.floor(i / positions)]);
  const pick = (chance: boolean) => Float64Array.from(kept.filter((i) => truth[i] > 0 === chance), (i) => entropy[i]);
  return { rule: pick(false), chance: pick(true) };
}

class CellTally {
  count = 0;
  #entropy = 0;
  #truth = 0;
  #below = 0;

  push(entropy: number, truth: number): void {
    this.count++;
    this.#entropy += entropy;
    this.#truth += truth;
    if (entropy < 0.1) this.#below++;
  }

  plus(other: CellTally): CellTally {
    const sum = new CellTally();
    sum.count = this.count + other.count;
    sum.#entropy = this.#entropy + other.#entropy;
    sum.#truth = this.#truth + other.#truth;
    sum.#below = this.#below + other.#below;
    return sum;
  }

  result(): CellEntropy {
    const { count } = this;
    const share = (sum: number) => count ? sum / count : null;
    return { count, mean: share(this.#entropy), below01: share(this.#below), meanTruth: share(this.#truth) };
  }
}
