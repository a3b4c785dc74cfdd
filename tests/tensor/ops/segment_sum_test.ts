import assert from "node:assert/strict";
import fc from "fast-check";
import { segmentSum } from "../../../lib/tensor/ops/segment_sum.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { nd, randomIndices, randomNd, scatterAdd, toFloat32 } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runMany, variants } from "./run_op.ts";

const NEAR = { relative: 1e-6, absolute: 1e-5 };

testOnDevices("segmentSum: against float64 and tfjs, forward and backward", async (_, device) => {
  const cases = [
    { index: [9], width: [3], segments: 4 },
    { index: [2, 8], width: [4], segments: 5 },
    { index: [5], width: [], segments: 3 },
    { index: [6], width: [2, 3], segments: 1 },
    { index: [1], width: [1], segments: 7 },
    { index: [40], width: [64], segments: 16 },
  ];
  for (const [i, { index, width, segments }] of share(device, [...cases.entries()], 1)) {
    const count = index.reduce((a, b) => a * b, 1), flat = width.reduce((a, b) => a * b, 1);
    const places = randomIndices(count, segments, i), at = tensor(device, places, index);
    await checkOp(
      device,
      (x) => segmentSum(x, at, segments),
      (x) => nd([segments, ...width], scatterAdd(nd([count, flat], x.data), places, segments).data),
      {
        what: `[${index}] × [${width}] into ${segments}`,
        inputs: [randomNd([...index, ...width], i)],
        witness: (x) => {
          const rows = tf.reshape(x, [count, flat]) as tf.Tensor2D;
          return tf.reshape(tf.unsortedSegmentSum(rows, tf.tensor1d(places, "int32"), segments), [segments, ...width]);
        },
      },
    );
    at.dispose();
  }
});

testOnDevices(
  "segmentSum: rows out of range are left out; the same input gives the same bits, in one part both entry points do (property test)",
  async (_, device) => {
    const size = (max: number) => fc.integer({ min: 1, max });
    await fc.assert(
      fc.asyncProperty(size(200), size(20), size(9), async (count, width, segments) => {
        const rows = randomNd([count, width], count),
          places = randomIndices(count, segments + 4, width).map((k) => k - 2);
        const expected = scatterAdd(
          { shape: rows.shape, data: rows.data.map((v, i) => inside(places[Math.floor(i / width)], segments) ? v : 0) },
          places.map((k) => inside(k, segments) ? k : 0),
          segments,
        );
        const found = [];
        for (const variant of variants(device)) {
          const once = () =>
            runMany(variant.device, (rows, index) => [segmentSum(rows, index, segments)], [
              { data: toFloat32(rows), shape: rows.shape },
              { data: places, shape: [count] },
            ]);
          const [sums] = await once();
          assert.deepEqual((await once())[0], sums);
          assertClose(sums, expected.data, NEAR, `${variant.name} ${count} × ${width} into ${segments}`);
          found.push(sums);
        }
        // With more rows a GPU adds them in parts.
        if (count <= 64) { for (const sums of found) assert.deepEqual(sums, found[0]); }
      }),
      { numRuns: runs(device, 20), seed: 6 },
    );
  },
);

testOnDevices("segmentSum: what does not fit is named", (_, device) => {
  const rows = tensor(device, new Float32Array(6), [3, 2]), whole = tensor(device, new Int32Array(3));
  const short = tensor(device, new Int32Array(2));
  assert.throws(
    () => segmentSum(rows, short, 2),
    /segmentSum: expected f32 rows \[\.\.\.index, width\] and i32 indices, but found f32 \[3, 2\] and i32 \[2\]/,
  );
  assert.throws(() => segmentSum(whole, whole, 2), /but found i32 \[3\] and i32 \[3\]/);
  assert.throws(() => segmentSum(rows, tensor(device, [1, 2, 3]), 2), /and f32 \[3\]/);
  for (const t of [rows, whole, short]) t.dispose();
});

function inside(segment: number, segments: number): boolean {
  return segment >= 0 && segment < segments;
}
