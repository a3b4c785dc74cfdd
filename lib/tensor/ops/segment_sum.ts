import page from "../../../kernels/segment_sum.wgsl" with { type: "text" };
import { expectShape } from "../errors.ts";
import { flatGrid } from "../grid.ts";
import { emit, type Operation, Scratch, trafficBytes } from "../node.ts";
import { pageOf } from "../page.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { gatherRows } from "./gather_rows.ts";
import { reduceCalls } from "./reduce.ts";
import { reshape } from "./view.ts";

/** Rows that one invocation of a GPU goes through, at least: more parts would cost more than they save. */
const CHUNK = 64;
/** Invocations beyond which a GPU has enough to do. */
const INVOCATIONS = 1 << 18;

const pages = pageOf("segment_sum", page);

const segments: Operation<{ segments: number }> = {
  name: "segment sum",
  gradientIgnores: [0],
  lower(node, device) {
    const [rows, index] = node.inputs, [count, width] = rows.shape, by = width % 4 === 0 ? 4 : 1;
    const serial = device.kind === "cpu" || device.software;
    const columns = width / by, { segments } = node.attributes, total = segments * columns;
    const parts = serial ? 1 : Math.ceil(count / Math.max(CHUNK, Math.ceil(count * total / INVOCATIONS)));
    const chunk = Math.ceil(count / parts), page = by === 4 ? pages.vector : pages.scalar;
    const { grid, workgroup } = serial
      ? flatGrid(columns, device.limits, Math.min(columns, 8))
      : flatGrid(total * parts, device.limits, 64);
    const partial = parts > 1 ? new Scratch(4 * parts * segments * width, "sums of parts") : null;
    const call = {
      source: { ...page, entry: serial ? "scatter" : "scan" },
      constants: {
        COUNT: count,
        WIDTH: columns,
        SEGMENTS: segments,
        GROUP: workgroup,
        ...(serial ? {} : { CHUNK: chunk }),
      },
      bind: [rows, index, partial ?? node.outputs[0]],
      grid,
    };
    const rest = { kind: "sum", outer: 1, reduced: parts, inner: segments * width, scale: 1 } as const;
    return partial ? [call, ...reduceCalls(partial, node.outputs[0], rest, device)] : [call];
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
