import type { Parameters } from "../../../nn/mod.ts";
import { rowMajorStrides, type Tensor } from "../../../tensor/mod.ts";
import { FormatError } from "../../../data/mod.ts";
import type { Golden } from "./format.ts";

/** Our name of a PyTorch parameter. */
export function ourName(name: string): string {
  return name.replace(/\.in_proj_(weight|bias)$/, ".in_proj.$1");
}

/** The order in which our axes stand in PyTorch's shape, or `null` where the layouts agree. */
function axesOf(name: string, rank: number): readonly number[] | null {
  if (rank === 4) return [2, 3, 1, 0];
  const table = /embed(ding)?\.weight$|positions$/.test(name);
  return rank === 2 && !table ? [1, 0] : null;
}

/**
 * A parameter's elements from PyTorch's layout to ours: [out, in] → [in, out]; [a, b, height, width] → [height, width, b, a].
 * @param shape PyTorch's
 */
export function fromTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  const axes = axesOf(name, shape.length);
  return axes ? permuted(values, shape, axes) : values;
}

/** The other way. @param shape PyTorch's */
export function toTorch(name: string, shape: readonly number[], values: Float32Array): Float32Array {
  const axes = axesOf(name, shape.length);
  return axes ? permuted(values, axes.map((axis) => shape[axis]), axes.map((_, axis) => axes.indexOf(axis))) : values;
}

function permuted(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const from = rowMajorStrides(shape), to = rowMajorStrides(axes.map((axis) => shape[axis]));
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) {
    let rest = i, source = 0;
    axes.forEach((axis, position) => {
      source += Math.floor(rest / to[position]) * from[axis];
      rest %= to[position];
    });
    out[i] = values[source];
  }
  return out;
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
