/** The yardstick beside every number: what a predictor that knows the game exactly would show (spec 1 §1 and §7.4). */
import { type EntropyChange, EntropyChangeAnalysis } from "./entropy_change.ts";
import { type EntropyTruth, EntropyTruthAnalysis } from "./entropy_truth.ts";

/** What is known about a batch of steps by the rules of the game. */
export interface PerfectChunk {
  /** N, cells per step. */
  readonly positions: number;
  /** [S, N], true entropy of each cell after the action, bits */
  readonly truth: ArrayLike<number>;
  /** [S, N], 1 where the cell truly changes */
  readonly changed: ArrayLike<number>;
  /** [S], 0 for padded steps, which are left out; default: all count */
  readonly valid?: ArrayLike<number>;
}

/** The statistics of §7.1 and §7.4 for a predictor whose entropy is the truth. */
export interface PerfectPredictor {
  /** Entropy against change (§7.1). */
  readonly change: EntropyChange;
  /** Entropy against the truth (§7.4). */
  readonly truth: EntropyTruth;
}

/** Gathers true entropies batch by batch; `result()` at any time. */
export class PerfectPredictorAnalysis {
  #change = new EntropyChangeAnalysis();
  #truth = new EntropyTruthAnalysis();

  /** Adds a batch. */
  add(chunk: PerfectChunk): void {
    this.#change.add({ ...chunk, entropy: chunk.truth });
    this.#truth.add({ ...chunk, entropy: chunk.truth });
  }

  /** The yardstick for everything added so far. */
  result(): PerfectPredictor {
    return { change: this.#change.result(), truth: this.#truth.result() };
  }
}

/** The yardstick for one batch that holds everything. */
export function perfectPredictor(chunk: PerfectChunk): PerfectPredictor {
  const analysis = new PerfectPredictorAnalysis();
  analysis.add(chunk);
  return analysis.result();
}
