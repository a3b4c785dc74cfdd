import { rowMajorStrides } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { map } from "./elementwise.ts";
import { expectIndices } from "./rows.ts";

/**
 * 1 at each index, 0 elsewhere. No gradient.
 *
 * @param index i32 [...]; outside [0, classes) the row is 0
 * @returns f32 [..., classes]
 */
export function oneHot(index: Tensor, classes: number): Tensor {
  expectIndices(index, "oneHot", "indices");
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`oneHot: expected a positive number of classes, but found ${classes}`);
  }
  const position = (width: 1 | 4) => width === 4 ? "(U(i) + U(0u, 1u, 2u, 3u))" : "i";
  return map(
    "oneHot",
    (width) => `select(F(0.0), F(1.0), $0 == I(${position(width)} % U(${classes}u)))`,
    [index],
    [...index.shape, classes],
    "f32",
    null,
    [{ strides: [...rowMajorStrides(index.shape), 0], offset: 0 }],
  );
}
