import page from "../../../kernels/gather_rows.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation } from "../node.ts";
import { pageOf } from "../page.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { segmentSum } from "./segment_sum.ts";
import { reshape } from "./view.ts";

const pages = pageOf("gather_rows", page);

const gather: Operation<null> = {
  name: "gather rows",
  gradientIgnores: [0],
  lower(node, device) {
    const [table, index] = node.inputs, [rows, width] = table.shape, by = width % 4 === 0 ? 4 : 1;
    const { grid, workgroup } = flatGrid(index.size * width / by, device.limits);
    return [{
      source: by === 4 ? pages.vector : pages.scalar,
      constants: { ROWS: rows, WIDTH: width / by, COUNT: index.size, GROUP: workgroup },
      bind: [table, index, node.outputs[0]],
      grid,
    }];
  },
  gradient(node, [gradient]) {
    const [table, index] = node.inputs;
    return [segmentSum(gradient!, index, table.shape[0]), null];
  },
  cost: (node) => ({ flops: 0, bytes: 2 * node.outputs[0].size * 4 + node.inputs[1].size * 4 }),
};

/**
 * Rows of a table: embedding lookup. The gradient adds up what returns to each row.
 *
 * @param table [rows, ...width], f32, i32 or u32
 * @param index i32, any shape; values out of range read the nearest row
 * @returns [...index.shape, ...width]
 */
export function gatherRows(table: Tensor, index: Tensor): Tensor {
  expectShape(
    table.rank >= 1 && table.dtype !== "u8" && index.dtype === "i32",
    "gatherRows",
    () =>
      `expected a table [rows, …] of 4-byte elements and i32 indices, but found ${table.dtype} ${
        formatShape(table.shape)
      } and ${index.dtype} indices`,
  );
  const [rows, ...width] = table.shape, flat = table.size / rows;
  const [out] = emit(
    gather,
    [reshape(table, [rows, flat]), reshape(index, [index.size])],
    [{ shape: [index.size, flat], dtype: table.dtype }],
    null,
  );
  return reshape(out, [...index.shape, ...width]);
}
