import type { Tensor } from "../tensor.ts";
import { greater, multiply, subtract } from "./arithmetic.ts";
import { expectF32, map, unary } from "./elementwise.ts";

/** Activations that layers, matmul and conv2d know by name. */
export type Activation = "none" | "relu" | "gelu" | "silu" | "sigmoid" | "tanh";

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return unary("relu", "max($0, F(0.0))", x, ({ output, gradient }) => [
    multiply(gradient, greater(output, 0)),
  ]);
}

/**
 * Gaussian error linear unit with the exact error function, x·Φ(x).
 *
 * Its slope Φ(x) + x·φ(x) needs the same exponential. Where a gradient is asked for, the forward kernel stores the slope, in the
 * place of x, which nobody needs any more.
 */
export function gelu(x: Tensor): Tensor {
  expectF32("gelu", x);
  const bell = map("bell", "exp(-0.5 * $0 * $0)", [x], x.shape, "f32");
  const below = map("below", "normal_below($0, normal_tail($0, $1))", [x, bell], x.shape, "f32");
  const slope = map("gelu'", "$1 + $0 * $2 * 0.39894228", [x, below, bell], x.shape, "f32");
  return map("gelu", "$0 * $1", [x, below], x.shape, "f32", ({ gradient }) => [multiply(gradient, slope), null]);
}

/** x·sigmoid(x). */
export function silu(x: Tensor): Tensor {
  return unary("silu", "$0 * sigmoid($0)", x, ({ gradient }) => [
    map(
      "silu'",
      "$0 * sigmoid($1) * (F(1.0) + $1 * (F(1.0) - sigmoid($1)))",
      [gradient, x],
      x.shape,
      "f32",
    ),
  ]);
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return unary("sigmoid", "sigmoid($0)", x, ({ output, gradient }) => [
    multiply(gradient, multiply(output, subtract(1, output))),
  ]);
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return unary("tanh", "tanh_safe($0)", x, ({ output, gradient }) => [
    multiply(gradient, subtract(1, multiply(output, output))),
  ]);
}

/** The activation of that name; "none" returns x itself. */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case "none":
      return x;
    case "relu":
      return relu(x);
    case "gelu":
      return gelu(x);
    case "silu":
      return silu(x);
    case "sigmoid":
      return sigmoid(x);
    case "tanh":
      return tanh(x);
  }
}

/**
 * Gradient through an activation that a kernel applied as its epilogue, from its output y alone (relu, sigmoid, tanh).
 */
export function activationGradient(y: Tensor, gradient: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case "none":
      return gradient;
    case "relu":
      return multiply(gradient, greater(y, 0));
    case "sigmoid":
      return multiply(gradient, multiply(y, subtract(1, y)));
    case "tanh":
      return multiply(gradient, subtract(1, multiply(y, y)));
    default:
      throw new Error(`the gradient of ${activation} needs its input, not only its output`);
  }
}

/** Splits an activation into what a kernel may apply as its epilogue and what must follow as an operation of its own. */
export function epilogue(activation: Activation): { fused: Activation; after: Activation } {
  return activation === "gelu" || activation === "silu"
    ? { fused: "none", after: activation }
    : { fused: activation, after: "none" };
}
