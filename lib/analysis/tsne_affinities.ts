/** How near points are to one another, as t-SNE measures it. */

/** Joint probabilities p_ij of pairs i < j. */
export interface Affinities {
  /** Number of points. */
  readonly n: number;
  /** [n]: how often each point occurs; a point with a count above 1 stands for so many that coincide. */
  readonly counts: Float64Array;
  /** [n(n−1)/2]: p_01, p_02, …, p_12, …, each between one copy and one copy; over all copies the full matrix sums to 1. */
  readonly joint: Float64Array;
  /** [n]: p between two copies of the same point. */
  readonly own: Float64Array;
  /** [n]: precision of the Gaussian around each point. */
  readonly precision: Float64Array;
}

/** Steps of the search for a precision; the entropy is met to `TOLERANCE` long before. */
const SEARCH = 200, TOLERANCE = 1e-12;

/**
 * Joint probabilities of t-SNE: around each point a Gaussian whose entropy is ln(perplexity), made symmetric.
 * Source: L. van der Maaten, G. Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008).
 *
 * @param points [n, width]
 * @param perplexity effective number of neighbours, below the number of points with all copies
 * @param counts how often each point occurs; default once
 */
export function affinities(
  points: ArrayLike<number>,
  width: number,
  perplexity: number,
  counts?: ArrayLike<number>,
): Affinities {
  const n = points.length / width;
  if (!(Number.isInteger(n) && n >= 2)) {
    throw new RangeError(`t-SNE: expected at least 2 points of width ${width} but found ${points.length} numbers`);
  }
  const copies = Float64Array.from(counts ?? new Array<number>(n).fill(1));
  const all = copies.reduce((a, b) => a + b, 0);
  if (copies.length !== n || copies.some((count) => !(Number.isInteger(count) && count >= 1))) {
    throw new RangeError(`t-SNE: expected ${n} counts, whole numbers from 1, but found ${copies.length}: ${copies}`);
  }
  if (!(perplexity > 0 && perplexity < all)) {
    throw new RangeError(`t-SNE: expected a perplexity between 0 and ${all} but found ${perplexity}`);
  }
  const conditional = new Float64Array(n * n), precision = new Float64Array(n), distances = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (points[i * width + k] - points[j * width + k]) ** 2;
      distances[j] = sum;
    }
    precision[i] = searchPrecision(
      distances,
      copies,
      i,
      Math.log(perplexity),
      conditional.subarray(i * n, (i + 1) * n),
    );
  }
  const joint = new Float64Array(n * (n - 1) / 2);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) total += copies[i] * (copies[j] - Number(i === j)) * conditional[i * n + j];
  }
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++, at++) joint[at] = (conditional[i * n + j] + conditional[j * n + i]) / (2 * total);
  }
  const own = Float64Array.from({ length: n }, (_, i) => conditional[i * (n + 1)] / total);
  return { n, counts: copies, joint, own, precision };
}

/** Fills `row` with exp(−β·d) / Σ, one copy each, for the β at which its entropy is `wanted`, and returns β. */
function searchPrecision(
  distances: Float64Array,
  counts: Float64Array,
  own: number,
  wanted: number,
  row: Float64Array,
): number {
  let beta = 1, low = 0, high = Infinity;
  for (let step = 0; step < SEARCH; step++) {
    const gap = fillRow(distances, counts, own, beta, row) - wanted;
    if (Math.abs(gap) <= TOLERANCE) break;
    if (gap > 0) {
      low = beta;
      beta = high === Infinity ? beta * 2 : (beta + high) / 2;
    } else {
      high = beta;
      beta = (beta + low) / 2;
    }
  }
  return beta;
}

/** @returns entropy of the row */
function fillRow(distances: Float64Array, counts: Float64Array, own: number, beta: number, row: Float64Array): number {
  let nearest = Infinity;
  // A point is no neighbour of its own, but its copies are.
  const others = (j: number) => j === own ? counts[j] - 1 : counts[j];
  for (let j = 0; j < row.length; j++) if (others(j) > 0 && distances[j] < nearest) nearest = distances[j];
  // Relative to the nearest point, so that no sum is 0.
  let sum = 0, weighted = 0;
  for (let j = 0; j < row.length; j++) {
    const far = distances[j] - nearest, value = others(j) > 0 ? Math.exp(-beta * far) : 0;
    row[j] = value;
    sum += others(j) * value;
    weighted += others(j) * far * value;
  }
  for (let j = 0; j < row.length; j++) row[j] /= sum;
  return Math.log(sum) + beta * weighted / sum;
}
