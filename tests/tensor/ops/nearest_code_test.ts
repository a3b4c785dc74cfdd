import assert from "node:assert/strict";
import fc from "fast-check";
import { nearestCode } from "../../../lib/tensor/ops/nearest_code.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { sum } from "../../../lib/tensor/ops/reduce.ts";
import { cast } from "../../../lib/tensor/ops/create.ts";
import { multiply } from "../../../lib/tensor/ops/arithmetic.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { testOnDevices } from "../../support/devices.ts";
import { type Nd, nd, nearestCode as nearest64, randomNd } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { runs, share } from "./check_op.ts";
import { hostArray, runMany } from "./run_op.ts";

async function nearestOn(device: Device, tokens: Nd, codes: Nd): Promise<number[]> {
  const [found] = await runMany(device, (t, c) => [nearestCode(t, c)], [hostArray(tokens), hostArray(codes)]);
  assert.ok(found instanceof Int32Array);
  return [...found];
}

/** Rows whose two nearest codes are further apart than rounding. */
function assertNearest(found: readonly number[], tokens: Nd, codes: Nd, what: string) {
  const { indices, distances, gap } = nearest64(tokens, codes);
  found.forEach((code, row) => {
    if (gap[row] > 1e-6 * (1 + distances[row])) assert.equal(code, indices[row], `${what}, token ${row}`);
  });
}

testOnDevices("nearestCode: against a loop and tfjs, depths that divide by 4 and others", async (_, device) => {
  const cases = [[10, 3, 7], [65, 8, 16], [5, 1, 3], [130, 5, 64], [3, 12, 1], [64, 32, 10]];
  for (const [count, depth, codes] of share(device, cases)) {
    const tokens = randomNd([count, depth], count), book = randomNd([codes, depth], depth);
    const found = await nearestOn(device, tokens, book), what = `${count} tokens of ${depth}, ${codes} codes`;
    assertNearest(found, tokens, book, what);
    const witness = tf.tidy(() => {
      const [z, e] = [tokens, book].map((x) => tf.tensor(toRows(x)));
      return [...tf.argMin(tf.sum(tf.square(tf.sub(tf.expandDims(z, 1), tf.expandDims(e, 0))), 2), 1).dataSync()];
    });
    assert.deepEqual(found, witness, what);
  }
});

testOnDevices("nearestCode: random sizes (property test)", async (_, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(size(70), size(9), size(20), async (count, depth, codes) => {
      const tokens = randomNd([count, depth], 1), book = randomNd([codes, depth], 2);
      assertNearest(await nearestOn(device, tokens, book), tokens, book, `${count}, ${depth}, ${codes}`);
    }),
    { numRuns: runs(device, 15), seed: 9 },
  );
});

testOnDevices("nearestCode: the lowest code on ties; codes find themselves", async (_, device) => {
  const book = nd([5, 2], [1, 0, 0, 0, 0, 0, -1, 0, 0, 0]), tokens = nd([4, 2], [0, 0, 0.5, 0, -0.5, 0, 0, 9]);
  assert.deepEqual(await nearestOn(device, tokens, book), [1, 0, 1, 1]);
  assert.deepEqual(await nearestOn(device, nd([3, 2], [5, 5, -7, 0, 0, 0]), nd([4, 2], new Array(8).fill(0))), [
    0,
    0,
    0,
  ]);
  const codes = randomNd([37, 4], 3);
  assert.deepEqual(await nearestOn(device, codes, codes), Array.from({ length: 37 }, (_, i) => i));
});

testOnDevices("nearestCode: any leading axes, and no gradient", async (_, device) => {
  const tokens = tensor(device, [0, 1, 2, 3, 4, 5], [3, 2, 1]), book = tensor(device, [0, 4], [2, 1]);
  const index = nearestCode(tokens, book);
  assert.deepEqual(index.shape, [3, 2]);
  const [slope] = gradients(sum(multiply(sum(cast(index, "f32")), sum(tokens))), [tokens]);
  assert.deepEqual([...await index.data()], [0, 0, 0, 1, 1, 1]);
  assert.deepEqual([...await slope.data()], new Array(6).fill(3));
  for (const t of [tokens, book, index, slope]) t.dispose();
});

testOnDevices("nearestCode: what does not fit is named", (_, device) => {
  const tokens = tensor(device, new Float32Array(6), [2, 3]), book = tensor(device, new Float32Array(8), [2, 4]);
  const whole = tensor(device, new Int32Array(6), [2, 3]);
  assert.throws(
    () => nearestCode(tokens, book),
    /nearestCode: expected f32 tokens \[\.\.\., depth\] and a codebook \[codes, depth\], but found f32 \[2, 3\] and f32 \[2, 4\]/,
  );
  assert.throws(() => nearestCode(whole, tokens), /but found i32 \[2, 3\] and f32 \[2, 3\]/);
  for (const t of [tokens, book, whole]) t.dispose();
});

function toRows({ shape, data }: Nd): number[][] {
  return Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])]);
}
