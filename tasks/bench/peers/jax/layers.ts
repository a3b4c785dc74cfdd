/**
 * Layers of the benchmark's model in jax-js. Pictures are [B, C, H, W] and convolution weights [Cout, Cin, KH, KW], as it
 * wants them. Every function consumes its arrays, as jax-js demands: `.ref` keeps one for another use.
 */
import { lax, nn, numpy as np } from "@jax-js/jax";
import type { Value, Values } from "../../cases/model.ts";

/** Parameters, moments or gradients by name. */
export type Arrays = Record<string, np.Array>;

/** Arrays on the default device; kernels of convolutions turned from [KH, KW, a, b] to [b, a, KH, KW]. */
export function arrays(values: Values): Arrays {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, array(value)]));
}

function array({ shape, data }: Value): np.Array {
  const plain = np.array(data.slice(), { shape: [...shape], dtype: np.float32 });
  return shape.length === 4 ? np.transpose(plain, [3, 2, 0, 1]) : plain;
}

/** x·W + b on the last axis. */
export function linear(p: Arrays, name: string, x: np.Array): np.Array {
  return np.matmul(x, p[`${name}.weight`]).add(p[`${name}.bias`]);
}

/** Convolution 4×4, stride 2, padding 1, with bias. */
export function conv(p: Arrays, name: string, x: np.Array): np.Array {
  const y = lax.conv(x, p[`${name}.weight`], [2, 2], [[1, 1], [1, 1]]);
  return y.add(np.reshape(p[`${name}.bias`], [1, -1, 1, 1]));
}

/** Transposed convolution 4×4, stride 2, padding 1: twice the side. Weights are [Cin, Cout, KH, KW]. */
export function convTranspose(p: Arrays, name: string, x: np.Array): np.Array {
  const padding: [number, number][] = [[1, 1], [1, 1]];
  const y = lax.convTranspose(x, p[`${name}.weight`], [2, 2], padding, { transposeKernel: true });
  return y.add(np.reshape(p[`${name}.bias`], [1, -1, 1, 1]));
}

export function layerNorm(p: Arrays, name: string, x: np.Array): np.Array {
  return nn.standardize(x, -1, { epsilon: 1e-5 }).mul(p[`${name}.weight`]).add(p[`${name}.bias`]);
}

/** Pre-norm transformer block on [B, N, D] (spec 1 §3). */
export function block(p: Arrays, name: string, heads: number, x: np.Array): np.Array {
  const [batch, tokens, width] = x.shape, attn = `${name}.attn`;
  const packed = linear(p, `${attn}.in_proj`, layerNorm(p, `${name}.ln1`, x.ref));
  const [q, k, v] = np.split(packed, 3, -1).map((part) => part.reshape([batch, tokens, heads, width / heads]));
  const mixed = nn.dotProductAttention(q, k, v).reshape([batch, tokens, width]);
  const attended = x.add(linear(p, `${attn}.out_proj`, mixed));
  const normal = layerNorm(p, `${name}.ln2`, attended.ref);
  const inner = nn.gelu(linear(p, `${name}.ff.0`, normal), { approximate: false });
  return attended.add(linear(p, `${name}.ff.2`, inner));
}
