/** Shapes: lists of positive integers, row-major, last axis fastest. */
export type Shape = readonly number[];

/** How elements are stored. `u8` is packed four to a word and only a few operations read it. */
export type DType = "f32" | "i32" | "u32" | "u8";

/** Number of elements. The empty shape `[]` is a scalar with one element. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes that a tensor occupies on a device: rounded up to 16, so that kernels may read it as `vec4`. */
export function storageBytes(shape: Shape, dtype: DType): number {
  const bytes = elements(shape) * (dtype === "u8" ? 1 : 4);
  return Math.ceil(bytes / 16) * 16;
}

/** Row-major strides, in elements: `[2, 3, 4]` → `[12, 4, 1]`. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** The common shape of two tensors under numpy's broadcasting rule, or `null` if there is none. */
export function broadcastShapes(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const sizeA = a[axis - (rank - a.length)] ?? 1, sizeB = b[axis - (rank - b.length)] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return null;
    out[axis] = Math.max(sizeA, sizeB);
  }
  return out;
}

/** Strides with which a tensor of shape `from` is read while walking over `to`; 0 along repeated axes. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = rowMajorStrides(from), skip = to.length - from.length;
  return to.map((_, axis) => axis < skip || from[axis - skip] === 1 ? 0 : own[axis - skip]);
}

/** True if both have the same sizes in the same order. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** `[2, 3]` → "[2, 3]". */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Axis counted from the end if negative. @throws RangeError when there is no such axis. */
export function resolveAxis(axis: number, rank: number, operation: string): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(resolved) || resolved < 0 || resolved >= rank) {
    throw new RangeError(`${operation}: expected an axis in ${-rank}…${rank - 1}, but found ${axis}`);
  }
  return resolved;
}
