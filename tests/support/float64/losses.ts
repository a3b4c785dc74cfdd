/** Losses in float64. */
import { type Nd, nd, rowsOf, zeros } from "./nd.ts";
import { softmax } from "./normalise.ts";

/** −ln softmax(logits)[target] of each row; logits [R, K], targets R integers → [R]. */
export function crossEntropyRows(logits: Nd, targets: ArrayLike<number>): Nd {
  const { rows, width } = rowsOf(logits);
  return nd(
    [rows],
    Array.from({ length: rows }, (_, row) => {
      const values = logits.data.subarray(row * width, (row + 1) * width), top = Math.max(...values);
      const sum = values.reduce((total, value) => total + Math.exp(value - top), 0);
      return top + Math.log(sum) - values[targets[row]];
    }),
  );
}

/** Gradient of the logits, from the gradient `dy` [R] of the rows' losses. */
export function crossEntropyRowsGradient(logits: Nd, targets: ArrayLike<number>, dy: ArrayLike<number>): Nd {
  const { width } = rowsOf(logits), p = softmax(logits);
  p.data.forEach((value, i) => {
    const row = Math.floor(i / width);
    p.data[i] = (value - (targets[row] === i % width ? 1 : 0)) * dy[row];
  });
  return p;
}

/** Σ weight·loss / Σ weight, with weight 1 where none are given; and its gradient. */
export function crossEntropy(
  logits: Nd,
  targets: ArrayLike<number>,
  weights?: ArrayLike<number>,
): { loss: number; gradient: Nd } {
  const losses = crossEntropyRows(logits, targets).data;
  const w = losses.map((_, row) => weights?.[row] ?? 1), total = w.reduce((a, b) => a + b, 0);
  return {
    loss: losses.reduce((sum, loss, row) => sum + loss * w[row], 0) / total,
    gradient: crossEntropyRowsGradient(logits, targets, w.map((value) => value / total)),
  };
}

/** Mean of (a − b)², and the gradients of both. */
export function meanSquaredError(a: Nd, b: Nd): { loss: number; a: Nd; b: Nd } {
  const gradient = { a: zeros(a.shape), b: zeros(b.shape) };
  let loss = 0;
  a.data.forEach((value, i) => {
    const difference = value - b.data[i];
    loss += difference ** 2 / a.data.length;
    gradient.a.data[i] = 2 * difference / a.data.length;
    gradient.b.data[i] = -gradient.a.data[i];
  });
  return { loss, ...gradient };
}
