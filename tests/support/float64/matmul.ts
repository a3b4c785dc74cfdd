/** Matrix product in float64. */
import { activate, activateGradient, type Activation } from "./activations.ts";
import { eachIndex, type Nd, stridesOf, zeros } from "./nd.ts";

export interface MatmulOptions {
  /** `a` is [..., K, M] instead of [..., M, K]. */
  readonly transposeA?: boolean;
  /** `b` is [..., N, K] instead of [..., K, N]. */
  readonly transposeB?: boolean;
  /** [N], added before the activation. */
  readonly bias?: Nd;
  readonly activation?: Activation;
}

interface Layout {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: readonly number[];
  /** Where the matrices of batch entry i begin, with broadcast batch axes. */
  readonly startA: readonly number[];
  readonly startB: readonly number[];
  readonly indexA: (row: number, inner: number) => number;
  readonly indexB: (inner: number, column: number) => number;
}

/** activation(a·b + bias) → [..., M, N]. Batch axes broadcast. */
export function matmul(a: Nd, b: Nd, options: MatmulOptions = {}): Nd {
  return activate(linearPart(a, b, options), options.activation ?? "none");
}

/** Gradients of `a`, `b` and `bias` for the gradient `dy` [..., M, N] of the output. */
export function matmulGradient(a: Nd, b: Nd, dy: Nd, options: MatmulOptions = {}): { a: Nd; b: Nd; bias: Nd } {
  const { m, n, k, startA, startB, indexA, indexB } = layout(a, b, options);
  const inner = activateGradient(linearPart(a, b, options), dy, options.activation ?? "none").data;
  const gradient = { a: zeros(a.shape), b: zeros(b.shape), bias: zeros([n]) };
  for (let entry = 0; entry < startA.length; entry++) {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        const d = inner[(entry * m + row) * n + column];
        gradient.bias.data[column] += d;
        for (let i = 0; i < k; i++) {
          const atA = startA[entry] + indexA(row, i), atB = startB[entry] + indexB(i, column);
          gradient.a.data[atA] += d * b.data[atB];
          gradient.b.data[atB] += d * a.data[atA];
        }
      }
    }
  }
  return gradient;
}

function linearPart(a: Nd, b: Nd, options: MatmulOptions): Nd {
  const { m, n, k, batch, startA, startB, indexA, indexB } = layout(a, b, options);
  const out = zeros([...batch, m, n]);
  for (let entry = 0; entry < startA.length; entry++) {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = options.bias?.data[column] ?? 0;
        for (let i = 0; i < k; i++) {
          sum += a.data[startA[entry] + indexA(row, i)] * b.data[startB[entry] + indexB(i, column)];
        }
        out.data[(entry * m + row) * n + column] = sum;
      }
    }
  }
  return out;
}

function layout(a: Nd, b: Nd, { transposeA, transposeB }: MatmulOptions): Layout {
  const [rowsA, columnsA] = a.shape.slice(-2), [rowsB, columnsB] = b.shape.slice(-2);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const n = transposeB ? rowsB : columnsB;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return {
    m,
    n,
    k,
    batch,
    startA: starts(a.shape, batch),
    startB: starts(b.shape, batch),
    indexA: transposeA ? (row, i) => i * m + row : (row, i) => row * k + i,
    indexB: transposeB ? (i, column) => column * k + i : (i, column) => i * n + column,
  };
}

function starts(shape: readonly number[], batch: readonly number[]): number[] {
  const strides = stridesOf(shape), lead = batch.length - (shape.length - 2), out: number[] = [];
  eachIndex(batch, (index) => {
    let start = 0;
    for (let axis = lead; axis < batch.length; axis++) {
      if (shape[axis - lead] > 1) start += index[axis] * strides[axis - lead];
    }
    out.push(start);
  });
  return out;
}

/** The shape that both shapes stretch to: sizes are equal or one of them is 1, aligned at the last axis. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1, sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) throw new RangeError(`[${a}] and [${b}] do not broadcast`);
    return sizeA === 1 ? sizeB : sizeA;
  });
}
