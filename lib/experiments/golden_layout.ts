import { rowMajorStrides } from "../tensor/mod.ts";

/**
 * The order in which our axes stand in PyTorch's shape of a weight, or `null` where the layouts agree: [out, in] → [in, out];
 * [a, b, height, width] → [height, width, b, a], for convolutions and transposed ones alike.
 *
 * @param table the weight is a table of rows, which both lay out alike
 */
export function weightAxes(rank: number, table: boolean): readonly number[] | null {
  if (rank === 4) return [2, 3, 1, 0];
  return rank === 2 && !table ? [1, 0] : null;
}

/** Elements in another order of axes: axis i of the result is axis `axes[i]` of `shape`. `null` changes nothing. */
export function permuted(values: Float32Array, shape: readonly number[], axes: readonly number[] | null): Float32Array {
  if (!axes) return values;
  const from = rowMajorStrides(shape), to = rowMajorStrides(axes.map((axis) => shape[axis]));
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    let rest = i, source = 0;
    axes.forEach((axis, position) => {
      source += Math.floor(rest / to[position]) * from[axis];
      rest %= to[position];
    });
    out[i] = values[source];
  }
  return out;
}

/** The other way: from our layout to PyTorch's. @param shape PyTorch's */
export function permutedBack(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[] | null,
): Float32Array {
  if (!axes) return values;
  return permuted(values, axes.map((axis) => shape[axis]), axes.map((_, axis) => axes.indexOf(axis)));
}
