import { sameShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./view.ts";
import { sum } from "./reduce.ts";

/** Undoes broadcasting: sums over the axes along which a tensor of `shape` was repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const skip = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) => axis < skip || (shape[axis - skip] === 1 && size !== 1) ? [axis] : []);
  return reshape(sum(x, axes), shape);
}
