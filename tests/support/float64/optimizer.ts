/** Adam, AdamW and clipping in float64, as PyTorch 2 computes them. */
import type { Nd } from "./nd.ts";

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /** AdamW: the decay acts on the parameter. Otherwise it is added to the gradient. Default true. */
  readonly decoupled?: boolean;
  /** Steps taken, this one included: 1 for the first. */
  readonly step: number;
}

/** One tensor with its moments. */
export interface AdamState {
  readonly parameter: Nd;
  readonly gradient: Nd;
  readonly firstMoment: Nd;
  readonly secondMoment: Nd;
}

/** p ← p(1 − lr·wd) − lr/(1 − β₁ˢ)·m/(√v/√(1 − β₂ˢ) + ε), after the moments took the gradient in. Changes `state`. */
export function adamStep(state: AdamState, settings: AdamSettings): void {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = true } = settings;
  const p = state.parameter.data, m = state.firstMoment.data, v = state.secondMoment.data;
  for (let i = 0; i < p.length; i++) {
    const gradient = state.gradient.data[i] + (decoupled ? 0 : weightDecay * p[i]);
    if (decoupled) p[i] *= 1 - learningRate * weightDecay;
    m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
    const root = Math.sqrt(v[i]) / Math.sqrt(1 - beta2 ** settings.step) + epsilon;
    p[i] -= learningRate / (1 - beta1 ** settings.step) * m[i] / root;
  }
}

/** Square root of the sum of squares over all tensors. */
export function globalNorm(tensors: readonly Nd[]): number {
  return Math.sqrt(tensors.reduce((sum, { data }) => data.reduce((part, value) => part + value ** 2, sum), 0));
}

/** min(1, limit/(norm + 1e-6)): what every gradient is multiplied by. */
export function clipCoefficient(norm: number, limit: number): number {
  return Math.min(1, limit / (norm + 1e-6));
}
