import page from "../../../kernels/argmax.wgsl" with { type: "text" };
import { emit, type Operation, trafficBytes } from "../node.ts";
import type { Tensor } from "../tensor.ts";
import { lanes, rowPage, type Rows, rowsOf, rowWalk, sourceOf } from "./rows.ts";

/** Of the four lanes, those that hold the largest value compete for the lowest index. */
const ELEMENT_OF_VECTOR = `{
  let index = vec4<u32>(4u) * at + vec4<u32>(0u, 1u, 2u, 3u);
  let open = select(vec4<u32>(NONE), index, best == V(largest_of(best)));
  return min(min(open.x, open.y), min(open.z, open.w));
}`;

const pages = rowPage("argmax", page, (text, width) =>
  width === 1 ? text : text
    .replace("alias I = u32;", "alias I = vec4<u32>;")
    .replace("{ return at; }", ELEMENT_OF_VECTOR));

const operation: Operation<Rows> = {
  name: "argmax",
  lower(node, device) {
    const { rows, length } = node.attributes, by = lanes(length), walk = rowWalk("argmax", rows, length, device);
    return [{
      source: sourceOf(pages, by, walk.entry),
      constants: { ROWS: rows, LENGTH: length / by, GROUP: walk.group },
      bind: [node.inputs[0], node.outputs[0]],
      grid: walk.grid,
    }];
  },
  gradient: () => [null],
  cost: (node) => ({ flops: node.inputs[0].size, bytes: trafficBytes(node) }),
};

/**
 * Index of the largest element along the last axis, the lowest on ties. No gradient.
 *
 * @param x [..., K] f32
 * @returns i32 [...]
 */
export function argmax(x: Tensor): Tensor {
  const rows = rowsOf(x, "argmax");
  return emit(operation, [x], [{ shape: rows.outer, dtype: "i32" }], rows)[0];
}
