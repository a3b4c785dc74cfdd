/** How often the most likely next code is right, beside the baseline that every code stays (spec 1 §10). */
import { expectLength } from "./checks.ts";

/** A batch of predicted and true codes. */
export interface CodeChunk {
  /** N, positions per step. */
  readonly positions: number;
  /** [S, N], most likely next code */
  readonly predicted: ArrayLike<number>;
  /** [S, N], code before the step */
  readonly current: ArrayLike<number>;
  /** [S, N], code after the step */
  readonly next: ArrayLike<number>;
  /** [S], 0 for padded steps, which are left out; default: all count */
  readonly valid?: ArrayLike<number>;
}

/** Shares of right predictions; null where there is nothing to predict. */
export interface PredictionAccuracy {
  /** Predictions counted. */
  readonly count: number;
  /** Among all positions. */
  readonly accuracy: number | null;
  /** Among positions whose code changes. */
  readonly changedAccuracy: number | null;
  /** Among positions whose code stays. */
  readonly unchangedAccuracy: number | null;
  /** Accuracy of "every code stays": the share of codes that stay. */
  readonly copyAccuracy: number | null;
}

/** Gathers predictions batch by batch; `result()` at any time. */
export class PredictionAccuracyAnalysis {
  #changed = 0;
  #changedRight = 0;
  #unchanged = 0;
  #unchangedRight = 0;

  /** Adds a batch. */
  add(chunk: CodeChunk): void {
    const { positions, predicted, current, next, valid } = chunk;
    expectLength("current [S, N]", current.length, predicted.length);
    expectLength("next [S, N]", next.length, predicted.length);
    if (valid) expectLength("valid [S]", valid.length, predicted.length / positions);
    for (let i = 0; i < predicted.length; i++) {
      if (valid && !valid[Math.floor(i / positions)]) continue;
      const right = predicted[i] === next[i] ? 1 : 0;
      if (current[i] === next[i]) {
        this.#unchanged++;
        this.#unchangedRight += right;
      } else {
        this.#changed++;
        this.#changedRight += right;
      }
    }
  }

  /** The shares over everything added so far. */
  result(): PredictionAccuracy {
    const count = this.#changed + this.#unchanged;
    const share = (right: number, all: number) => all ? right / all : null;
    return {
      count,
      accuracy: share(this.#changedRight + this.#unchangedRight, count),
      changedAccuracy: share(this.#changedRight, this.#changed),
      unchangedAccuracy: share(this.#unchangedRight, this.#unchanged),
      copyAccuracy: share(this.#unchanged, count),
    };
  }
}

/** The shares for one batch that holds everything. */
export function predictionAccuracy(chunk: CodeChunk): PredictionAccuracy {
  const analysis = new PredictionAccuracyAnalysis();
  analysis.add(chunk);
  return analysis.result();
}
