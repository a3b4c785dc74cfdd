import type { Device } from "../../device/device.ts";
import page from "../../../kernels/softmax.wgsl" with { type: "text" };
import { type Call, emit, type Node, type Operation, trafficBytes } from "../node.ts";
import type { Tensor } from "../tensor.ts";
import { lanes, rowPage, type Rows, rowsOf, rowWalk, sourceOf } from "./rows.ts";

const pages = rowPage("softmax", page);

interface Softmax extends Rows {
  readonly log: boolean;
}

const forward: Operation<Softmax> = {
  name: "softmax",
  lower: (node, device) => [call("forward", node, device, [node.inputs[0], node.outputs[0]])],
  gradient: (node, [gradient]) => {
    const [y] = node.outputs;
    return [emit(backward, [y, gradient!], [{ shape: y.shape, dtype: "f32" }], node.attributes)[0]];
  },
  // Maximum, difference, exponential twice, sum, quotient.
  cost: (node) => ({ flops: 6 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

const backward: Operation<Softmax> = {
  name: "softmaxGradient",
  lower: (node, device) => [call("backward", node, device, [node.inputs[0], node.outputs[0], node.inputs[1]])],
  cost: (node) => ({ flops: 4 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

function call(entry: string, node: Node<Softmax>, device: Device, bind: readonly Tensor[]): Call {
  const { rows, length, log } = node.attributes, by = lanes(length);
  const walk = rowWalk(entry, rows, length, device);
  return {
    source: sourceOf(pages, by, walk.entry),
    constants: { ROWS: rows, LENGTH: length / by, LOG: log ? 1 : 0, GROUP: walk.group },
    bind,
    grid: walk.grid,
  };
}

/**
 * e^x / Σ e^x along the last axis, without overflow. Hide a class with a large negative logit such as −1e30.
 *
 * @param x [..., K] f32
 * @returns [..., K], each row sums to 1
 * @example
 * ```ts
 * import { openDevice, softmax, tensor } from "@tessera/worlds";
 * using device = await openDevice();
 * console.log(await softmax(tensor(device, [0, 0, Math.log(2)])).data()); // 0.25, 0.25, 0.5
 * ```
 */
export function softmax(x: Tensor): Tensor {
  return emit(forward, [x], [{ shape: x.shape, dtype: "f32" }], { ...rowsOf(x, "softmax"), log: false })[0];
}

/** x − ln Σ e^x along the last axis: the logarithm of `softmax`, exact also where that rounds to 0. x and result [..., K]. */
export function logSoftmax(x: Tensor): Tensor {
  return emit(forward, [x], [{ shape: x.shape, dtype: "f32" }], { ...rowsOf(x, "logSoftmax"), log: true })[0];
}
