import page from "../../../kernels/categorical.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expectFloats, lanes, rowPage, type Rows, rowsOf } from "./rows.ts";

const pages = rowPage(
  "categorical",
  page,
  (text, width) =>
    width === 1
      ? text
      : text.replace("(v: V, lane: u32) -> f32 { return v; }", "(v: V, lane: u32) -> f32 { return v[lane]; }"),
);

/** logits, uniforms → classes. */
const draw: Operation<Rows> = {
  name: "categorical",
  lower(node, device) {
    const { rows, length } = node.attributes, by = lanes(length), { grid, workgroup } = flatGrid(rows, device.limits);
    return [{
      source: by === 4 ? pages.vector : pages.scalar,
      constants: { ROWS: rows, LENGTH: length / by, WIDTH: by, GROUP: workgroup },
      bind: [...node.inputs, ...node.outputs],
      grid,
    }];
  },
  gradient: () => [null, null],
  cost: (node) => ({ flops: 6 * node.inputs[0].size, bytes: trafficBytes(node) }),
};

/**
 * Draws a class from softmax(logits) for each row, by the inverse of its cumulative distribution: the first class whose
 * cumulative probability exceeds the row's uniform number. The same numbers give the same draw. Divide the logits by a
 * temperature, or hide classes with −1e30, beforehand.
 *
 * @param logits [..., K] f32
 * @param uniforms [...] f32 in [0, 1), as `uniform` makes them
 * @returns i32 [...]
 */
export function categorical(logits: Tensor, uniforms: Tensor): Tensor {
  const rows = rowsOf(logits, "categorical");
  expectFloats(uniforms, "categorical");
  expectShape(
    sameShape(uniforms.shape, rows.outer),
    "categorical",
    () =>
      `expected uniform numbers ${formatShape(rows.outer)} for logits ${formatShape(logits.shape)}, but found ${
        formatShape(uniforms.shape)
      }`,
  );
  return emit(draw, [logits, uniforms], [{ shape: rows.outer, dtype: "i32" }], rows)[0];
}
