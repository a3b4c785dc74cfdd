import type { Device } from "../../device/device.ts";
import page from "../../../kernels/cross_entropy.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { type Call, emit, type Node, type Operation, trafficBytes } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { multiply } from "./arithmetic.ts";
import { expectIndices, lanes, rowPage, type Rows, rowsOf, rowWalk, sourceOf, walksAlone } from "./rows.ts";

const pages = rowPage("cross_entropy", page, (text, width) =>
  width === 1 ? text : text
    .replace("-> f32 { return v; }", "-> f32 { return v[lane]; }")
    .replace(
      "{ return select(0.0, 1.0, j == t); }",
      "{ return select(V(0.0), V(1.0), vec4<u32>(4u * j) + vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(t)); }",
    ));

/** logits, targets → losses, log-sums. */
const forward: Operation<Rows> = {
  name: "crossEntropy",
  lower(node, device) {
    const [logits, targets] = node.inputs, [losses, logSums] = node.outputs;
    return [rowCall("forward", node, device, {}, [logits, logSums, targets, losses])];
  },
  gradient(node, [g]) {
    const [logits, targets] = node.inputs, logSums = node.outputs[1];
    const [dx] = emit(
      backward,
      [logits, targets, logSums, g!],
      [{ shape: logits.shape, dtype: "f32" }],
      node.attributes,
    );
    return [dx, null];
  },
  cost: (node) => ({ flops: 4 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** logits, targets, log-sums, g → gradient of the logits. */
const backward: Operation<Rows> = {
  name: "crossEntropyGradient",
  lower(node, device) {
    const [logits, targets, logSums, g] = node.inputs, { rows, length } = node.attributes, by = lanes(length);
    const parts = walksAlone(device) ? 1 : length / by, { grid, workgroup } = flatGrid(rows * parts, device.limits);
    return [{
      source: sourceOf(pages, by, "backward"),
      constants: { ROWS: rows, LENGTH: length / by, WIDTH: by, PARTS: parts, GROUP: workgroup },
      bind: [logits, logSums, targets, logSums, g, node.outputs[0]],
      grid,
    }];
  },
  cost: (node) => ({ flops: 4 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** logits → entropies. */
const entropy: Operation<Rows & { readonly temperature: number }> = {
  name: "entropyBits",
  lower: (node, device) => [
    rowCall("entropy", node, device, { BETA: 1 / node.attributes.temperature }, [node.inputs[0], node.outputs[0]]),
  ],
  gradient() {
    throw new Error("entropyBits has no gradient: it is a measurement. Build the entropy from softmax and logSoftmax");
  },
  cost: (node) => ({ flops: 6 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

function rowCall(
  entry: string,
  { attributes: { rows, length } }: Node<Rows>,
  device: Device,
  constants: Record<string, number>,
  bind: readonly Tensor[],
): Call {
  const by = lanes(length), walk = rowWalk(entry, rows, length, device);
  return {
    source: sourceOf(pages, by, walk.entry),
    constants: { ROWS: rows, LENGTH: length / by, WIDTH: by, ...constants, GROUP: walk.group },
    bind,
    grid: walk.grid,
  };
}

/**
 * Cross-entropy −ln softmax(logits)[target] of each row. Take the `mean` for a loss; divide by the sum of the weights where
 * rows weigh differently.
 *
 * @param logits [..., K] f32
 * @param targets [...] i32 classes. A negative one is left out: loss 0, no gradient. One ≥ K has probability 0: loss 3e38
 * @param weights [...] f32, multiplied onto the losses
 * @returns losses [...]
 */
export function crossEntropy(logits: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  const rows = rowsOf(logits, "crossEntropy");
  expectIndices(targets, "crossEntropy", "targets");
  for (const [what, x] of [["targets", targets], ["weights", weights]] as const) {
    expectShape(
      x === undefined || sameShape(x.shape, rows.outer),
      "crossEntropy",
      () =>
        `expected ${what} ${formatShape(rows.outer)} for logits ${formatShape(logits.shape)}, but found ${
          formatShape(x!.shape)
        }`,
    );
  }
  const outer = { shape: rows.outer, dtype: "f32" } as const;
  const [losses] = emit(forward, [logits, targets], [outer, outer], rows);
  return weights ? multiply(losses, weights) : losses;
}

/**
 * Entropy in bits of softmax(logits / temperature) along the last axis (spec 1 §4). A measurement: it has no gradient.
 *
 * @param logits [..., K] f32
 * @returns [...], 0 … log2 K
 */
export function entropyBits(logits: Tensor, temperature = 1): Tensor {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(`entropyBits: expected a positive temperature, but found ${temperature}`);
  }
  const rows = rowsOf(logits, "entropyBits");
  return emit(entropy, [logits], [{ shape: rows.outer, dtype: "f32" }], { ...rows, temperature })[0];
}
