import { Stream, type StreamState } from "../../random.ts";

/** Uniform random choices, with replacement, from a list of indices: the batches of one stage. */
export class Batches {
  #stream: Stream;

  constructor(readonly choices: Int32Array, readonly size: number, seed: number, name: string) {
    if (choices.length === 0) throw new RangeError(`${name}: there is nothing to choose from; record more games`);
    this.#stream = Stream.named(seed, name);
  }

  /** i32 [size] */
  next(): Int32Array {
    return Int32Array.from({ length: this.size }, () => this.choices[this.#stream.below(this.choices.length)]);
  }

  state(): StreamState {
    return this.#stream.state();
  }

  restore(state: StreamState): void {
    this.#stream = Stream.restore(state);
  }
}
