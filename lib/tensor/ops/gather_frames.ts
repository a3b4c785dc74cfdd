import page from "../../../kernels/gather_frames.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation } from "../node.ts";
import { pageOf } from "../page.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./view.ts";

const pages = pageOf("gather_frames", page);

const frames: Operation<null> = {
  name: "gather frames",
  lower(node, device) {
    const [bytes, index, patches] = node.inputs, [values, side] = patches.shape, by = side % 4 === 0 ? 4 : 1;
    const { grid, workgroup } = flatGrid(node.outputs[0].size / by, device.limits);
    return [{
      source: by === 4 ? pages.vector : pages.scalar,
      constants: { COUNT: index.size, CELLS: bytes.shape[1], SIDE: side, VALUES: values, W: by, GROUP: workgroup },
      bind: [bytes, index, patches, node.outputs[0]],
      grid,
    }];
  },
  gradient: () => [null, null, null],
  cost: (node) => ({
    flops: 0,
    bytes: node.outputs[0].size * 4 + node.inputs[1].size * (4 + node.inputs[0].shape[1] ** 2),
  }),
};

/**
 * Pictures of board games drawn on the device from the recorded bytes: every cell shows the patch of its byte.
 *
 * @param bytes u8 [frames, cells, cells], four to a word
 * @param index i32 [count]: which frames
 * @param patches [values, side, side] grey in [0, 1]
 * @returns [count, cells·side, cells·side, 1] grey, NHWC
 */
export function gatherFrames(bytes: Tensor, index: Tensor, patches: Tensor): Tensor {
  expectShape(
    bytes.dtype === "u8" && bytes.rank === 3 && bytes.shape[1] === bytes.shape[2] && index.dtype === "i32" &&
      patches.dtype === "f32" && patches.rank === 3 && patches.shape[1] === patches.shape[2],
    "gatherFrames",
    () =>
      "expected u8 bytes [frames, cells, cells], i32 index and f32 patches [values, side, side], but found " +
      [bytes, index, patches].map((t) => `${t.dtype} ${formatShape(t.shape)}`).join(", "),
  );
  const size = bytes.shape[1] * patches.shape[1];
  const [out] = emit(frames, [bytes, index, patches], [{ shape: [index.size, size, size, 1], dtype: "f32" }], null);
  return reshape(out, [index.size, size, size, 1]);
}
