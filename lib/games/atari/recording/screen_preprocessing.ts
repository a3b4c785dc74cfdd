/** The console's own pictures, every few frames. */
import { Stream } from "../../../random.ts";
import { EpisodeOverError, type Info, type Step } from "../../environment.ts";
import { AtariAction } from "../actions.ts";
import type { AtariEnv } from "../atari_env.ts";

/** How an episode begins and goes on; as in the other preprocessings. */
export interface ScreenPreprocessingOptions {
  /** An episode begins with 1 to so many frames of nothing; 0 for none. */
  readonly noopMax: number;
  /** Frames per step. */
  readonly frameSkip: number;
}

/** Colour bytes [210, 160] of the last frame of each step. Nothing is lost but the frames between. */
export class ScreenPreprocessing {
  #random = Stream.named(0, NOOPS);
  #phase: "fresh" | "running" | "over" = "fresh";

  /** Wraps a game that plays one frame per step. Its own observations are not looked at; "ram" costs least. */
  constructor(
    /** The game inside. Stepping it leaves this wrapper behind. */
    readonly env: AtariEnv,
    /** As given. */
    readonly options: ScreenPreprocessingOptions,
  ) {}

  /** Names of the actions, in order. */
  get actionNames(): AtariEnv["actionNames"] {
    return this.env.actionNames;
  }

  /** Starts an episode. Without a seed the random numbers go on where they are. */
  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) this.#random = Stream.named(seed, NOOPS);
    let { info } = this.env.reset(seed);
    const { noopMax } = this.options, noops = noopMax > 0 ? 1 + this.#random.below(noopMax) : 0;
    for (let i = 0; i < noops; i++) {
      const step = this.env.step(AtariAction.NOOP);
      info = step.terminated || step.truncated ? this.env.reset(seed).info : step.info;
    }
    this.#phase = "running";
    return { observation: this.env.screen(), info };
  }

  /** Holds an action for some frames. @throws EpisodeOverError before a reset and after the end */
  step(action: number): Step {
    if (this.#phase !== "running") throw new EpisodeOverError(this.env.name, this.#phase === "over");
    let reward = 0, terminated = false, truncated = false, info: Info = {};
    for (let frame = 0; frame < this.options.frameSkip && !terminated && !truncated; frame++) {
      const step = this.env.step(action);
      reward += step.reward;
      ({ terminated, truncated, info } = step);
    }
    if (terminated || truncated) this.#phase = "over";
    return { observation: this.env.screen(), reward, terminated, truncated, info };
  }
}

const NOOPS = "atari/noops";
