/** What the training steps of all peers have in common: batches go round, and the first losses are remembered. */
import type { Workload } from "./peer.ts";

/** Different batches that the training steps go round. */
export const BATCHES = 8;

/** First steps whose losses the peers compare. */
const COMPARED_STEPS = 3;

export interface Trainer {
  /** One step on batch `index`; gives its loss. */
  step(index: number): Promise<number>;
  /** See `Workload`. */
  settle?(): Promise<void>;
  dispose(): void;
}

export function training(trainer: Trainer): Workload {
  const first: number[] = [];
  let steps = 0;
  const run = async () => {
    const loss = await trainer.step(steps++ % BATCHES);
    if (first.length < COMPARED_STEPS) first.push(loss);
    return loss;
  };
  return {
    run,
    async results() {
      while (first.length < COMPARED_STEPS) await run();
      return { losses: Float32Array.from(first) };
    },
    settle: () => trainer.settle?.() ?? Promise.resolve(),
    dispose: () => trainer.dispose(),
  };
}
