/** The console's own pictures, every few frames. */
import { Stream } from "../../../random.ts";
import { EpisodeOverError, type Info, type Step } from "../../environment.ts";
import { AtariAction } from "../actions.ts";
import type { AtariEnv } from "../atari_env.ts";

/** How an episode begins and goes on; as in the other preprocessings. */
export interface ScreenPreprocessingOptions {
  readonly noopMax: number;
  readonly frameSkip: number;
}

/** Colour bytes [210, 160] of the last frame of each step. Nothing is lost but the frames between. */
export class ScreenPreprocessing {
  #random = Stream.named(0, NOOPS);
  #running = false;

  constructor(readonly env: AtariEnv, readonly options: ScreenPreprocessingOptions) {}

  get actionNames(): AtariEnv["actionNames"] {
    return this.env.actionNames;
  }

  reset(seed?: number): { observation: Uint8Array; info: Info } {
    if (seed !== undefined) this.#random = Stream.named(seed, NOOPS);
    let { info } = this.env.reset(seed);
    const { noopMax } = this.options, noops = noopMax > 0 ? 1 + this.#random.below(noopMax) : 0;
    for (let i = 0; i < noops; i++) {
      const step = this.env.step(AtariAction.NOOP);
      info = step.terminated || step.truncated ? this.env.reset(seed).info : step.info;
    }
    this.#running = true;
    return { observation: this.env.screen(), info };
  }

  step(action: number): Step {
    if (!this.#running) throw new EpisodeOverError(this.env.name, true);
    let reward = 0, terminated = false, truncated = false, info: Info = {};
    for (let frame = 0; frame < this.options.frameSkip && !terminated && !truncated; frame++) {
      const step = this.env.step(action);
      reward += step.reward;
      ({ terminated, truncated, info } = step);
    }
    this.#running = !terminated && !truncated;
    return { observation: this.env.screen(), reward, terminated, truncated, info };
  }
}

const NOOPS = "atari/noops";
