import type { Estimate, KernelProfile, Tensor } from "../tensor/mod.ts";

/** Plain data, as JSON stores it. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** One part of a training: a number of equal steps with an optimiser, counters and random streams of its own. */
export interface Stage {
  /** Queues one step. @param step counts from 0 @returns scalars [] to log, alive until the next step */
  step(step: number): Readonly<Record<string, Tensor>>;
  /** Everything besides the model that the next step depends on. */
  readonly tensors: readonly (readonly [string, Tensor])[];
  /** Random streams and counters on the host, as plain data. */
  state(): Plain;
  /** Continues from `state()`; the tensors are written by the caller. */
  restore(state: unknown): void;
  /** Cost of one ordinary step, before it runs. */
  estimate(): Estimate;
  /** Runs one ordinary step with every kernel timed; `null` where the device cannot. */
  profile(): Promise<KernelProfile[] | null>;
  /** Gives the memory of the stage back. */
  dispose(): void;
}

/** A stage before it takes memory: the second stage can only be opened when the first has been trained. */
export interface StagePlan {
  /** Shown in progress bars, metrics and checkpoints. */
  readonly name: string;
  /** Number of steps. */
  readonly steps: number;
  /** Takes memory and starts. */
  open(): Promise<Stage>;
}
