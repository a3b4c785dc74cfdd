/** Activations and their slopes in float64, with an error function good to about 1e-15. */
import { like, type Nd } from "./nd.ts";

export type Activation = "none" | "relu" | "gelu" | "silu" | "sigmoid" | "tanh";

/** erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, by e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms all have one sign. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // 1 − erf(6) = 2e-17
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

const sigmoid = (x: number) => x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
const normalCdf = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));
const normalDensity = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

const VALUE: Record<Activation, (x: number) => number> = {
  none: (x) => x,
  relu: (x) => Math.max(x, 0),
  gelu: (x) => x * normalCdf(x),
  silu: (x) => x * sigmoid(x),
  sigmoid,
  tanh: Math.tanh,
};

/** Slopes at x. The slope of ReLU at 0 is 0. */
const SLOPE: Record<Activation, (x: number) => number> = {
  none: () => 1,
  relu: (x) => x > 0 ? 1 : 0,
  gelu: (x) => normalCdf(x) + x * normalDensity(x),
  silu: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  sigmoid: (x) => sigmoid(x) * (1 - sigmoid(x)),
  tanh: (x) => 1 - Math.tanh(x) ** 2,
};

export function activate(x: Nd, kind: Activation): Nd {
  return like(x, VALUE[kind]);
}

/** Gradient of the input x, from that of the output. */
export function activateGradient(x: Nd, dy: Nd, kind: Activation): Nd {
  return like(x, (value, i) => dy.data[i] * SLOPE[kind](value));
}
