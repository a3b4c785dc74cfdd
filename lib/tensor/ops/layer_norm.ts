import type { Device } from "../../device/device.ts";
import page from "../../../kernels/layer_norm.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Call, emit, type Node, type Operation, Scratch, trafficBytes } from "../node.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectFloats, foldParts, lanes, partsFor, rowPage, type Rows, rowsOf, rowWalk, sourceOf } from "./rows.ts";

const pages = rowPage("layer_norm", page);

interface LayerNorm extends Rows {
  readonly epsilon: number;
}

/** x, scale, shift → y, moments [rows, 2]. */
const forward: Operation<LayerNorm> = {
  name: "layerNorm",
  lower(node, device) {
    const [x, scale, shift] = node.inputs, [y, moments] = node.outputs;
    return [rowCall("forward", node, device, [x, moments, scale, shift, y])];
  },
  gradient(node, [g], needs) {
    const [x, scale] = node.inputs,
      moments = node.outputs[1],
      like = ({ shape }: Tensor) => ({ shape, dtype: x.dtype });
    const dx = needs[0] ? emit(backward, [x, scale, g!, moments], [like(x)], node.attributes)[0] : null;
    if (!needs[1] && !needs[2]) return [dx, null, null];
    return [dx, ...emit(parameters, [x, g!, moments], [like(scale), like(scale)], node.attributes)];
  },
  cost: (node) => ({ flops: 8 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** x, scale, g, moments → dx. */
const backward: Operation<LayerNorm> = {
  name: "layerNormGradient",
  lower(node, device) {
    const [x, scale, g, moments] = node.inputs;
    return [rowCall("backward", node, device, [x, moments, scale, g, node.outputs[0]])];
  },
  cost: (node) => ({ flops: 11 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** x, g, moments → dscale, dshift: sums over the rows, in two stages where there are many. */
const parameters: Operation<LayerNorm> = {
  name: "layerNormParameterGradient",
  lower(node, device) {
    const [x, g, moments] = node.inputs, { rows, length } = node.attributes, by = lanes(length);
    const parts = partsFor(rows, length / by, device);
    const { grid, workgroup } = flatGrid(parts * length / by, device.limits);
    const sums = node.outputs.map((output) => parts === 1 ? output : new Scratch(parts * length * 4, "partial sums"));
    const first = {
      source: sourceOf(pages, by, "columns"),
      constants: { ...constants(node, by), CHUNKS: parts, GROUP: workgroup },
      bind: [x, moments, x, g, ...sums],
      grid,
    };
    if (parts === 1) return [first];
    return [first, ...sums.map((from, i) => foldParts(from, node.outputs[i], { outer: 1, parts, length }, device))];
  },
  cost: (node) => ({ flops: 5 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

function rowCall(entry: string, node: Node<LayerNorm>, device: Device, bind: readonly Tensor[]): Call {
  const { rows, length } = node.attributes, by = lanes(length), walk = rowWalk(entry, rows, length, device);
  return {
    source: sourceOf(pages, by, walk.entry),
    constants: { ...constants(node, by), GROUP: walk.group },
    bind,
    grid: walk.grid,
  };
}

function constants({ attributes: { rows, length, epsilon } }: Node<LayerNorm>, by: 1 | 4): Record<string, number> {
  return { ROWS: rows, LENGTH: length / by, WIDTH: by, EPSILON: epsilon };
}

/**
 * Rows moved to mean 0 and variance 1 (divided by the count), then scaled and shifted (Ba, Kiros & Hinton 2016).
 *
 * @param x [..., D] f32
 * @param scale [D]
 * @param shift [D]
 * @param epsilon added to the variance
 * @returns (x − mean)/√(variance + epsilon)·scale + shift, [..., D]
 */
export function layerNorm(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): Tensor {
  const rows = rowsOf(x, "layerNorm");
  expectNormParameters("layerNorm", x, scale, shift, epsilon);
  return emit(
    forward,
    [x, scale, shift],
    [{ shape: x.shape, dtype: "f32" }, { shape: [rows.rows, 2], dtype: "f32" }],
    { ...rows, epsilon },
  )[0];
}

/** Checks that scale and shift have one number for each channel of x. */
export function expectNormParameters(
  operation: string,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  epsilon: number,
): void {
  const channels = x.shape.at(-1);
  expectFloats(scale, operation);
  expectFloats(shift, operation);
  expectShape(
    [scale, shift].every((p) => p.rank === 1 && p.size === channels),
    operation,
    () =>
      `expected scale and shift [${channels}] for x ${formatShape(x.shape)}, but found ${
        formatShape(scale.shape)
      } and ${formatShape(shift.shape)}`,
  );
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new RangeError(`${operation}: expected a positive epsilon, but found ${epsilon}`);
  }
}
