/** Reductions over any axes and broadcasting binary operations in float64. */
import { broadcastShapes } from "./matmul.ts";
import { eachIndex, type Nd, sizeOf, stridesOf, zeros } from "./nd.ts";

export type Reduction = "sum" | "mean" | "max" | "min" | "sumOfSquares";

/** Reduces `axes` (default: all), which disappear from the shape unless `keepDims`. */
export function reduce(x: Nd, kind: Reduction, axes?: readonly number[], keepDims = false): Nd {
  const { shape, place } = reduced(x, axes);
  const out = zeros(shape), count = x.data.length / out.data.length;
  if (kind === "max") out.data.fill(-Infinity);
  if (kind === "min") out.data.fill(Infinity);
  x.data.forEach((value, i) => {
    const at = place[i];
    if (kind === "max") out.data[at] = Math.max(out.data[at], value);
    else if (kind === "min") out.data[at] = Math.min(out.data[at], value);
    else out.data[at] += kind === "mean" ? value / count : kind === "sum" ? value : value * value;
  });
  return keepDims ? out : { shape: withoutAxes(x.shape, axes), data: out.data };
}

/** Gradient of the input. Every element that attains the maximum or minimum gets the whole gradient. */
export function reduceGradient(x: Nd, dy: Nd, kind: Reduction, axes?: readonly number[]): Nd {
  const { shape, place } = reduced(x, axes), extreme = reduce(x, kind, axes), dx = zeros(x.shape);
  const count = x.data.length / sizeOf(shape);
  x.data.forEach((value, i) => {
    const d = dy.data[place[i]];
    if (kind === "sum") dx.data[i] = d;
    else if (kind === "mean") dx.data[i] = d / count;
    else if (kind === "sumOfSquares") dx.data[i] = 2 * value * d;
    else dx.data[i] = value === extreme.data[place[i]] ? d : 0;
  });
  return dx;
}

/** Index of the largest (`sign` 1) or smallest (−1) element along the last axis, the lowest on ties. */
export function argExtreme(x: Nd, sign: 1 | -1): Int32Array {
  const width = x.shape.at(-1)!, out = new Int32Array(x.data.length / width);
  for (let row = 0; row < out.length; row++) {
    for (let i = 1; i < width; i++) {
      if (sign * x.data[row * width + i] > sign * x.data[row * width + out[row]]) out[row] = i;
    }
  }
  return out;
}

/** f(a, b) element by element; axes of size 1, and missing leading axes, stretch. */
export function binary(a: Nd, b: Nd, f: (a: number, b: number) => number): Nd {
  const shape = broadcastShapes(a.shape, b.shape), out = zeros(shape);
  const placeA = placesIn(a.shape, shape), placeB = placesIn(b.shape, shape);
  out.data.forEach((_, i) => out.data[i] = f(a.data[placeA[i]], b.data[placeB[i]]));
  return out;
}

/** Gradients of both inputs, from the partial derivatives `da(a, b)` and `db(a, b)`. */
export function binaryGradient(
  a: Nd,
  b: Nd,
  dy: Nd,
  da: (a: number, b: number) => number,
  db: (a: number, b: number) => number,
): { a: Nd; b: Nd } {
  const gradient = { a: zeros(a.shape), b: zeros(b.shape) };
  const placeA = placesIn(a.shape, dy.shape), placeB = placesIn(b.shape, dy.shape);
  dy.data.forEach((d, i) => {
    const valueA = a.data[placeA[i]], valueB = b.data[placeB[i]];
    gradient.a.data[placeA[i]] += d * da(valueA, valueB);
    gradient.b.data[placeB[i]] += d * db(valueA, valueB);
  });
  return gradient;
}

/** For each element of an array of shape `to`, the flat index of the element of shape `from` that is stretched to it. */
export function placesIn(from: readonly number[], to: readonly number[]): Int32Array {
  const strides = stridesOf(from), lead = to.length - from.length, out = new Int32Array(sizeOf(to));
  eachIndex(to, (index, flat) => {
    for (let axis = 0; axis < from.length; axis++) {
      if (from[axis] > 1) out[flat] += index[axis + lead] * strides[axis];
    }
  });
  return out;
}

function reduced(x: Nd, axes: readonly number[] | undefined) {
  const gone = axisSet(x.shape, axes);
  const shape = x.shape.map((size, axis) => gone.has(axis) ? 1 : size);
  return { shape, place: placesIn(shape, x.shape) };
}

function withoutAxes(shape: readonly number[], axes: readonly number[] | undefined): number[] {
  const gone = axisSet(shape, axes);
  return shape.filter((_, axis) => !gone.has(axis));
}

function axisSet(shape: readonly number[], axes: readonly number[] | undefined): Set<number> {
  return new Set((axes ?? shape.map((_, axis) => axis)).map((axis) => axis < 0 ? axis + shape.length : axis));
}
