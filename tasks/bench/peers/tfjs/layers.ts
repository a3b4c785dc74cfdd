/** Layers of the benchmark's model in tfjs. Parameters are variables by name; pictures are [B, H, W, C]. */
import * as tf from "@tensorflow/tfjs";
import type { Values } from "../../cases/model.ts";

export type Variables = Readonly<Record<string, tf.Variable>>;

export function variables(values: Values): Variables {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, tf.variable(tf.tensor(data, [...shape]))]),
  );
}

/** x with no gradient; tfjs has no such operation of its own. */
export const stopGradient = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
}));

/** The value `forward` with the gradient of `x` (straight-through estimator). */
export function straightThrough(x: tf.Tensor, forward: tf.Tensor): tf.Tensor {
  return tf.add(x, stopGradient(tf.sub(forward, x)));
}

/** 1 at the index, 0 elsewhere, as f32: i32 [...] → [..., depth]. */
export function oneHot(indices: tf.Tensor, depth: number): tf.Tensor {
  // With its own dtype "float32", tfjs-wasm 4.22 gives the bits of integers.
  return tf.cast(tf.oneHot(indices as tf.Tensor1D, depth), "float32");
}

/** x·W + b on the last axis. */
export function linear(
  v: Variables,
  name: string,
  x: tf.Tensor,
  activation: "linear" | "relu" = "linear",
): tf.Tensor {
  const weight = v[`${name}.weight`], [inputs, outputs] = weight.shape;
  const flat = tf.reshape(x, [x.size / inputs, inputs]) as tf.Tensor2D;
  const y = tf.fused.matMul({ a: flat, b: weight as tf.Tensor, bias: v[`${name}.bias`], activation });
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}

/** Convolution 4×4, stride 2, padding 1, with bias. */
export function conv(v: Variables, name: string, x: tf.Tensor, activation: "linear" | "relu"): tf.Tensor {
  return tf.fused.conv2d({
    x: x as tf.Tensor4D,
    filter: v[`${name}.weight`] as tf.Tensor4D,
    strides: 2,
    pad: "same", // 1 on each side
    bias: v[`${name}.bias`],
    activation,
  });
}

/** Transposed convolution 4×4, stride 2, padding 1: twice the side. */
export function convTranspose(v: Variables, name: string, x: tf.Tensor): tf.Tensor {
  const filter = v[`${name}.weight`] as unknown as tf.Tensor4D, [batch, height, width] = x.shape;
  const shape: [number, number, number, number] = [batch, 2 * height, 2 * width, filter.shape[2]];
  return tf.add(tf.conv2dTranspose(x as tf.Tensor4D, filter, shape, 2, "same"), v[`${name}.bias`]);
}

export function layerNorm(v: Variables, name: string, x: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(normal, v[`${name}.weight`]), v[`${name}.bias`]);
}

/** x·Φ(x), with the exact error function. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** Pre-norm transformer block on [B, N, D] (spec 1 §3). */
export function block(v: Variables, name: string, heads: number, x: tf.Tensor): tf.Tensor {
  const [batch, tokens, width] = x.shape, depth = width / heads;
  const packed = linear(v, `${name}.attn.in_proj`, layerNorm(v, `${name}.ln1`, x));
  const [q, k, value] = tf.split(packed, 3, -1).map((part) =>
    tf.transpose(tf.reshape(part, [batch, tokens, heads, depth]), [0, 2, 1, 3])
  );
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(depth)));
  const mixed = tf.reshape(tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]), [batch, tokens, width]);
  const attended = tf.add(x, linear(v, `${name}.attn.out_proj`, mixed));
  const inner = gelu(linear(v, `${name}.ff.0`, layerNorm(v, `${name}.ln2`, attended)));
  return tf.add(attended, linear(v, `${name}.ff.2`, inner));
}
