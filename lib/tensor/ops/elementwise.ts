import { type DType, elements, rowMajorStrides, type Shape } from "../shape.ts";
import { type AnyNode, emit, type Operation, trafficBytes } from "../node.ts";
import type { Tensor } from "../tensor.ts";
import { elementwiseCall } from "../elementwise_kernel.ts";

/**
 * How an elementwise operation reads one input: at output coordinates c, element `offset + Σ c[axis]·strides[axis]`.
 * Broadcasting, transposing, slicing and padding are nothing else.
 */
export interface Access {
  readonly strides: readonly number[];
  readonly offset: number;
  /** Per axis the coordinates [low, high) at which there is something to read; elsewhere the input counts as 0. */
  readonly bounds?: readonly (readonly [number, number] | null)[];
}

/** One function applied to every element; chains of them fuse into one kernel. */
export interface Elementwise {
  /** Shown in the kernel's name. */
  readonly name: string;
  /**
   * A WGSL expression. `$0`, `$1` … are the inputs, `F`, `I`, `U` the types of `width` lanes of f32, i32, u32, and `i` is the
   * flat index of the first lane. May call the functions of `kernels/elementwise.wgsl`.
   */
  readonly expression: string | ((width: 1 | 4) => string);
  readonly access: readonly Access[];
  readonly gradient: ElementwiseGradient | null;
}

/** Gradients of the inputs, given the gradient of the output. Those not needed may be left out (`null`). */
export type ElementwiseGradient = (
  use: { inputs: readonly Tensor[]; output: Tensor; gradient: Tensor; needs: readonly boolean[] },
) => (Tensor | null)[];

export const elementwise: Operation<Elementwise> = {
  name: "elementwise",
  lower: (node, device) => [elementwiseCall([node], node.outputs, device.limits)],
  gradient: (node, [gradient], needs) =>
    node.attributes.gradient?.({ inputs: node.inputs, output: node.outputs[0], gradient: gradient!, needs }) ??
      node.inputs.map(() => null),
  cost: (node) => ({ flops: node.outputs[0].size, bytes: trafficBytes(node) }),
};

/** Adds an elementwise operation to the graph; without `access` every input is read in step with the output. */
export function map(
  name: string,
  expression: Elementwise["expression"],
  inputs: readonly Tensor[],
  shape: Shape,
  dtype: DType,
  gradient: ElementwiseGradient | null = null,
  access: readonly Access[] = inputs.map(() => ({ strides: rowMajorStrides(shape), offset: 0 })),
): Tensor {
  return emit(elementwise, inputs, [{ shape, dtype }], { name, expression, access, gradient })[0];
}

/** `map` for a function of one f32 tensor. @throws TypeError for another type */
export function unary(name: string, expression: string, x: Tensor, gradient: ElementwiseGradient | null): Tensor {
  expectF32(name, x);
  return map(name, expression, [x], x.shape, "f32", gradient);
}

/** @throws TypeError for a tensor of another type */
export function expectF32(name: string, x: Tensor): void {
  if (x.dtype !== "f32") throw new TypeError(`${name}: expected an f32 tensor, but found ${x.dtype}; use cast()`);
}

/** True if the input is read element for element in step with an output of this shape. */
export function readsInStep(access: Access, input: Tensor, shape: Shape): boolean {
  if (access.offset !== 0 || access.bounds?.some((b) => b !== null) || input.size !== elements(shape)) return false;
  const flat = rowMajorStrides(shape);
  return shape.every((size, axis) => size === 1 || access.strides[axis] === flat[axis]);
}

/** Narrows a node to an elementwise one. */
export function isElementwise(node: AnyNode): boolean {
  return node.operation === elementwise;
}

/** An f32 as WGSL writes it. @throws RangeError for NaN and infinities, which WGSL cannot write, and numbers beyond f32. */
export function literal(value: number): string {
  const rounded = Math.fround(value), text = String(rounded);
  if (!Number.isFinite(rounded)) throw new RangeError(`expected a finite f32 constant, but found ${value}`);
  return /[.e]/.test(text) ? text : text + ".0";
}

/** The same number in every lane, as WGSL writes it. @throws RangeError when the type cannot hold it */
export function constant(value: number, dtype: DType): string {
  if (dtype === "f32") return `F(${literal(value)})`;
  const [low, high] = dtype === "i32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`expected a whole number in ${low}…${high} for ${dtype}, but found ${value}`);
  }
  return dtype === "i32" ? `I(${value})` : `U(${value}u)`;
}
