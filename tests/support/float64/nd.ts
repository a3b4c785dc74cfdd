/** Arrays in float64 for the reference loops: a shape and its numbers in row-major order. */
import { Stream } from "../../../lib/random.ts";

/** A dense array. Scalars have shape `[]`. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An array of this shape; `data` is copied. */
export function nd(shape: readonly number[], data: ArrayLike<number>): Nd {
  if (data.length !== sizeOf(shape)) throw new RangeError(`expected ${sizeOf(shape)} numbers but found ${data.length}`);
  return { shape: [...shape], data: Float64Array.from(data) };
}

export function zeros(shape: readonly number[]): Nd {
  return { shape: [...shape], data: new Float64Array(sizeOf(shape)) };
}

export function like(x: Nd, f: (value: number, index: number) => number): Nd {
  return { shape: x.shape, data: x.data.map(f) };
}

/**
 * Normal random numbers, the same for the same seed, each exactly a float32, so that a device starts from the same values.
 */
export function randomNd(shape: readonly number[], seed: number, scale = 1): Nd {
  const stream = Stream.named(seed, "tests");
  return { shape: [...shape], data: new Float64Array(sizeOf(shape)).map(() => Math.fround(scale * stream.normal())) };
}

/** Random integers in [0, below). */
export function randomIndices(count: number, below: number, seed: number): Int32Array {
  const stream = Stream.named(seed, "tests/indices");
  return new Int32Array(count).map(() => stream.below(below));
}

export function toFloat32(x: Nd): Float32Array {
  return Float32Array.from(x.data);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** Calls `visit(index, flat)` for each element in row-major order. `index` is reused. */
export function eachIndex(shape: readonly number[], visit: (index: readonly number[], flat: number) => void): void {
  const index = shape.map(() => 0), size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/** The array with its axes in another order: `out.shape[i] = x.shape[order[i]]`. */
export function transpose(x: Nd, order: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i)): Nd {
  const out = zeros(order.map((axis) => x.shape[axis])), strides = stridesOf(x.shape);
  eachIndex(out.shape, (index, flat) => {
    out.data[flat] = x.data[order.reduce((sum, axis, i) => sum + index[i] * strides[axis], 0)];
  });
  return out;
}

/** Number of rows when all axes but the last are one. */
export function rowsOf(x: Nd): { rows: number; width: number } {
  const width = x.shape.at(-1) ?? 1;
  return { rows: x.data.length / width, width };
}
