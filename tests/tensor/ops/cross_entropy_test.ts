import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../lib/device/mod.ts";
import { crossEntropy, entropyBits } from "../../../lib/tensor/ops/cross_entropy.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { sum } from "../../../lib/tensor/ops/reduce.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import {
  crossEntropyRows,
  crossEntropyRowsGradient,
  like,
  type Nd,
  nd,
  randomIndices,
  randomNd,
  rowsOf,
  softmax,
} from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { hostArray, runMany, runOp, variants } from "./run_op.ts";

const TOLERANCE = { relative: 2e-6, absolute: 4e-6 };

/** Losses and the gradient of Σ dy·weights·losses. */
async function run(device: Device, logits: Nd, targets: Int32Array, dy: Nd, weights?: Nd) {
  const shape = logits.shape.slice(0, -1), index = tensor(device, targets, shape);
  const f = (x: Tensor, w: Tensor) => crossEntropy(x, index, weights && w);
  const result = await runOp(device, f, [logits, weights ?? dy], dy);
  index.dispose();
  return { value: result.value, gradient: result.gradients[0], weightGradient: result.gradients[1] };
}

async function check(device: Device, shape: readonly number[], seed: number, what: string): Promise<void> {
  const logits = randomNd(shape, seed, 3), outer = shape.slice(0, -1), dy = randomNd(outer, seed + 1);
  const targets = randomIndices(dy.data.length, shape.at(-1)!, seed + 2);
  const { value, gradient } = await run(device, logits, targets, dy);
  assert.deepEqual(value.shape, outer);
  assertClose(value.data, crossEntropyRows(logits, targets), TOLERANCE, `loss ${what} [${shape}]`);
  assertClose(gradient, crossEntropyRowsGradient(logits, targets, dy.data), TOLERANCE, `gradient ${what} [${shape}]`);
}

testOnDevices("crossEntropy and its gradient agree with float64 loops", async (_t, device) => {
  const shapes = [[1, 1], [4, 10], [2, 3, 64], [5, 131], [3, 516]];
  for (const variant of variants(device)) {
    for (const [seed, shape] of shapes.entries()) await check(variant.device, shape, 10 * seed, variant.name);
  }
});

testOnDevices("crossEntropy weighs rows", async (_t, device) => {
  const logits = randomNd([2, 5, 6], 1), targets = randomIndices(10, 6, 2), dy = randomNd([2, 5], 3);
  const weights = like(dy, (_, i) => i % 3), losses = crossEntropyRows(logits, targets).data;
  const { value, gradient, weightGradient } = await run(device, logits, targets, dy, weights);
  assertClose(value.data, losses.map((loss, i) => loss * weights.data[i]), TOLERANCE, "losses");
  const upstream = weights.data.map((w, i) => w * dy.data[i]);
  assertClose(gradient, crossEntropyRowsGradient(logits, targets, upstream), TOLERANCE, "gradient");
  assertClose(weightGradient.data, losses.map((loss, i) => loss * dy.data[i]), TOLERANCE, "gradient of the weights");
});

testOnDevices("the gradient of crossEntropy is its slope", async (_t, device) => {
  const logits = randomNd([3, 5], 4), targets = randomIndices(3, 5, 5), dy = randomNd([3], 6);
  const loss = (data: Float64Array) =>
    crossEntropyRows({ shape: logits.shape, data }, targets).data.reduce((sum, l, i) => sum + l * dy.data[i], 0);
  const { gradient } = await run(device, logits, targets, dy);
  assertClose(gradient.data, finiteDifference(loss, logits.data), { relative: 1e-5, absolute: 1e-6 }, "slope");
});

testOnDevices("crossEntropy agrees with tfjs", async (_t, device) => {
  const logits = randomNd([4, 7], 7), targets = randomIndices(4, 7, 8), dy = randomNd([4], 9);
  const witness = (x: tf.Tensor) => tf.logSoftmax(x).mul(tf.oneHot([...targets], 7)).sum(-1).neg();
  const { value, gradient } = await run(device, logits, targets, dy);
  assertClose(value, tfjsValue(witness, [logits]), TOLERANCE, "value");
  assertClose(gradient, tfjsGradients(witness, [logits], dy)[0], TOLERANCE, "gradient");
});

