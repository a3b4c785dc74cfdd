import type { Device, KernelSource } from "../../device/device.ts";
import page from "../../../kernels/reduce.wgsl" with { type: "text" };
import { flatGrid } from "../grid.ts";
import { type Call, emit, type Operation, Scratch, trafficBytes } from "../node.ts";
import { rootOf } from "../root.ts";
import { resolveAxis, rowMajorStrides, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { literal, map } from "./elementwise.ts";
import { reshape } from "./view.ts";

const scalar: KernelSource = { name: "reduce", code: page };
const vector: KernelSource = { name: "reduce vec4", code: page.replace("alias V = f32;", "alias V = vec4<f32>;") };

interface Reduce {
  readonly kind: "sum" | "maximum" | "sum of squares";
  /** The input seen as [outer, reduced, inner]; the middle axis goes. */
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
  readonly scale: number;
}

const KIND = { "sum": 0, "maximum": 1, "sum of squares": 2 };

const reduce: Operation<Reduce> = {
  name: "reduce",
  lower: (node, device) => reduceCalls(node.inputs[0], node.outputs[0], node.attributes, device),
  gradient(node, [gradient]) {
    const { kind, outer, reduced, inner, scale } = node.attributes, [input] = node.inputs;
    const shape = [outer, reduced, inner];
    const spread = { strides: [inner, 0, 1], offset: 0 }, whole = { strides: rowMajorStrides(shape), offset: 0 };
    const x = reshape(input, shape), g = reshape(gradient!, [outer, inner]);
    if (kind === "sum") {
      return [reshape(map("spread", `$0 * ${literal(scale)}`, [g], shape, "f32", null, [spread]), input.shape)];
    }
    const expression = kind === "maximum" ? "select(F(0.0), $0, $1 == $2)" : `$0 * $1 * ${literal(2 * scale)}`;
    const y = reshape(node.outputs[0], [outer, inner]);
    const inputs = kind === "maximum" ? [g, x, y] : [g, x];
    return [reshape(map(`${kind}'`, expression, inputs, shape, "f32", null, [spread, whole, spread]), input.shape)];
  },
  cost: (node) => ({ flops: node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** Terms that one invocation sums while others could help: what a GPU hides behind one launch. */
const STEPS = 32;

/**
 * Kernel runs that reduce `input` to `output`. One invocation per output would leave most of the device idle when there are
 * few outputs, so long reductions go through partial results: once on a CPU, on a GPU until nothing long is left.
 */
export function reduceCalls(input: Tensor | Scratch, output: Tensor, attributes: Reduce, device: Device): Call[] {
  const { kind, outer, reduced, inner, scale } = attributes;
  const serial = device.kind === "cpu" || device.software;
  const outputs = Math.max(1, outer * inner / 4);
  const chunks = Math.max(1, Math.min(Math.floor((serial ? 64 : 16384) / outputs), Math.ceil(reduced / STEPS)));
  if (chunks === 1) return [reduceCall(input, output, attributes, 1, device)];
  const parts = chunks > 4 ? Math.ceil(chunks / 4) * 4 : chunks;
  const partial = new Scratch(outer * parts * inner * 4, "partial sums");
  const rest = { kind: kind === "maximum" ? kind : "sum", outer, reduced: parts, inner, scale } as const;
  return [
    reduceCall(input, partial, { ...attributes, scale: 1 }, parts, device),
    ...(serial ? [reduceCall(partial, output, rest, 1, device)] : reduceCalls(partial, output, rest, device)),
  ];
}

/** One kernel run from [outer, reduced, inner] to [outer, parts, inner]. */
function reduceCall(
  from: Tensor | Scratch,
  to: Tensor | Scratch,
  { kind, outer, reduced, inner, scale }: Reduce,
  parts: number,
  device: Device,
): Call {
  const length = reduced * inner, width = parts * inner, by = length % 4 === 0 && width % 4 === 0 ? 4 : 1;
  const { grid, workgroup } = flatGrid(outer * width / by, device.limits);
  return {
    source: by === 4 ? vector : scalar,
    constants: {
      OUTER: outer,
      LENGTH: length / by,
      WIDTH: width / by,
      STEPS: Math.ceil(length / width),
      KIND: KIND[kind],
      SCALE: scale,
      GROUP: workgroup,
    },
    bind: [from, to],
    grid,
  };
}

/**
 * Sum over some axes (default: all), which disappear from the shape.
 * @returns the shape without `axes`; `[]` when all are summed
 */
export function sum(x: Tensor, axes?: readonly number[]): Tensor {
  return along(x, axes, "sum", () => 1);
}

/** Mean over some axes (default: all). */
export function mean(x: Tensor, axes?: readonly number[]): Tensor {
  return along(x, axes, "sum", (count) => 1 / count);
}

/** Largest element over some axes (default: all). The gradient goes to every element that attains it. */
export function max(x: Tensor, axes?: readonly number[]): Tensor {
  return along(x, axes, "maximum", () => 1);
}

/** Sum of squares over some axes (default: all). */
export function sumOfSquares(x: Tensor, axes?: readonly number[]): Tensor {
  return along(x, axes, "sum of squares", () => 1);
}

function along(
  x: Tensor,
  axes: readonly number[] | undefined,
  kind: Reduce["kind"],
  scale: (count: number) => number,
): Tensor {
  const resolved = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => resolveAxis(axis, x.rank, kind));
  const gone = new Set(resolved);
  const kept = x.shape.flatMap((_, axis) => gone.has(axis) ? [] : [axis]);
  const shape = kept.map((axis) => x.shape[axis]);
  const count = [...gone].reduce((product, axis) => product * x.shape[axis], 1);
  if (count === 1 && kind !== "sum of squares") {
    // Nothing to do, but a sum must not turn into a view of state, which would show later changes.
    return rootOf(x).storage
      ? map("copy", "$0", [x], shape, x.dtype, ({ gradient }) => [reshape(gradient, x.shape)])
      : reshape(x, shape);
  }
  const split = middle(x.shape, gone);
  if (split) return reduceMiddle(x, shape, { kind, ...split, scale: scale(count) });
  const order = [...kept, ...gone].sort((a, b) => Number(gone.has(a)) - Number(gone.has(b)) || a - b);
  const strides = rowMajorStrides(x.shape);
  const last = map("permute", "$0", [x], order.map((axis) => x.shape[axis]), x.dtype, ({ gradient }) => [
    map(
      "permute",
      "$0",
      [gradient],
      x.shape,
      "f32",
      null,
      [{ strides: backStrides(order, x.shape), offset: 0 }],
    ),
  ], [{ strides: order.map((axis) => strides[axis]), offset: 0 }]);
  return reduceMiddle(last, shape, { kind, outer: x.size / count, reduced: count, inner: 1, scale: scale(count) });
}

function reduceMiddle(x: Tensor, shape: Shape, attributes: Reduce): Tensor {
  if (x.dtype !== "f32") {
    throw new TypeError(`${attributes.kind}: expected an f32 tensor, but found ${x.dtype}; use cast()`);
  }
  return emit(reduce, [x], [{ shape, dtype: "f32" }], attributes)[0];
}

/** [outer, reduced, inner] if the reduced axes are neighbours (axes of size 1 do not count), else `null`. */
function middle(shape: Shape, gone: ReadonlySet<number>): { outer: number; reduced: number; inner: number } | null {
  const sizes = [1, 1, 1];
  let part = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    if (gone.has(axis)) {
      if (part === 2) return null;
      part = 1;
    } else if (part === 1) part = 2;
    sizes[part] *= shape[axis];
  }
  return { outer: sizes[0], reduced: sizes[1], inner: sizes[2] };
}

/** Strides that read a permuted tensor back in its old order. */
function backStrides(order: readonly number[], shape: Shape): number[] {
  const strides = rowMajorStrides(order.map((axis) => shape[axis]));
  return shape.map((_, axis) => strides[order.indexOf(axis)]);
}
