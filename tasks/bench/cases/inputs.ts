/** Inputs of the plain cases: the same numbers for every peer. */
import { Stream } from "../../../lib/random.ts";
import type { ConvCase, MatmulCase } from "./case.ts";

type Numbers = Float32Array<ArrayBuffer>;

/** A and B, [size, size] each. */
export function matmulInputs({ size }: MatmulCase): { a: Numbers; b: Numbers } {
  return { a: uniform("matmul/a", size * size, 1), b: uniform("matmul/b", size * size, 1) };
}

export interface ConvInputs {
  /** [batch, side, side, channels[0]] */
  readonly x: Numbers;
  /** Weights [4, 4, Cin, Cout] and biases [Cout]. */
  readonly layers: readonly { readonly weight: Numbers; readonly bias: Numbers }[];
}

export function convInputs({ batch, side, channels }: ConvCase): ConvInputs {
  const layers = channels.slice(1).map((output, i) => {
    const bound = 1 / Math.sqrt(16 * channels[i]);
    return {
      weight: uniform(`conv/${i}/weight`, 16 * channels[i] * output, Math.sqrt(6) * bound),
      bias: uniform(`conv/${i}/bias`, output, bound),
    };
  });
  return { x: uniform("conv/x", batch * side * side * channels[0], 1), layers };
}

function uniform(name: string, size: number, bound: number): Numbers {
  const stream = Stream.named(0, `bench/${name}`);
  return new Float32Array(size).map(() => bound * (2 * stream.uniform() - 1));
}
