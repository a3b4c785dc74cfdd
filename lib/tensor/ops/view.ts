import { expectShape } from "../errors.ts";
import { emit, type Operation } from "../node.ts";
import { elements, formatShape, sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

const view: Operation<null> = {
  name: "reshape",
  gradientIgnores: [0],
  alias: true,
  lower: () => [],
  gradient: (node, [gradient]) => [reshape(gradient!, node.inputs[0].shape)],
  cost: () => ({ flops: 0, bytes: 0 }),
};

/**
 * The same elements under another shape; one size may be −1. Costs nothing: it is a view, and a view of state shows what the
 * state holds when the view is read.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const full = shape.map((size) => size === -1 ? x.size / known : size);
  expectShape(
    shape.filter((size) => size === -1).length <= 1 && full.every(Number.isInteger) && elements(full) === x.size,
    "reshape",
    () => `expected a shape of ${x.size} elements like ${formatShape(x.shape)}, but found ${formatShape(shape)}`,
  );
  return sameShape(full, x.shape) ? x : emit(view, [x], [{ shape: full, dtype: x.dtype }], null)[0];
}

const barrier: Operation<null> = {
  name: "stopGradient",
  gradientIgnores: [0],
  alias: true,
  lower: () => [],
  gradient: () => [null],
  cost: () => ({ flops: 0, bytes: 0 }),
};

/** x, through which no gradient flows. A view, like `reshape`. */
export function stopGradient(x: Tensor): Tensor {
  return emit(barrier, [x], [{ shape: x.shape, dtype: x.dtype }], null)[0];
}

const passThrough: Operation<null> = {
  name: "straightThrough",
  gradientIgnores: [0, 1],
  alias: true,
  lower: () => [],
  gradient: (_, [gradient]) => [null, gradient],
  cost: () => ({ flops: 0, bytes: 0 }),
};

/**
 * The value of `quantised` with the gradient sent to `continuous` (Bengio et al. 2013), as VQ-VAEs use it:
 * `continuous + stopGradient(quantised − continuous)` without its rounding.
 */
export function straightThrough(quantised: Tensor, continuous: Tensor): Tensor {
  expectShape(
    sameShape(quantised.shape, continuous.shape),
    "straightThrough",
    () => `expected equal shapes, but found ${formatShape(quantised.shape)} and ${formatShape(continuous.shape)}`,
  );
  return emit(passThrough, [quantised, continuous], [{ shape: quantised.shape, dtype: quantised.dtype }], null)[0];
}
