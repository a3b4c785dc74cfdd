import assert from "node:assert/strict";
import fc from "fast-check";
import { gatherRows } from "../../../lib/tensor/ops/gather_rows.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { embedding, nd, randomIndices, randomNd, scatterAdd } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runMany, runOp } from "./run_op.ts";

testOnDevices("gatherRows: rows of a table, any shape of index, against float64 and tfjs", async (_, device) => {
  const cases: { table: number[]; index: number[] }[] = [
    { table: [5, 3], index: [7] },
    { table: [6, 8], index: [2, 3] },
    { table: [4], index: [6] },
    { table: [3, 2, 5], index: [4] },
    { table: [1, 4], index: [1] },
    { table: [9, 1], index: [] },
  ];
  for (const [i, { table, index }] of share(device, [...cases.entries()])) {
    const places = randomIndices(index.reduce((a, b) => a * b, 1), table[0], i), [rows, ...width] = table;
    const at = tensor(device, places, index), flat = [rows, width.reduce((a, b) => a * b, 1)];
    await checkOp(
      device,
      (x) => gatherRows(x, at),
      (x) => nd([...index, ...width], embedding(nd(flat, x.data), places).data),
      {
        what: `[${table}] at [${index}]`,
        inputs: [randomNd(table, i)],
        value: { relative: 0, absolute: 0 },
        witness: (x) => tf.gather(x, tf.tensor(places, index, "int32")),
      },
    );
    at.dispose();
  }
});

testOnDevices("gatherRows: what returns to a row is added up (property test)", async (_, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(size(12), size(13), size(40), async (rows, width, count) => {
      const table = randomNd([rows, width], 1),
        places = randomIndices(count, rows, 2),
        dy = randomNd([count, width], 3);
      const at = tensor(device, places);
      const { value, gradients } = await runOp(device, (x) => gatherRows(x, at), [table], dy);
      assertClose(value, embedding(table, places), { relative: 0, absolute: 0 }, "value");
      assertClose(gradients[0], scatterAdd(dy, places, rows), { relative: 1e-6, absolute: 1e-5 }, "gradient");
      at.dispose();
    }),
    { numRuns: runs(device, 15), seed: 4 },
  );
});

testOnDevices("gatherRows: whole numbers, and indices out of range read the nearest row", async (_, device) => {
  const table = { data: new Int32Array([10, 11, 20, 21, 30, 31]), shape: [3, 2] };
  const index = { data: new Int32Array([-5, 1, 3, 2 ** 31 - 1]), shape: [4] };
  const [found] = await runMany(device, (table, index) => [gatherRows(table, index)], [table, index]);
  assert.deepEqual(found, new Int32Array([10, 11, 20, 21, 30, 31, 30, 31]));
});

testOnDevices("gatherRows: what does not fit is named", (_, device) => {
  const table = tensor(device, new Float32Array(6), [2, 3]), bytes = tensor(device, new Uint8Array(8), [2, 4]);
  const index = tensor(device, new Int32Array(2)), wrong = tensor(device, new Float32Array(2));
  assert.throws(
    () => gatherRows(table, wrong),
    /gatherRows: expected a table \[rows, …\] of 4-byte elements and i32 indices, but found f32 \[2, 3\] and f32/,
  );
  assert.throws(() => gatherRows(bytes, index), /but found u8 \[2, 4\] and i32 indices/);
  for (const t of [table, bytes, index, wrong]) t.dispose();
});
