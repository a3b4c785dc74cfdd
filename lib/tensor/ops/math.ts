import type { Tensor } from "../tensor.ts";
import { divide, greater, greaterEqual, lessEqual, multiply, subtract } from "./arithmetic.ts";
import { literal, map, unary } from "./elementwise.ts";

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return unary("exp", "exp($0)", x, ({ output, gradient }) => [multiply(gradient, output)]);
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return unary("log", "log($0)", x, ({ gradient }) => [divide(gradient, x)]);
}

/** Square root. */
export function sqrt(x: Tensor): Tensor {
  return unary("sqrt", "sqrt($0)", x, ({ output, gradient }) => [
    divide(gradient, multiply(output, 2)),
  ]);
}

/** x². */
export function square(x: Tensor): Tensor {
  return map("square", "$0 * $0", [x], x.shape, x.dtype, ({ gradient }) => [multiply(gradient, multiply(x, 2))]);
}

/** |x|; the gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  return map("abs", "abs($0)", [x], x.shape, x.dtype, ({ gradient }) => [
    multiply(gradient, subtract(greater(x, 0), greater(map("negate", "-$0", [x], x.shape, "f32"), 0))),
  ]);
}

/** x limited to [low, high]; no gradient where it was outside. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  return unary(
    "clip",
    `clamp($0, F(${literal(low)}), F(${literal(high)}))`,
    x,
    ({ gradient }) => [multiply(gradient, multiply(greaterEqual(x, low), lessEqual(x, high)))],
  );
}
