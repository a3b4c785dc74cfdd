import { Stream, type StreamState } from "../random.ts";

/** Uniform random choices, with replacement, from a list of indices: the batches of one stage. */
export class Batches {
  #stream: Stream;

  /** Begins the stream of this seed and name. @throws RangeError when there is nothing to choose from */
  constructor(readonly choices: Int32Array, readonly size: number, seed: number, name: string) {
    expectChoices(choices, name);
    this.#stream = Stream.named(seed, name);
  }

  /** i32 [size] */
  next(): Int32Array {
    return Int32Array.from({ length: this.size }, () => this.choices[this.#stream.below(this.choices.length)]);
  }

  /** What `restore` needs to continue. */
  state(): StreamState {
    return this.#stream.state();
  }

  /** Continues from `state()`. */
  restore(state: StreamState): void {
    this.#stream = Stream.restore(state);
  }
}

/** State of `ShuffledBatches`: the stream as it was when the present pass began, and the choices taken of that pass. */
export interface PassState {
  /** The stream as the pass began. */
  readonly pass: StreamState;
  /** Choices taken of it. */
  readonly taken: number;
}

/** Passes over a list of indices, each in a new random order. A batch at the end of a pass is filled up from the next one. */
export class ShuffledBatches {
  #stream: Stream;
  #pass: StreamState;
  #order = new Int32Array(0);
  #taken = 0;

  /** Begins the stream of this seed and name, and the first pass. @throws RangeError when there is nothing to choose from */
  constructor(readonly choices: Int32Array, readonly size: number, seed: number, name: string) {
    expectChoices(choices, name);
    this.#stream = Stream.named(seed, name);
    this.#pass = this.#stream.state();
    this.#shuffle();
  }

  /** i32 [size] */
  next(): Int32Array {
    return Int32Array.from({ length: this.size }, () => {
      if (this.#taken === this.#order.length) this.#shuffle();
      return this.#order[this.#taken++];
    });
  }

  /** What `restore` needs to continue. */
  state(): PassState {
    return { pass: this.#pass, taken: this.#taken };
  }

  /** Continues from `state()`. */
  restore({ pass, taken }: PassState): void {
    this.#stream = Stream.restore(pass);
    this.#shuffle();
    this.#taken = taken;
  }

  /** Begins a pass (Fisher and Yates). */
  #shuffle(): void {
    this.#pass = this.#stream.state();
    this.#order = this.choices.slice();
    for (let i = this.#order.length - 1; i > 0; i--) {
      const other = this.#stream.below(i + 1);
      [this.#order[i], this.#order[other]] = [this.#order[other], this.#order[i]];
    }
    this.#taken = 0;
  }
}

function expectChoices(choices: Int32Array, name: string): void {
  if (choices.length === 0) throw new RangeError(`${name}: there is nothing to choose from; record more games`);
}