testOnDevices("crossEntropy leaves negative targets out and shows targets that do not exist", async (_t, device) => {
  for (const width of [4, 5, 200]) {
    for (const variant of variants(device)) {
      const logits = randomNd([4, width], 1), dy = nd([4], [1, 1, 1, 1]);
      const { value, gradient } = await run(variant.device, logits, Int32Array.of(1, -1, -100, width), dy);
      assert.deepEqual([...value.data.slice(1)], [0, 0, Math.fround(3e38)]);
      assert.ok(gradient.data.subarray(width, 3 * width).every((g) => g === 0));
      assertClose(gradient.data.slice(3 * width), softmax(logits).data.slice(3 * width), TOLERANCE, "no such class");
    }
  }
});

testOnDevices("crossEntropy is exact for certain predictions", async (_t, device) => {
  const logits = nd([3, 4], [0, 0, 0, 0, 1e4, -1e4, 0, 0, -1e30, 30, 0, -1e30]);
  const { value, gradient } = await run(device, logits, Int32Array.of(2, 1, 1), nd([3], [1, 1, 1]));
  assertClose(value.data, [Math.log(4), 2e4, Math.exp(-30)], { relative: 1e-6, absolute: 1e-9 }, "losses");
  assert.ok(gradient.data.every(Number.isFinite));
});

testOnDevices("entropyBits agrees with float64 loops", async (_t, device) => {
  for (const variant of variants(device)) {
    for (const [shape, temperature] of [[[3], 1], [[2, 5, 16], 0.7], [[4, 515], 2]] as const) {
      const x = randomNd(shape, shape.length, 2),
        p = softmax(like(x, (v) => v / temperature)),
        { rows, width } = rowsOf(x);
      const expected = Array.from(
        { length: rows },
        (_, row) => -p.data.subarray(row * width, (row + 1) * width).reduce((sum, q) => sum + q * Math.log2(q), 0),
      );
      const [found] = await runMany(variant.device, (x) => [entropyBits(x, temperature)], [hostArray(x)]);
      assertClose(found, expected, { relative: 3e-6, absolute: 3e-6 }, `${variant.name} [${shape}]`);
    }
  }
});

testOnDevices("entropyBits of certain and of equal predictions", async (_t, device) => {
  const x = nd([3, 8], [...new Array(8).fill(3), 50, ...new Array(7).fill(-50), 1e4, 1e4, ...new Array(6).fill(-1e30)]);
  const [found] = await runMany(device, (x) => [entropyBits(x)], [hostArray(x)]);
  assertClose(found, [3, 0, 1], { relative: 1e-6, absolute: 1e-7 }, "bits");
});

testOnDevices("crossEntropy agrees with float64 loops for any shape", async (_t, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(size(6), size(6), size(300), async (a, b, width) => {
      for (const variant of variants(device)) await check(variant.device, [a, b, width], width, variant.name);
    }),
    { seed: 5, numRuns: 5 },
  );
});

testOnDevices("crossEntropy refuses what does not fit", (_t, device) => {
  const logits = tensor(device, new Float32Array(12), [3, 4]), three = tensor(device, new Int32Array(3));
  const floats = tensor(device, new Float32Array(4));
  assert.throws(
    () => crossEntropy(logits, tensor(device, new Int32Array(4))),
    /crossEntropy: expected targets \[3\] for logits \[3, 4\], but found \[4\]\n {2}called at .*cross_entropy_test/,
  );
  assert.throws(() => crossEntropy(logits, floats), /crossEntropy: expected i32 targets, but found f32 \[4\]/);
  assert.throws(() => crossEntropy(logits, three, floats), /expected weights \[3\] .* found \[4\]/);
  assert.throws(() => entropyBits(logits, 0), /entropyBits: expected a positive temperature, but found 0/);
  assert.throws(
    () => compile(device, (x: Tensor) => gradients(sum(entropyBits(x)), [x])).estimate(new Float32Array(3)),
    /entropyBits has no gradient/,
  );
  for (const t of [logits, three, floats]) t.dispose();
});
