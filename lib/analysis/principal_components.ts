/** Principal components of a few columns. */

/**
 * Projects points onto their main axes. The sign of an axis is such that its largest entry is positive.
 *
 * @param points [n, width]; for up to some hundred columns
 * @param axes how many
 * @returns [n, axes]; axes that the points do not have are 0
 */
export function principalComponents(points: ArrayLike<number>, width: number, axes: number): Float64Array {
  const n = points.length / width;
  const mean = new Float64Array(width), centred = new Float64Array(points.length);
  for (let i = 0; i < points.length; i++) mean[i % width] += points[i] / n;
  for (let i = 0; i < points.length; i++) centred[i] = points[i] - mean[i % width];
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < n; row++) {
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) covariance[a * width + b] += centred[row * width + a] * centred[row * width + b];
    }
  }
  const { values, vectors } = jacobi(covariance, width);
  const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]).slice(0, axes);
  const out = new Float64Array(n * axes);
  order.forEach((axis, k) => {
    let largest = 0;
    for (let a = 0; a < width; a++) {
      const entry = vectors[a * width + axis];
      if (Math.abs(entry) > Math.abs(largest) + 1e-12) largest = entry;
    }
    const sign = largest < 0 ? -1 : 1;
    for (let row = 0; row < n; row++) {
      let dot = 0;
      for (let a = 0; a < width; a++) dot += centred[row * width + a] * vectors[a * width + axis];
      out[row * axes + k] = sign * dot;
    }
  });
  return out;
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, by cyclic Jacobi rotations. */
function jacobi(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice(), v = Float64Array.from(a, (_, i) => Number(i % (n + 1) === 0));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0, all = 0;
    for (let i = 0; i < a.length; i++) {
      all += a[i] * a[i];
      if (i % (n + 1) !== 0) off += a[i] * a[i];
    }
    if (off <= 1e-30 * all) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (apq === 0) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1)), c = 1 / Math.hypot(t, 1), s = t * c;
        for (let k = 0; k < n; k++) [a[k * n + p], a[k * n + q]] = turn(a[k * n + p], a[k * n + q], c, s);
        for (let k = 0; k < n; k++) [a[p * n + k], a[q * n + k]] = turn(a[p * n + k], a[q * n + k], c, s);
        for (let k = 0; k < n; k++) [v[k * n + p], v[k * n + q]] = turn(v[k * n + p], v[k * n + q], c, s);
      }
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * (n + 1)]), vectors: v };
}

const turn = (x: number, y: number, c: number, s: number): [number, number] => [c * x - s * y, s * x + c * y];
