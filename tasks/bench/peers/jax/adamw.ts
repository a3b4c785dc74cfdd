/** AdamW with clipping by the global norm in jax-js, as a pure function of arrays. */
import { numpy as np } from "@jax-js/jax";
import { TRAINING } from "../../cases/model.ts";
import type { Arrays } from "./layers.ts";

export interface AdamState {
  readonly parameters: Arrays;
  readonly first: Arrays;
  readonly second: Arrays;
}

export function zerosLike(parameters: Arrays): Arrays {
  return Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, np.zeros(p.shape)]));
}

/** 1/(1 − β₁ˢ) and 1/(1 − β₂ˢ), in float64 on the host. */
export function biasCorrections(step: number): np.Array {
  return np.array(new Float32Array([1 / (1 - TRAINING.beta1 ** step), 1 / (1 - TRAINING.beta2 ** step)]));
}

/** One step. Consumes everything. @param corrections from `biasCorrections`, [2] */
export function adamW(state: AdamState, gradients: Arrays, corrections: np.Array, learningRate: number): AdamState {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = TRAINING, names = Object.keys(gradients);
  const squares = names.map((name) => np.sum(np.square(gradients[name].ref)));
  const norm = np.sqrt(squares.reduce((a, b) => a.add(b)));
  const clip = np.minimum(np.array(1), np.reciprocal(norm.add(1e-6)).mul(clipNorm));
  const [firstCorrection, secondCorrection] = [corrections.ref.slice(0), corrections.slice(1)];
  const next: { parameters: Arrays; first: Arrays; second: Arrays } = { parameters: {}, first: {}, second: {} };
  for (const name of names) {
    const gradient = gradients[name].mul(clip.ref);
    const first = state.first[name].mul(beta1).add(gradient.ref.mul(1 - beta1));
    const second = state.second[name].mul(beta2).add(np.square(gradient).mul(1 - beta2));
    const root = np.sqrt(second.ref.mul(secondCorrection.ref)).add(epsilon);
    const change = first.ref.mul(firstCorrection.ref).div(root).mul(learningRate);
    next.parameters[name] = state.parameters[name].mul(1 - learningRate * weightDecay).sub(change);
    next.first[name] = first;
    next.second[name] = second;
  }
  for (const used of [clip, firstCorrection, secondCorrection]) used.dispose();
  return next;
}
