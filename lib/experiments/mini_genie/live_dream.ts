import type { Dreamer } from "../../models/mini_genie/mod.ts";
import type { Stream } from "../../random.ts";
import { nearestFrame } from "./evaluation.ts";
import type { KnownWorld } from "./known_world.ts";
import { stepJudge, type Verdict } from "./verdict.ts";

/** What a dream needs of a model. */
export type DreamModel = Pick<Dreamer, "actions" | "encode" | "decodeExactly" | "predict">;

/** A moment of a dream. */
export interface DreamMoment {
  /** Steps since the start. */
  readonly step: number;
  /** The latent action that led here; null at the start. */
  readonly code: number | null;
  /** What the model sees, bytes [S, S, 3]. */
  readonly picture: Uint8Array;
  /** Index of the nearest true frame. */
  readonly nearest: number;
  /** How near it is: 10·log₁₀(255² / mean squared error), dB. */
  readonly psnr: number;
  readonly verdict: Verdict;
  /** The true action that does the same, where one does. */
  readonly action: number | null;
}

/** A dream that goes on step by step, each with a latent action of the player's choice; greedy, as spec 3 §8 row 15 has it. */
export class LiveDream {
  readonly #judge: ReturnType<typeof stepJudge>;
  #tokens: Int32Array = new Int32Array(0);
  #moment: DreamMoment | undefined;

  /** @param stream chooses where dreams start */
  constructor(readonly model: DreamModel, readonly world: KnownWorld, readonly stream: Stream) {
    this.#judge = stepJudge(world);
  }

  /** Starts anew from a random true frame. */
  async reset(): Promise<DreamMoment> {
    return await this.startAt(this.stream.below(this.world.count));
  }

  /** Starts anew from this true frame. */
  async startAt(frame: number): Promise<DreamMoment> {
    const { frames, side } = this.world, size = side * side * 3;
    this.#tokens = await this.model.encode(frames.slice(frame * size, (frame + 1) * size));
    return this.#moment = { ...await this.#look(), step: 0, code: null, verdict: "start", action: null };
  }

  /**
   * Takes one step.
   * @throws RangeError for a latent action that does not exist
   */
  async step(code: number): Promise<DreamMoment> {
    const { actions } = this.model, before = this.#moment ?? await this.reset();
    if (!Number.isInteger(code) || code < 0 || code >= actions) {
      throw new RangeError(`expected a latent action from 0 to ${actions - 1} but found ${code}`);
    }
    this.#tokens = await this.model.predict(this.#tokens, Int32Array.of(code));
    const seen = await this.#look();
    return this.#moment = { ...seen, step: before.step + 1, code, ...this.#judge(before.nearest, seen.nearest) };
  }

  /** Bytes [S, S, 3] of a true frame. */
  frame(index: number): Uint8Array {
    const size = this.world.side ** 2 * 3;
    return this.world.frames.subarray(index * size, (index + 1) * size);
  }

  async #look(): Promise<Pick<DreamMoment, "picture" | "nearest" | "psnr">> {
    const decoded = await this.model.decodeExactly(this.#tokens), { frames, side } = this.world;
    const nearest = nearestFrame(decoded, frames, side * side * 3), truth = this.frame(nearest);
    const error = decoded.reduce((sum, value, i) => sum + (255 * value - truth[i]) ** 2, 0) / decoded.length;
    return {
      picture: Uint8Array.from(decoded, (value) => Math.floor(value * 255)),
      nearest,
      psnr: 10 * Math.log10(255 ** 2 / Math.max(error, 1e-9)),
    };
  }
}
