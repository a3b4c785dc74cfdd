import type { Parameters } from "../../../nn/mod.ts";
import type { Tensor } from "../../../tensor/mod.ts";
import { FormatError } from "../../../data/mod.ts";
import { permuted, permutedBack, weightAxes } from "../../golden_layout.ts";
import type { Golden } from "./format.ts";

/** Our name of a PyTorch parameter. */
export function ourName(name: string): string {
  return name.replace(/\.in_proj_(weight|bias)$/, ".in_proj.$1");
}

function axesOf(name: string, rank: number): readonly number[] | null {
  return weightAxes(rank, /embed(ding)?\.weight$|positions$/.test(name));
}

/** A parameter's elements from PyTorch's layout to ours. @param shape PyTorch's */
export function fromTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  return permuted(values, shape, axesOf(name, shape.length));
}

/** The other way. @param shape PyTorch's */
export function toTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  return permutedBack(values, shape, axesOf(name, shape.length));
}

/** Element i of a golden parameter: a·sin(b·i + wc·k) + plus (spec 1 §12). */
export function goldenValues({ config }: Golden, { k, shape, a, b, plus }: Golden["params"][number]): Float32Array {
  const size = shape.reduce((x, y) => x * y, 1);
  return Float32Array.from({ length: size }, (_, i) => a * Math.sin(b * i + config.wc * k) + plus);
}

/** Writes the golden parameters into a model. @throws FormatError when a name or size does not fit */
export function writeGolden(golden: Golden, parameters: Parameters): void {
  for (const entry of golden.params) {
    const values = goldenValues(golden, entry), tensor = find(parameters, entry.name);
    if (tensor.size !== values.length) {
      throw new FormatError({
        where: `golden file, params, ${entry.name}`,
        expected: `${tensor.size} elements`,
        found: String(values.length),
        advice: "The file's config does not describe its parameters.",
      });
    }
    tensor.write(fromTorch(entry.name, entry.shape, values));
  }
}

/** Our tensor of a PyTorch name. */
export function find(parameters: Parameters, name: string): Tensor {
  return parameters.get(ourName(name));
}
