import { expectShape, ShapeError } from "../errors.ts";
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  resolveAxis,
  rowMajorStrides,
  sameShape,
  type Shape,
} from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { map } from "./elementwise.ts";
import { sumTo } from "./sum_to.ts";

/** Axes in another order: `permute(x, [1, 0])` is a matrix's transpose. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  const axes = order.map((axis) => resolveAxis(axis, x.rank, "permute"));
  expectShape(
    axes.length === x.rank && new Set(axes).size === x.rank,
    "permute",
    () => `expected each axis of ${formatShape(x.shape)} once, but found order [${order.join(", ")}]`,
  );
  const strides = rowMajorStrides(x.shape), back = axes.map((_, axis) => axes.indexOf(axis));
  return map(
    "permute",
    "$0",
    [x],
    axes.map((axis) => x.shape[axis]),
    x.dtype,
    ({ gradient }) => [permute(gradient, back)],
    [{ strides: axes.map((axis) => strides[axis]), offset: 0 }],
  );
}

/** x repeated along axes of size 1, and along new leading axes. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  const fit = broadcastShapes(x.shape, shape);
  if (!fit || !sameShape(fit, shape)) {
    throw new ShapeError(
      "broadcastTo",
      `expected a shape that repeats ${formatShape(x.shape)}, but found ${formatShape(shape)}`,
    );
  }
  if (sameShape(x.shape, shape)) return x;
  return map("broadcast", "$0", [x], shape, x.dtype, ({ gradient }) => [sumTo(gradient, x.shape)], [
    { strides: broadcastStrides(x.shape, shape), offset: 0 },
  ]);
}

/** Elements [begin, end) along one axis. */
export function slice(x: Tensor, axis: number, begin: number, end: number): Tensor {
  const at = resolveAxis(axis, x.rank, "slice"), size = x.shape[at];
  expectShape(
    Number.isInteger(begin) && Number.isInteger(end) && 0 <= begin && begin < end && end <= size,
    "slice",
    () => `expected 0 ≤ begin < end ≤ ${size} on axis ${at} of ${formatShape(x.shape)}, but found [${begin}, ${end})`,
  );
  const strides = rowMajorStrides(x.shape);
  return map(
    "slice",
    "$0",
    [x],
    x.shape.map((s, i) => i === at ? end - begin : s),
    x.dtype,
    ({ gradient }) => [pad(gradient, at, begin, size - end)],
    [{ strides, offset: begin * strides[at] }],
  );
}

/** Zeros added before and after along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  const at = resolveAxis(axis, x.rank, "pad"), size = x.shape[at];
  expectShape(
    Number.isInteger(before) && Number.isInteger(after) && before >= 0 && after >= 0,
    "pad",
    () => `expected whole numbers ≥ 0, but found ${before} and ${after}`,
  );
  const strides = rowMajorStrides(x.shape);
  return map(
    "pad",
    "$0",
    [x],
    x.shape.map((s, i) => i === at ? s + before + after : s),
    x.dtype,
    ({ gradient }) => [slice(gradient, at, before, before + size)],
    [{
      strides,
      offset: -before * strides[at],
      bounds: x.shape.map((_, i) => i === at ? [before, before + size] as const : null),
    }],
  );
}

/** Tensors one after the other along one axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const at = resolveAxis(axis, parts[0].rank, "concat");
  const total = parts.reduce((sum, part) => sum + part.shape[at], 0);
  let start = 0;
  return parts.map((part) => {
    expectShape(
      part.rank === parts[0].rank && part.shape.every((size, i) => i === at || size === parts[0].shape[i]),
      "concat",
      () =>
        `expected shapes that differ only on axis ${at}, but found ${
          parts.map((p) => formatShape(p.shape)).join(" and ")
        }`,
    );
    const before = start;
    start += part.shape[at];
    return pad(part, at, before, total - start);
  }).reduce(add);
}
