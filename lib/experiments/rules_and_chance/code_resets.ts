import type { VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { Stream, type StreamState } from "../../random.ts";
import { type HostArray, mean, multiply, sqrt, square, subtract, sumOfSquares, type Tensor } from "../../tensor/mod.ts";
import type { ResetSettings } from "./settings.ts";

/** Host data for one reset or start: which tokens, and noise from N(0, 1). */
export interface Reseed {
  /** i32 [n] */
  readonly pick: Int32Array;
  /** [n, D] */
  readonly noise: HostArray;
}

/** Traced form of `Reseed`. */
export interface TracedReseed {
  readonly pick: Tensor;
  readonly noise: Tensor;
}

/** Standard deviation of the noise on a re-seeded code. */
const RESET_NOISE = 0.01;

/** When codes are re-seeded, and with which random tokens: the schedule and its stream (spec 1 §5, C3, C4). */
export class CodeResets {
  #stream: Stream;

  /** @param tokens tokens in one batch */
  constructor(readonly settings: ResetSettings, readonly tokens: number, readonly model: VqWorldModel, seed: number) {
    this.#stream = Stream.named(seed, "codes/resets");
  }

  /** True if the codes are checked in this step, counted from 1. */
  due(step: number): boolean {
    const { every, until } = this.settings;
    return step % every === 0 && (until === null || step <= until);
  }

  /** Tokens and noise for the dead codes of one check. */
  drawReset(): Reseed {
    const { codes } = this.model.settings, { most } = this.settings;
    return this.#draw(Math.min(most ?? this.tokens, this.tokens, codes));
  }

  /** Tokens and noise for a whole codebook; tokens repeat if there are fewer than codes. */
  drawStart(): Reseed {
    return this.#draw(this.model.settings.codes);
  }

  /** Traces a check of all codes. @returns number of codes reset, [] */
  traceReset(tokens: Tensor, { pick, noise }: TracedReseed): Tensor {
    const { least, clear } = this.settings;
    return this.model.quantizer.resetDead(tokens, { pick, noise: multiply(noise, RESET_NOISE), least, clear });
  }

  /** Traces the start from a batch's tokens: E = token + 0.01·std(z)·N(0, 1) (C3). */
  traceStart(tokens: Tensor, { pick, noise }: TracedReseed): void {
    const variance = subtract(multiply(sumOfSquares(tokens), 1 / tokens.size), square(mean(tokens)));
    this.model.quantizer.initialiseFrom(tokens, pick, multiply(noise, multiply(sqrt(variance), RESET_NOISE)));
  }

  state(): StreamState {
    return this.#stream.state();
  }

  restore(state: StreamState): void {
    this.#stream = Stream.restore(state);
  }

  /** `count` tokens without repetition as long as there are enough. */
  #draw(count: number): Reseed {
    const { codeWidth } = this.model.settings, order = Int32Array.from({ length: this.tokens }, (_, i) => i);
    const pick = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const left = i % this.tokens, other = left + this.#stream.below(this.tokens - left);
      [order[left], order[other]] = [order[other], order[left]];
      pick[i] = order[left];
    }
    const noise = new Float32Array(count * codeWidth);
    this.#stream.fillNormal(noise, 0, 1);
    return { pick, noise: { data: noise, shape: [count, codeWidth] } };
  }
}
