import type { Stream } from "../random.ts";
import {
  add,
  attentionPacked,
  concat,
  dropout,
  dropoutMask,
  matmul,
  type RandomCounter,
  slice,
  stopGradient,
  type Tensor,
} from "../tensor/mod.ts";
import { constant, uniformIn } from "./initialise.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";
import type { Parameters } from "./parameters.ts";

/** Settings of a transformer block. */
export interface BlockSettings {
  /** Channels of a token. */
  readonly width: number;
  /** Attention heads; divide the width. */
  readonly heads: number;
  /** Inner width of the feed-forward part; default 4·width. */
  readonly inner?: number;
  /** Whether a token sees only those before it. */
  readonly causal?: boolean;
  /**
   * Where the normalisation stands. "pre" (default), before each part: x ← x + Attention(LN₁(x)); x ← x + W₂·f(W₁·LN₂(x)).
   * "post", after each sum: x ← LN₁(x + Attention(x)); x ← LN₂(x + W₂·f(W₁·x)), as in Vaswani et al. 2017.
   */
  readonly norm?: "pre" | "post";
  /** f of the feed-forward part. Default "gelu". */
  readonly activation?: "gelu" | "relu";
  /**
   * Rate of dropout: on the attention probabilities and on the output of the feed-forward part; with norm "post" also on the
   * output of the attention and behind f, as in `torch.nn.TransformerEncoderLayer`.
   */
  readonly dropout?: number;
}

/**
 * Transformer block: attention and a feed-forward part, each with a residual sum. Parameters are named as in
 * `torch.nn.MultiheadAttention` and initialised as PyTorch does (spec 1 §3, spec 3 §3.3).
 */
export class TransformerBlock {
  readonly #packed: Linear;
  readonly #output: Linear;
  readonly #norms: readonly [LayerNorm, LayerNorm];
  readonly #forward: readonly [Linear, Linear];

  /** Declares the parameters, attention first. */
  constructor(parameters: Parameters, name: string, readonly settings: BlockSettings, stream: Stream) {
    const { width, heads, inner = 4 * width } = settings;
    if (width % heads !== 0) {
      throw new RangeError(`${name}: expected a width that ${heads} heads divide, but found ${width}`);
    }
    this.#packed = new Linear(parameters, `${name}.attn.in_proj`, width, 3 * width, stream, {
      weight: uniformIn(stream, Math.sqrt(6 / (4 * width))),
      bias: constant(0),
    });
    this.#output = new Linear(parameters, `${name}.attn.out_proj`, width, width, stream, { bias: constant(0) });
    this.#norms = [new LayerNorm(parameters, `${name}.ln1`, width), new LayerNorm(parameters, `${name}.ln2`, width)];
    this.#forward = [
      new Linear(parameters, `${name}.ff.0`, width, inner, stream),
      new Linear(parameters, `${name}.ff.2`, inner, width, stream),
    ];
  }

  /**
   * [B, N, width] → [B, N, width]
   * @param random where the dropout masks come from; `null` for evaluation
   */
  apply(x: Tensor, random: RandomCounter | null = null): Tensor {
    const { dropout: rate = 0, norm = "pre" } = this.settings, [first, second] = this.#norms;
    if (norm === "pre") {
      const attended = add(x, this.#attend(first.apply(x), random));
      return add(attended, dropout(this.#feed(second.apply(attended)), rate, random));
    }
    const attended = first.apply(add(x, dropout(this.#attend(x, random), rate, random)));
    return second.apply(add(attended, dropout(this.#feed(attended, random), rate, random)));
  }

  /** Self-attention with its output projection. */
  #attend(x: Tensor, random: RandomCounter | null): Tensor {
    const { heads, causal = false, dropout: rate = 0 } = this.settings, [batch, length] = x.shape;
    const packed = matmul(x, this.#packed.weight, { bias: withoutKeyGradient(this.#packed.bias) });
    const mask = rate > 0 && random ? dropoutMask(random, [batch, heads, length, length], rate) : null;
    return this.#output.apply(attentionPacked(packed, { heads, causal, ...(mask ? { dropout: { mask } } : {}) }));
  }

  /** The feed-forward part. @param random of a dropout between its layers */
  #feed(x: Tensor, random: RandomCounter | null = null): Tensor {
    const { activation = "gelu", dropout: rate = 0 } = this.settings, [widen, narrow] = this.#forward;
    return narrow.apply(dropout(widen.apply(x, activation), rate, random));
  }
}

/**
 * The packed bias [3·width] with a gradient of exactly 0 for the part of the keys. Softmax ignores what is added to all scores
 * of a row, so that gradient is 0; computed in f32 it is rounding noise, which Adam would blow up to whole steps.
 */
function withoutKeyGradient(bias: Tensor): Tensor {
  const width = bias.size / 3, part = (i: number) => slice(bias, 0, i * width, (i + 1) * width);
  return concat([part(0), stopGradient(part(1)), part(2)], 0);
}
