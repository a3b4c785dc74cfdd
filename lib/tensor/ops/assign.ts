import { expectShape } from "../errors.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { KernelSource } from "../../device/device.ts";
import page from "../../../kernels/copy.wgsl" with { type: "text" };
import { flatGrid } from "../grid.ts";
import { rootOf } from "../root.ts";

const words: KernelSource = { name: "copy", code: page };
const vectors: KernelSource = { name: "copy vec4", code: page.replace("alias V = u32;", "alias V = vec4<u32>;") };

/** Copies the value over the state. The planner drops the copy where the value can be computed in place. */
export const assignment: Operation<null> = {
  name: "assign",
  writes: [0],
  lower(node, device) {
    const [state, value] = node.inputs;
    const count = Math.ceil(value.size * (value.dtype === "u8" ? 1 : 4) / 4), by = count % 4 === 0 ? 4 : 1;
    const { grid, workgroup } = flatGrid(count / by, device.limits);
    return [{
      source: by === 4 ? vectors : words,
      constants: { COUNT: count / by, GROUP: workgroup },
      bind: [value, state],
      grid,
    }];
  },
  cost: (node) => ({ flops: 0, bytes: trafficBytes(node) }),
};

/**
 * Makes `value` the new content of `state`, a tensor with memory. What is traced after sees the new content.
 * Only inside a compiled function.
 */
export function assign(state: Tensor, value: Tensor): void {
  expectShape(
    sameShape(state.shape, value.shape) && state.dtype === value.dtype,
    "assign",
    () =>
      `expected ${state.dtype} ${formatShape(state.shape)} for ${state.label}, but found ${value.dtype} ${
        formatShape(value.shape)
      }`,
  );
  if (!state.storage) throw new Error(`assign: expected a tensor with memory, but ${state.label} is part of the trace`);
  if (rootOf(value) === state) return;
  emit(assignment, [state, value], [], null);
}
