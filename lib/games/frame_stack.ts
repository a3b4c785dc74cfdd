/** The last few observations of a game as one: Gymnasium's `FrameStackObservation`. Spec 2 §2.2. */
import type { Environment, Info, Step } from "./environment.ts";

/** The whole state, plain data. */
export interface StateFrameStack<State> {
  /** The game inside. */
  readonly env: State;
  /** The observations, oldest first. */
  readonly frames: readonly Uint8Array[];
}

/**
 * Shows the last observations together, oldest first. After a reset all of them are the first observation.
 *
 * @example
 * ```ts
 * import { FrameStack, Game2048 } from "@tessera/worlds";
 * const env = new FrameStack(new Game2048(), 3);
 * env.reset(0).observation.length; // 3 · 16; env.observationShape is [3, 4, 4]
 * ```
 */
export class FrameStack<State> implements Environment<StateFrameStack<State>> {
  readonly name: string;
  readonly actionCount: number;
  readonly observationShape: readonly number[];
  readonly observationValues: number;
  #frames: Uint8Array[] = [];

  /** Wraps a game so that it shows its last `size` observations, at least one. */
  constructor(
    /** The game inside. Stepping it leaves this wrapper behind. */
    readonly env: Environment<State>,
    /** How many observations. */
    readonly size: number,
  ) {
    if (!(Number.isInteger(size) && size >= 1 && size <= 1000)) {
      throw new RangeError(`FrameStack: expected 1 to 1000 observations but found ${size}`);
    }
    this.name = env.name;
    this.actionCount = env.actionCount;
    this.observationShape = [size, ...env.observationShape];
    this.observationValues = env.observationValues;
  }

  reset(seed: number): { observation: Uint8Array; info: Info } {
    const { observation, info } = this.env.reset(seed);
    this.#frames = Array(this.size).fill(observation);
    return { observation: this.observe(), info };
  }

  step(action: number): Step {
    const step = this.env.step(action);
    this.#frames = [...this.#frames.slice(1), step.observation];
    return { ...step, observation: this.observe() };
  }

  legalActions(): readonly number[] {
    return this.env.legalActions();
  }

  /** [size, ...] bytes; a copy. */
  observe(): Uint8Array {
    const length = this.#frames.length === 0 ? 0 : this.#frames[0].length, out = new Uint8Array(this.size * length);
    this.#frames.forEach((frame, i) => out.set(frame, i * length));
    return out;
  }

  snapshot(): StateFrameStack<State> {
    return { env: this.env.snapshot(), frames: this.#frames.map((frame) => frame.slice()) };
  }

  restore({ env, frames }: StateFrameStack<State>): void {
    this.env.restore(env);
    this.#frames = frames.map((frame) => frame.slice());
  }

  clone(): FrameStack<State> {
    const copy = new FrameStack(this.env.clone(), this.size);
    copy.#frames = this.#frames.map((frame) => frame.slice());
    return copy;
  }
}
