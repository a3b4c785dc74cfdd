import type { DType, Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { constant, map } from "./elementwise.ts";

/** A traced tensor filled with one number. */
export function full(shape: Shape, value: number, dtype: DType = "f32"): Tensor {
  return map("full", constant(value, dtype), [], shape, dtype);
}

/** Conversion between f32, i32 and u32; fractions are cut off. The gradient passes only from f32 to f32. */
export function cast(x: Tensor, dtype: "f32" | "i32" | "u32"): Tensor {
  if (x.dtype === dtype) return x;
  return map("cast", `${{ f32: "F", i32: "I", u32: "U" }[dtype]}($0)`, [x], x.shape, dtype);
}
