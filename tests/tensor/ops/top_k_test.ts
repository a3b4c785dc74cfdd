import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../lib/device/mod.ts";
import { argmax } from "../../../lib/tensor/ops/argmax.ts";
import { topK } from "../../../lib/tensor/ops/top_k.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { argExtreme, like, type Nd, nd, randomNd, topK as topK64 } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { hostArray, runMany, runOp, variants } from "./run_op.ts";

/** Few distinct values, so that ties are common. */
function withTies(shape: readonly number[], seed: number): Nd {
  return like(randomNd(shape, seed, 2), Math.round);
}

async function checkTop(device: Device, x: Nd, k: number, what: string): Promise<void> {
  const f = (x: Parameters<typeof topK>[0]) => Object.values(topK(x, k));
  const [values, indices] = await runMany(device, f, [hostArray(x)]), expected = topK64(x, k);
  assert.deepEqual([...indices], [...expected.indices], `indices ${what} [${x.shape}] ${k}`);
  assert.deepEqual([...values], [...expected.values.data], `values ${what} [${x.shape}] ${k}`);
}

testOnDevices("topK finds the largest, the lower index first on ties", async (_t, device) => {
  const cases: [number[], number][] = [[[1], 1], [[3, 5], 5], [[2, 3, 20], 7], [[4, 1000], 64], [[130, 9], 1]];
  for (const variant of variants(device)) {
    for (const [seed, [shape, k]] of cases.entries()) {
      await checkTop(variant.device, withTies(shape, seed), k, variant.name);
      await checkTop(variant.device, randomNd(shape, seed), k, variant.name);
    }
  }
});

testOnDevices("topK of sorted, reversed and equal rows", async (_t, device) => {
  const rising = nd([1, 200], Array.from({ length: 200 }, (_, i) => i));
  for (const variant of variants(device)) {
    for (
      const x of [
        rising,
        like(rising, (v) => -v),
        like(rising, () => -3),
        like(rising, (v) => v < 100 ? -3e38 : 1),
      ]
    ) {
      await checkTop(variant.device, x, 10, variant.name);
    }
  }
});

testOnDevices("the gradient of topK is its slope", async (_t, device) => {
  for (const width of [6, 150]) {
    const x = randomNd([2, width], width), dy = randomNd([2, 4], 2);
    const loss = (data: Float64Array) =>
      topK64({ shape: x.shape, data }, 4).values.data.reduce((sum, v, i) => sum + v * dy.data[i], 0);
    const { gradients } = await runOp(device, (x) => topK(x, 4).values, [x], dy);
    assertClose(
      gradients[0].data,
      finiteDifference(loss, x.data),
      { relative: 1e-6, absolute: 1e-6 },
      `width ${width}`,
    );
  }
});

testOnDevices("topK and argmax agree with tfjs", async (_t, device) => {
  const x = randomNd([5, 12], 3), { data } = hostArray(x), witness = tf.topk(tf.tensor2d(data, [5, 12]), 3);
  const [values, indices, most] = await runMany(device, (x) => [...Object.values(topK(x, 3)), argmax(x)], [
    hostArray(x),
  ]);
  assert.deepEqual([...values], [...witness.values.dataSync()]);
  assert.deepEqual([...indices], [...witness.indices.dataSync()]);
  assert.deepEqual([...most], [...tf.argMax(tf.tensor2d(data, [5, 12]), 1).dataSync()]);
});

testOnDevices("argmax finds the first of the largest", async (_t, device) => {
  for (const variant of variants(device)) {
    for (const [seed, shape] of [[1], [2, 3, 8], [70, 10], [3, 333], [2, 516]].entries()) {
      for (const x of [withTies(shape, seed), randomNd(shape, seed), like(randomNd(shape, seed), () => -1e30)]) {
        const [found] = await runMany(variant.device, (x) => [argmax(x)], [hostArray(x)]);
        assert.ok(found instanceof Int32Array);
        assert.deepEqual([...found], [...argExtreme(x, 1)], `${variant.name} [${shape}]`);
      }
    }
  }
});

testOnDevices("topK agrees with sorting for any shape", async (_t, device) => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 400 }),
    fc.integer({ min: 1, max: 64 }),
  );
  await fc.assert(
    fc.asyncProperty(sizes, async ([rows, width, k]) => {
      const x = withTies([rows, width], rows + 10 * width);
      for (const variant of variants(device)) await checkTop(variant.device, x, Math.min(k, width), variant.name);
    }),
    { seed: 7, numRuns: 5 },
  );
});

testOnDevices("topK refuses what does not fit", (_t, device) => {
  const x = tensor(device, new Float32Array(200), [2, 100]), whole = tensor(device, new Int32Array(3));
  assert.throws(() => topK(x, 65), /topK: expected k in 1…64 for \[2, 100\], but found 65\n {2}called at .*top_k_test/);
  assert.throws(() => topK(x, 0), /topK: expected k in 1…64/);
  assert.throws(() => argmax(whole), /argmax: expected an f32 tensor, but found i32 \[3\]/);
  for (const t of [x, whole]) t.dispose();
});
