import type { Device } from "../../device/device.ts";
import page from "../../../kernels/top_k.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { type Call, emit, type Node, type Operation, trafficBytes } from "../node.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Rows, rowsOf, rowWalk } from "./rows.ts";

/** The most elements that `topK` returns of a row: it keeps them in a sorted list. */
const MOST = 64;

interface TopK extends Rows {
  readonly take: number;
}

/** x → values, indices. */
const top: Operation<TopK> = {
  name: "topK",
  lower: (node, device) => [call("top", node, device, [node.inputs[0], node.outputs[1], node.outputs[0]])],
  gradient(node, [g]) {
    if (!g) return [null];
    const [x] = node.inputs, indices = node.outputs[1];
    return [emit(scatter, [g, indices], [{ shape: x.shape, dtype: "f32" }], node.attributes)[0]];
  },
  cost: (node) => ({ flops: node.inputs[0].size, bytes: trafficBytes(node) }),
};

/** g, indices → dx. */
const scatter: Operation<TopK> = {
  name: "topKGradient",
  lower: (node, device) => [call("scatter", node, device, [...node.inputs, node.outputs[0]])],
  cost: (node) => ({ flops: 0, bytes: trafficBytes(node) }),
};

function call(entry: string, { attributes }: Node<TopK>, device: Device, bind: readonly Tensor[]): Call {
  const { rows, length, take } = attributes;
  // Only the search for the largest has a form with one workgroup per row.
  const walk = rowWalk(entry, rows, entry === "top" ? length : 1, device);
  return {
    source: { name: `top_k ${walk.entry.replace("_", " ")}`, code: page, entry: walk.entry },
    constants: { ROWS: rows, LENGTH: length, TAKE: take, GROUP: walk.group },
    bind,
    grid: walk.grid,
  };
}

/**
 * The k largest elements along the last axis, largest first; of equal ones the lower index first. The gradient of the values
 * goes to the elements that were taken.
 *
 * @param x [..., K] f32
 * @param k 1 … min(K, 64)
 * @returns values f32 [..., k] and indices i32 [..., k]
 */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const rows = rowsOf(x, "topK"), most = Math.min(rows.length, MOST);
  expectShape(
    Number.isInteger(k) && k >= 1 && k <= most,
    "topK",
    () => `expected k in 1…${most} for ${formatShape(x.shape)}, but found ${k}`,
  );
  const shape = [...rows.outer, k];
  const [values, indices] = emit(top, [x], [{ shape, dtype: "f32" }, { shape, dtype: "i32" }], { ...rows, take: k });
  return { values, indices };
}
