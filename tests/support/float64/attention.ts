/** Multi-head attention in float64. */
import { type Nd, zeros } from "./nd.ts";

export interface AttentionOptions {
  readonly heads: number;
  /** Query i sees keys j ≤ i only. */
  readonly causal?: boolean;
}

/**
 * Σ_j softmax_j(q_i·k_j/√d)·v_j for each head; head h owns channels h·d … (h+1)·d − 1.
 * q [B, N, D], k and v [B, M, D] → [B, N, D].
 */
export function attention(q: Nd, k: Nd, v: Nd, options: AttentionOptions): Nd {
  const out = zeros(q.shape);
  eachHead(q, k, options, ({ row, column, weights, n, m, width }) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        for (let c = 0; c < width; c++) out.data[row(i) + c] += weights[i * m + j] * v.data[column(j) + c];
      }
    }
  });
  return out;
}

/** Gradients of q, k and v for the gradient `dy` [B, N, D] of the output. */
export function attentionGradient(
  q: Nd,
  k: Nd,
  v: Nd,
  dy: Nd,
  options: AttentionOptions,
): { q: Nd; k: Nd; v: Nd } {
  const gradient = { q: zeros(q.shape), k: zeros(k.shape), v: zeros(v.shape) };
  eachHead(q, k, options, ({ row, column, weights, n, m, width }) => {
    for (let i = 0; i < n; i++) {
      const upstream = new Float64Array(m); // of the attention weights
      let dot = 0;
      for (let j = 0; j < m; j++) {
        for (let c = 0; c < width; c++) {
          upstream[j] += dy.data[row(i) + c] * v.data[column(j) + c];
          gradient.v.data[column(j) + c] += weights[i * m + j] * dy.data[row(i) + c];
        }
        dot += upstream[j] * weights[i * m + j];
      }
      for (let j = 0; j < m; j++) {
        const score = weights[i * m + j] * (upstream[j] - dot) / Math.sqrt(width);
        for (let c = 0; c < width; c++) {
          gradient.q.data[row(i) + c] += score * k.data[column(j) + c];
          gradient.k.data[column(j) + c] += score * q.data[row(i) + c];
        }
      }
    }
  });
  return gradient;
}

interface Head {
  /** Where row i of this head begins in q, and row j in k and v. */
  readonly row: (i: number) => number;
  readonly column: (j: number) => number;
  /** [N, M] */
  readonly weights: Float64Array;
  readonly n: number;
  readonly m: number;
  readonly width: number;
}

function eachHead(q: Nd, k: Nd, { heads, causal }: AttentionOptions, visit: (head: Head) => void): void {
  const [batch, n, channels] = q.shape, m = k.shape[1], width = channels / heads;
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < heads; head++) {
      const row = (i: number) => (b * n + i) * channels + head * width;
      const column = (j: number) => (b * m + j) * channels + head * width;
      const weights = new Float64Array(n * m);
      for (let i = 0; i < n; i++) {
        const seen = causal ? Math.min(i + 1, m) : m;
        let top = -Infinity, sum = 0;
        for (let j = 0; j < seen; j++) {
          let score = 0;
          for (let c = 0; c < width; c++) score += q.data[row(i) + c] * k.data[column(j) + c];
          weights[i * m + j] = score / Math.sqrt(width);
          top = Math.max(top, weights[i * m + j]);
        }
        for (let j = 0; j < seen; j++) sum += weights[i * m + j] = Math.exp(weights[i * m + j] - top);
        for (let j = 0; j < seen; j++) weights[i * m + j] /= sum;
      }
      visit({ row, column, weights, n, m, width });
    }
  }
}
