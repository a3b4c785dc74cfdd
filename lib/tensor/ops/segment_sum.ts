import page from "../../../kernels/segment_sum.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation, trafficBytes } from "../node.ts";
import { pageOf } from "../page.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { gatherRows } from "./gather_rows.ts";
import { reshape } from "./view.ts";

const pages = pageOf("segment_sum", page);

const segments: Operation<{ segments: number }> = {
  name: "segment sum",
  gradientIgnores: [0],
  lower(node, device) {
    const [rows, index] = node.inputs, [count, width] = rows.shape, by = width % 4 === 0 ? 4 : 1;
    const serial = device.kind === "cpu" || device.software;
    const columns = width / by, total = node.attributes.segments * columns;
    const { grid, workgroup } = flatGrid(serial ? columns : total, device.limits, serial ? Math.min(columns, 8) : 64);
    const page = by === 4 ? pages.vector : pages.scalar;
    return [{
      source: { ...page, entry: serial ? "scatter" : "scan" },
      constants: { COUNT: count, WIDTH: columns, SEGMENTS: node.attributes.segments, GROUP: workgroup },
      bind: [rows, index, node.outputs[0]],
      grid,
    }];
  },
  gradient(node, [gradient]) {
    return [gatherRows(gradient!, node.inputs[1]), null];
  },
  cost: (node) => ({ flops: node.inputs[0].size, bytes: trafficBytes(node) }),
};

/**
 * Sums of the rows that share an index: what EMA codebooks and embedding gradients need.
 *
 * @param rows [...n, ...width] f32
 * @param index i32 of shape [...n]; rows with an index outside [0, count) are left out
 * @param count number of segments
 * @returns [count, ...width]
 */
export function segmentSum(rows: Tensor, index: Tensor, count: number): Tensor {
  const width = rows.shape.slice(index.rank);
  expectShape(
    rows.dtype === "f32" && index.dtype === "i32" && sameShape(rows.shape.slice(0, index.rank), index.shape),
    "segmentSum",
    () =>
      `expected f32 rows [...index, width] and i32 indices, but found ${rows.dtype} ${
        formatShape(rows.shape)
      } and ${index.dtype} ${formatShape(index.shape)}`,
  );
  const [out] = emit(
    segments,
    [reshape(rows, [index.size, rows.size / index.size]), reshape(index, [index.size])],
    [{ shape: [count, rows.size / index.size], dtype: "f32" }],
    { segments: count },
  );
  return reshape(out, [count, ...width]);
}
