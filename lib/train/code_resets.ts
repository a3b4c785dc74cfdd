import type { VectorQuantizer } from "../nn/mod.ts";
import { Stream, type StreamState } from "../random.ts";
import {
  add,
  broadcastTo,
  categorical,
  type HostArray,
  log,
  mean,
  multiply,
  reshape,
  sqrt,
  square,
  subtract,
  sum,
  sumOfSquares,
  type Tensor,
} from "../tensor/mod.ts";

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
  /**
   * Where dead codes start again: at any token (the default), or at one drawn in proportion to the squared distance from its code,
   * as k-means++ seeds its centres (Arthur & Vassilvitskii 2007). Where most tokens show the same, as walls do, any token is nearly
   * always one that has a code already.
   */
  readonly draw?: "any" | "by error";
}

/** Host data for one reset or start: which tokens, and noise from N(0, 1). */
export interface Reseed {
  /** i32 [n]; or f32 [n] in [0, 1) where tokens are drawn by their errors */
  readonly pick: Int32Array | Float32Array;
  /** [n, D] */
  readonly noise: HostArray;
}

/** Traced form of `Reseed`. */
export interface TracedReseed {
  /** i32 [n], or f32 [n] */
  readonly pick: Tensor;
  /** [n, D] */
  readonly noise: Tensor;
}

/** Added to squared distances, so that a codebook without errors is no division by 0. */
const LEAST_ERROR = 1e-12;

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
    const count = Math.min(this.settings.most ?? this.tokens, this.tokens, this.quantizer.codes);
    if (this.settings.draw !== "by error") return this.#draw(count);
    const pick = new Float32Array(count);
    this.#stream.fillUniform(pick);
    return { pick, noise: this.#noise(count) };
  }

  /** Tokens and noise for a whole codebook; tokens repeat if there are fewer than codes. */
  drawStart(): Reseed {
    return this.#draw(this.quantizer.codes);
  }

  /** Traces a check of all codes. @returns number of codes reset, [] */
  traceReset(tokens: Tensor, { pick, noise }: TracedReseed): Tensor {
    const { least, clear } = this.settings;
    const chosen = pick.dtype === "i32" ? pick : drawByError(this.quantizer, tokens, pick);
    return this.quantizer.resetDead(tokens, { pick: chosen, noise: multiply(noise, RESET_NOISE), least, clear });
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
    const order = Int32Array.from({ length: this.tokens }, (_, i) => i);
    const pick = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const left = i % this.tokens, other = left + this.#stream.below(this.tokens - left);
      [order[left], order[other]] = [order[other], order[left]];
      pick[i] = order[left];
    }
    return { pick, noise: this.#noise(count) };
  }

  #noise(count: number): HostArray {
    const { depth } = this.quantizer, noise = new Float32Array(count * depth);
    this.#stream.fillNormal(noise, 0, 1);
    return { data: noise, shape: [count, depth] };
  }
}

/** Numbers i32 [n] of tokens [..., D], each drawn with a probability that grows with its squared distance from its code. */
function drawByError(quantizer: VectorQuantizer, tokens: Tensor, uniforms: Tensor): Tensor {
  const flat = reshape(tokens, [-1, quantizer.depth]), [n] = uniforms.shape, [count] = flat.shape;
  const errors = sum(square(subtract(flat, quantizer.lookup(quantizer.indices(flat)))), [1]);
  const logits = reshape(log(add(errors, LEAST_ERROR)), [1, count]);
  return categorical(broadcastTo(logits, [n, count]), uniforms);
}
