/** Lookup, scatter, counting and selection in float64. Indices are plain integers. */
import { type Nd, rowsOf, zeros } from "./nd.ts";

/** Rows of a table [V, D]: → [count, D]. */
export function embedding(table: Nd, indices: ArrayLike<number>): Nd {
  const width = table.shape[1], out = zeros([indices.length, width]);
  for (let i = 0; i < indices.length; i++) {
    out.data.set(table.data.subarray(indices[i] * width, (indices[i] + 1) * width), i * width);
  }
  return out;
}

/** Adds rows [count, D] where their indices say: → [size, D]. The gradient of `embedding`, and a segment sum. */
export function scatterAdd(rows: Nd, indices: ArrayLike<number>, size: number): Nd {
  const width = rows.shape.at(-1)!, out = zeros([size, width]);
  rows.data.forEach((value, i) => out.data[indices[Math.floor(i / width)] * width + i % width] += value);
  return out;
}

/** For each code the number of rows assigned to it [K] and their sum [K, D]. */
export function segmentSums(rows: Nd, indices: ArrayLike<number>, size: number): { counts: Nd; sums: Nd } {
  return { counts: histogram(indices, size), sums: scatterAdd(rows, indices, size) };
}

/** How often each value in [0, size) occurs: → [size]. Others are not counted. */
export function histogram(values: ArrayLike<number>, size: number): Nd {
  const counts = zeros([size]);
  for (let i = 0; i < values.length; i++) {
    if (values[i] >= 0 && values[i] < size) counts.data[values[i]]++;
  }
  return counts;
}

/** count[code, action, next] over all triples: → [K, A, K]. */
export function transitionCounts(
  codes: ArrayLike<number>,
  actions: ArrayLike<number>,
  next: ArrayLike<number>,
  codeCount: number,
  actionCount: number,
): Nd {
  const counts = zeros([codeCount, actionCount, codeCount]);
  for (let i = 0; i < codes.length; i++) {
    counts.data[(codes[i] * actionCount + actions[i]) * codeCount + next[i]]++;
  }
  return counts;
}

/**
 * Nearest row of `codebook` [K, D] for each row of `z` [..., D], the lowest index on ties.
 * `gap` is the difference between the second smallest and the smallest squared distance, per row.
 */
export function nearestCode(z: Nd, codebook: Nd): { indices: Int32Array; distances: Float64Array; gap: Float64Array } {
  const { rows, width } = rowsOf(z), codes = codebook.shape[0];
  const indices = new Int32Array(rows), distances = new Float64Array(rows).fill(Infinity);
  const gap = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let second = Infinity;
    for (let code = 0; code < codes; code++) {
      let distance = 0;
      for (let i = 0; i < width; i++) distance += (z.data[row * width + i] - codebook.data[code * width + i]) ** 2;
      if (distance < distances[row]) [second, distances[row], indices[row]] = [distances[row], distance, code];
      else second = Math.min(second, distance);
    }
    gap[row] = second - distances[row];
  }
  return { indices, distances, gap };
}

/** The k largest of each row, largest first, the lower index first on ties: → values and indices [rows, k]. */
export function topK(x: Nd, k: number): { values: Nd; indices: Int32Array } {
  const { rows, width } = rowsOf(x), values = zeros([rows, k]), indices = new Int32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    const order = Array.from({ length: width }, (_, i) => i).sort((a, b) => x.data[at + b] - x.data[at + a] || a - b);
    for (let rank = 0; rank < k; rank++) {
      indices[row * k + rank] = order[rank];
      values.data[row * k + rank] = x.data[at + order[rank]];
    }
  }
  return { values, indices };
}

/** Whole frames of `size` bytes each, by index, as numbers byte·scale: → [count, size]. */
export function gatherFrames(bytes: Uint8Array, size: number, indices: ArrayLike<number>, scale: number): Nd {
  const out = zeros([indices.length, size]);
  for (let i = 0; i < indices.length; i++) {
    for (let j = 0; j < size; j++) out.data[i * size + j] = bytes[indices[i] * size + j] * scale;
  }
  return out;
}
