import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../lib/device/mod.ts";
import { addHistogram, addTransitionCounts, histogram, transitionCounts } from "../../../lib/tensor/ops/histogram.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { type Tensor, tensor, zeros } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import {
  histogram as histogram64,
  randomIndices,
  transitionCounts as transitionCounts64,
} from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { runMany } from "./run_op.ts";

const flat = (data: Int32Array | Uint32Array, shape: readonly number[] = [data.length]) => ({ data, shape });

async function count(device: Device, values: Int32Array, bins: number, weights?: Uint32Array): Promise<number[]> {
  const inputs = [flat(values), ...(weights ? [flat(weights)] : [])];
  const [found] = await runMany(device, (x, w) => [histogram(x, bins, w)], inputs);
  assert.ok(found instanceof Uint32Array);
  return [...found];
}

testOnDevices("histogram counts what lies in its bins", async (_t, device) => {
  assert.deepEqual(await count(device, Int32Array.of(2, 0, 2, -1, 4, 5, 2 ** 31 - 1, -(2 ** 31)), 5), [1, 0, 2, 0, 1]);
  assert.deepEqual(await count(device, Int32Array.of(0), 1), [1]);
  const values = randomIndices(5000, 10, 1);
  assert.deepEqual(await count(device, values, 10), [
    ...tf.bincount(tf.tensor1d(values, "int32"), tf.tensor1d([]), 10).dataSync(),
  ]);
});

testOnDevices("histogram weighs", async (_t, device) => {
  const values = randomIndices(333, 7, 2),
    weights = Uint32Array.from(randomIndices(333, 3, 3)),
    expected = new Array(7).fill(0);
  values.forEach((value, i) => expected[value] += weights[i]);
  assert.deepEqual(await count(device, values, 7, weights), expected);
});

testOnDevices("histogram agrees with plain loops for any size", async (_t, device) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 600 }), async (size, bins) => {
      const values = randomIndices(size, bins + 3, size).map((value) => value - 1);
      assert.deepEqual(await count(device, values, bins), [...histogram64(values, bins).data]);
    }),
    { seed: 6, numRuns: 6 },
  );
});

testOnDevices("transitionCounts counts triples", async (_t, device) => {
  const [batch, cells, codes, actions] = [13, 9, 5, 3], count = batch * cells;
  const from = randomIndices(count, codes, 1),
    to = randomIndices(count, codes, 2),
    shared = randomIndices(batch, actions, 3);
  const each = Int32Array.from({ length: count }, (_, i) => shared[Math.floor(i / cells)]);
  const expected = [...transitionCounts64(from, each, to, codes, actions).data];
  const sizes = { codes, actions }, whole = [batch, cells];
  for (const [data, shape] of [[shared, [batch]], [each, whole]] as const) {
    const [found] = await runMany(
      device,
      (from, action, to) => [transitionCounts(from, action, to, sizes)],
      [flat(from, whole), flat(data, shape), flat(to, whole)],
    );
    assert.deepEqual([...found], expected);
  }
  const mask = Uint32Array.from({ length: count }, (_, i) => i % 4 === 0 ? 0 : 1);
  const [masked] = await runMany(
    device,
    (from, action, to, w) => [transitionCounts(from, action, to, sizes, w)],
    [flat(from), flat(each), flat(to), flat(mask)],
  );
  const some = (x: Int32Array) => x.filter((_, i) => mask[i] === 1);
  assert.deepEqual([...masked], [...transitionCounts64(some(from), some(each), some(to), codes, actions).data]);
});

testOnDevices("transitions outside of the table are not counted", async (_t, device) => {
  const from = Int32Array.of(0, -1, 2, 1, 1, 1),
    action = Int32Array.of(0, 0, 0, 2, -1, 1),
    to = Int32Array.of(1, 0, 0, 0, 0, 2);
  const [found] = await runMany(
    device,
    (from, action, to) => [transitionCounts(from, action, to, { codes: 2, actions: 2 })],
    [flat(from), flat(action), flat(to)],
  );
  assert.deepEqual([...found], [0, 1, 0, 0, 0, 0, 0, 0]);
});

testOnDevices("counts accumulate in state", async (_t, device) => {
  const usage = zeros(device, [4], "u32", "usage"),
    table = tensor(device, new Uint32Array(12).fill(100), [2, 3, 2], "table");
  const step = compile(device, (x: Tensor, a: Tensor, y: Tensor, w: Tensor) => {
    addHistogram(usage, x);
    addHistogram(usage, y, w);
    addTransitionCounts(table, x, a, y);
    addTransitionCounts(table, x, a, y, w);
  });
  const x = Int32Array.of(0, 1, 1, 1),
    a = Int32Array.of(0, 2, 2, 1),
    y = Int32Array.of(1, 1, 1, 0),
    w = Uint32Array.of(0, 1, 1, 5);
  step.run(x, a, y, w);
  step.run(x, a, y, w);
  assert.deepEqual([...await usage.data()], [2 * (1 + 5), 2 * (3 + 2), 0, 0]);
  const expected = new Array(12).fill(100);
  x.forEach((from, i) => expected[(from * 3 + a[i]) * 2 + y[i]] += 2 * (1 + w[i]));
  assert.deepEqual([...await table.data()], expected);
  step.dispose();
  for (const t of [usage, table]) t.dispose();
});

testOnDevices("histogram refuses what does not fit", (_t, device) => {
  const x = tensor(device, new Int32Array(6), [2, 3]),
    two = tensor(device, new Int32Array(2)),
    w = tensor(device, new Uint32Array(3));
  const floats = tensor(device, new Float32Array(6), [2, 3]), table = zeros(device, [2, 3, 4], "u32");
  assert.throws(() => histogram(x, 0), /histogram: expected a positive number of bins, but found 0/);
  assert.throws(() => histogram(floats, 3), /histogram: expected i32 indices, but found f32 \[2, 3\]/);
  assert.throws(
    () => histogram(x, 4, w),
    /histogram: expected weights \[2, 3\], but found \[3\]\n {2}called at .*histogram_test/,
  );
  assert.throws(() => histogram(x, 4, floats), /histogram: expected u32 weights, but found f32/);
  assert.throws(
    () => transitionCounts(x, tensor(device, new Int32Array(3)), x, { codes: 2, actions: 2 }),
    /expected action \[2\], but found \[3\]/,
  );
  assert.throws(() => transitionCounts(x, two, two, { codes: 2, actions: 2 }), /expected to \[2, 3\], but found \[2\]/);
  assert.throws(
    () => addTransitionCounts(table, x, two, x),
    /expected u32 counts \[codes, actions, codes\], but found u32 \[2, 3, 4\]/,
  );
  assert.throws(() => addHistogram(zeros(device, [2], "u32"), x), /only a compiled function may do/);
  for (const t of [x, two, w, floats, table]) t.dispose();
});
