import {
  argmax,
  categorical,
  full,
  greaterEqual,
  multiply,
  slice,
  type Tensor,
  topK,
  where,
} from "../../tensor/mod.ts";

/** Sampling among the k likeliest codes, each place for itself (spec 3 §7.1). */
export interface TopK {
  /** Codes that stay possible, 1 … 64; those that tie with the last stay too. */
  readonly k: number;
  /** Logits are divided by it. */
  readonly temperature: number;
}

/** A logit whose class is never drawn. */
const NEVER = -1e30;

/** The likeliest codes of logits [B, N, V] → i32 [B, N]. */
export function likeliest(logits: Tensor): Tensor {
  return argmax(logits);
}

/**
 * Codes drawn from the k likeliest of logits [B, N, V] → i32 [B, N].
 * @param uniforms f32 [B, N] in [0, 1)
 */
export function sampled(logits: Tensor, uniforms: Tensor, { k, temperature }: TopK): Tensor {
  const codes = logits.shape.at(-1)!, last = Math.min(k, codes);
  const kth = slice(topK(logits, last).values, -1, last - 1, last);
  const scaled = multiply(logits, 1 / temperature);
  return categorical(where(greaterEqual(logits, kth), scaled, full(logits.shape, NEVER)), uniforms);
}
