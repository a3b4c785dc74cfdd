/** What the harness asks of a library that it measures. */
import type { Case } from "../cases/case.ts";

/** A case made ready on one peer: inputs on its device, kernels compiled as far as the library allows. */
export interface Workload {
  /** Does the work once, and waits for it by reading one number back. */
  run(): Promise<number>;
  /**
   * Does the work again and gives what it computed, for comparison with the other peers:
   * `matmul` the product; `conv` forward the last layer [B, H, W, C], backward `gradient 0`, `gradient 1`, … of the weights
   * [4, 4, Cin, Cout]; a training step `losses`, those of the first three steps.
   */
  results(): Promise<Record<string, Float32Array>>;
  /**
   * Waits for what a run left over, such as gradients that follow the loss: it is work of this peer, and must not take the
   * processor from the next one. Absent if `run` leaves nothing.
   */
  settle?(): Promise<void>;
  dispose(): void;
}

export interface Peer {
  /** Where it computes, for people: an adapter, or a number of threads. */
  readonly device: string;
  /** @throws CannotDo when the library lacks something that the case needs */
  prepare(entry: Case): Promise<Workload>;
}

/** This peer cannot do this case, and why; goes into the table. */
export class CannotDo extends Error {
  override name = "CannotDo";
}
