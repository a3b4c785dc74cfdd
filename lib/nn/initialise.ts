import type { Stream } from "../random.ts";
import type { Initialiser } from "./parameters.ts";

/** Uniform in ±bound. */
export function uniformIn(stream: Stream, bound: number): Initialiser {
  return (values) => stream.fillUniform(values, -bound, bound);
}

/** Normal with mean 0. */
export function normalWith(stream: Stream, deviation: number): Initialiser {
  return (values) => stream.fillNormal(values, 0, deviation);
}

/** PyTorch's default for weights and biases of linear and convolution layers: uniform in ±1/√fanIn. */
export function fanIn(stream: Stream, inputs: number): Initialiser {
  return uniformIn(stream, 1 / Math.sqrt(inputs));
}

/** Glorot & Bengio 2010: uniform in ±√(6 / (inputs + outputs)). */
export function glorot(stream: Stream, inputs: number, outputs: number): Initialiser {
  return uniformIn(stream, Math.sqrt(6 / (inputs + outputs)));
}

/** One value everywhere. */
export function constant(value: number): Initialiser {
  return (values) => values.fill(value);
}
