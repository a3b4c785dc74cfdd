import type { VectorQuantizer } from "../nn/mod.ts";
import { Stream, type StreamState } from "../random.ts";
import { type HostArray, mean, multiply, sqrt, square, subtract, sumOfSquares, type Tensor } from "../tensor/mod.ts";

/** When dead codes are re-seeded (spec 1 §5, C4; spec 3 §5, R4). */
export interface ResetSettings {
  /** Steps between checks. */
  readonly every: number;
  /** Last step with a check; `null`: the whole run. */
  readonly until: number | null;
  /** Codes used fewer times than this since usage was cleared are dead. */
  readonly least: number;
  /** Most codes reset at once; `null`: as many as there are tokens. */
  readonly most: number | null;
  /** When the count of uses starts again: at each check, or where a code was dead. */
  readonly clear: "always" | "ifReset";
}

/** Host data for one reset or start: which tokens, and noise from N(0, 1). */
export interface Reseed {
  /** i32 [n] */
  readonly pick: Int32Array;
  /** [n, D] */
  readonly noise: HostArray;
}

/** Traced form of `Reseed`. */
export interface TracedReseed {
  /** i32 [n] */
  readonly pick: Tensor;
  /** [n, D] */
  readonly noise: Tensor;
}

/** Standard deviation of the noise on a re-seeded code. */
const RESET_NOISE = 0.01;

/** When codes are re-seeded, and with which random tokens: the schedule and its stream (spec 1 §5, C3, C4). */
export class CodeResets {
  #stream: Stream;

  /** Begins the stream "codes/resets". @param tokens tokens in one batch */
  constructor(
    readonly settings: ResetSettings,
    readonly tokens: number,
    readonly quantizer: VectorQuantizer,
    seed: number,
  ) {
    this.#stream = Stream.named(seed, "codes/resets");
  }

  /** True if the codes are checked in this step, counted from 1. */
  due(step: number): boolean {
    const { every, until } = this.settings;
    return step % every === 0 && (until === null || step <= until);
  }

  /** Tokens and noise for the dead codes of one check. */
  drawReset(): Reseed {
    return this.#draw(Math.min(this.settings.most ?? this.tokens, this.tokens, this.quantizer.codes));
  }

  /** Tokens and noise for a whole codebook; tokens repeat if there are fewer than codes. */
  drawStart(): Reseed {
    return this.#draw(this.quantizer.codes);
  }

  /** Traces a check of all codes. @returns number of codes reset, [] */
  traceReset(tokens: Tensor, { pick, noise }: TracedReseed): Tensor {
    const { least, clear } = this.settings;
    return this.quantizer.resetDead(tokens, { pick, noise: multiply(noise, RESET_NOISE), least, clear });
  }

  /** Traces the start from a batch's tokens: E = token + 0.01·std(z)·N(0, 1) (C3). */
  traceStart(tokens: Tensor, { pick, noise }: TracedReseed): void {
    const variance = subtract(multiply(sumOfSquares(tokens), 1 / tokens.size), square(mean(tokens)));
    this.quantizer.initialiseFrom(tokens, pick, multiply(noise, multiply(sqrt(variance), RESET_NOISE)));
  }

  /** What `restore` needs to continue. */
  state(): StreamState {
    return this.#stream.state();
  }

  /** Continues from `state()`. */
  restore(state: StreamState): void {
    this.#stream = Stream.restore(state);
  }

  /** `count` tokens without repetition as long as there are enough. */
  #draw(count: number): Reseed {
    const { depth } = this.quantizer, order = Int32Array.from({ length: this.tokens }, (_, i) => i);
    const pick = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const left = i % this.tokens, other = left + this.#stream.below(this.tokens - left);
      [order[left], order[other]] = [order[other], order[left]];
      pick[i] = order[left];
    }
    const noise = new Float32Array(count * depth);
    this.#stream.fillNormal(noise, 0, 1);
    return { pick, noise: { data: noise, shape: [count, depth] } };
  }
}
