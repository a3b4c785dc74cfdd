/** Softmax, layer norm and group norm in float64. */
import { like, type Nd, rowsOf, zeros } from "./nd.ts";

/** e^x / Σ e^x along the last axis. */
export function softmax(x: Nd): Nd {
  const { rows, width } = rowsOf(x), out = zeros(x.shape);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    let top = -Infinity, sum = 0;
    for (let i = 0; i < width; i++) top = Math.max(top, x.data[at + i]);
    for (let i = 0; i < width; i++) sum += out.data[at + i] = Math.exp(x.data[at + i] - top);
    for (let i = 0; i < width; i++) out.data[at + i] /= sum;
  }
  return out;
}

/** Gradient of the input: p·(dy − Σ dy·p). */
export function softmaxGradient(x: Nd, dy: Nd): Nd {
  const p = softmax(x), { rows, width } = rowsOf(x), out = zeros(x.shape);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    let dot = 0;
    for (let i = 0; i < width; i++) dot += dy.data[at + i] * p.data[at + i];
    for (let i = 0; i < width; i++) out.data[at + i] = p.data[at + i] * (dy.data[at + i] - dot);
  }
  return out;
}

export interface NormGradient {
  readonly x: Nd;
  readonly scale: Nd;
  readonly shift: Nd;
}

/** (x − mean)/√(var + ε)·scale + shift along the last axis; variance without Bessel's correction. */
export function layerNorm(x: Nd, scale: Nd, shift: Nd, epsilon = 1e-5): Nd {
  const { rows, width } = rowsOf(x);
  return normalise(x, scale, shift, epsilon, (i) => Math.floor(i / width), rows, (i) => i % width);
}

export function layerNormGradient(x: Nd, scale: Nd, dy: Nd, epsilon = 1e-5): NormGradient {
  const { rows, width } = rowsOf(x);
  return normaliseGradient(x, scale, dy, epsilon, (i) => Math.floor(i / width), rows, (i) => i % width);
}

/** Layer norm over each group of neighbouring channels of each picture; x [B, H, W, C], scale and shift [C]. */
export function groupNorm(x: Nd, scale: Nd, shift: Nd, groups: number, epsilon = 1e-5): Nd {
  const { groupOf, count, channelOf } = channelGroups(x, groups);
  return normalise(x, scale, shift, epsilon, groupOf, count, channelOf);
}

export function groupNormGradient(x: Nd, scale: Nd, dy: Nd, groups: number, epsilon = 1e-5): NormGradient {
  const { groupOf, count, channelOf } = channelGroups(x, groups);
  return normaliseGradient(x, scale, dy, epsilon, groupOf, count, channelOf);
}

type IndexMap = (flat: number) => number;

function channelGroups(x: Nd, groups: number) {
  const channels = x.shape.at(-1)!, perPicture = x.data.length / x.shape[0];
  if (channels % groups !== 0) throw new RangeError(`${channels} channels do not split into ${groups} groups`);
  const channelOf = (i: number) => i % channels;
  const groupOf = (i: number) => Math.floor(i / perPicture) * groups + Math.floor(channelOf(i) / (channels / groups));
  return { groupOf, count: x.shape[0] * groups, channelOf };
}

/** Mean and 1/√(var + ε) of each group. */
function statistics(x: Nd, epsilon: number, groupOf: IndexMap, count: number) {
  const mean = new Float64Array(count), variance = new Float64Array(count), size = x.data.length / count;
  x.data.forEach((value, i) => mean[groupOf(i)] += value / size);
  x.data.forEach((value, i) => variance[groupOf(i)] += (value - mean[groupOf(i)]) ** 2 / size);
  return { mean, inverse: variance.map((value) => 1 / Math.sqrt(value + epsilon)), size };
}

function normalise(
  x: Nd,
  scale: Nd,
  shift: Nd,
  epsilon: number,
  groupOf: IndexMap,
  count: number,
  channelOf: IndexMap,
): Nd {
  const { mean, inverse } = statistics(x, epsilon, groupOf, count);
  return like(x, (value, i) => {
    const group = groupOf(i), channel = channelOf(i);
    return (value - mean[group]) * inverse[group] * scale.data[channel] + shift.data[channel];
  });
}

/** With x̂ the normalised input and g = dy·scale: dx = (g − mean(g) − x̂·mean(g·x̂))/√(var + ε). */
function normaliseGradient(
  x: Nd,
  scale: Nd,
  dy: Nd,
  epsilon: number,
  groupOf: IndexMap,
  count: number,
  channelOf: IndexMap,
): NormGradient {
  const { mean, inverse, size } = statistics(x, epsilon, groupOf, count);
  const hat = x.data.map((value, i) => (value - mean[groupOf(i)]) * inverse[groupOf(i)]);
  const g = dy.data.map((value, i) => value * scale.data[channelOf(i)]);
  const meanG = new Float64Array(count), meanGHat = new Float64Array(count);
  const scaleGradient = zeros(scale.shape), shiftGradient = zeros(scale.shape);
  g.forEach((value, i) => {
    meanG[groupOf(i)] += value / size;
    meanGHat[groupOf(i)] += value * hat[i] / size;
    scaleGradient.data[channelOf(i)] += dy.data[i] * hat[i];
    shiftGradient.data[channelOf(i)] += dy.data[i];
  });
  return {
    x: like(x, (_, i) => inverse[groupOf(i)] * (g[i] - meanG[groupOf(i)] - hat[i] * meanGHat[groupOf(i)])),
    scale: scaleGradient,
    shift: shiftGradient,
  };
}
