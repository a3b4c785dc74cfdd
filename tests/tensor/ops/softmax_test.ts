import assert from "node:assert/strict";
import fc from "fast-check";
import { logSoftmax, softmax } from "../../../lib/tensor/ops/softmax.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { like, type Nd, nd, randomNd, softmax as softmax64, softmaxGradient, zeros } from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp, variants } from "./run_op.ts";

const TOLERANCE = { relative: 2e-6, absolute: 2e-6 };
const SHAPES = [[1], [3, 5], [2, 3, 64], [5, 516], [2, 1001]];

function logSoftmax64(x: Nd): Nd {
  return like(softmax64(x), Math.log);
}

/** dy − p·Σ dy. */
function logSoftmaxGradient(x: Nd, dy: Nd): Nd {
  const width = x.shape.at(-1)!, p = softmax64(x);
  return like(p, (value, i) => {
    const row = dy.data.subarray(i - i % width, i - i % width + width);
    return dy.data[i] - value * row.reduce((a, b) => a + b, 0);
  });
}

testOnDevices("softmax and logSoftmax agree with float64 loops", async (_t, device) => {
  for (const variant of variants(device)) {
    for (const [seed, shape] of SHAPES.entries()) {
      const x = randomNd(shape, seed, 3), dy = randomNd(shape, seed + 100), what = `${variant.name} ${shape}`;
      const plain = await runOp(variant.device, softmax, [x], dy);
      assertClose(plain.value, softmax64(x), TOLERANCE, `softmax ${what}`);
      assertClose(plain.gradients[0], softmaxGradient(x, dy), TOLERANCE, `softmax gradient ${what}`);
      const log = await runOp(variant.device, logSoftmax, [x], dy);
      assertClose(log.value, logSoftmax64(x), TOLERANCE, `logSoftmax ${what}`);
      // Σ dy has rounding of its own, which p then scales.
      assertClose(
        log.gradients[0],
        logSoftmaxGradient(x, dy),
        { relative: 2e-6, absolute: 1e-5 },
        `its gradient ${what}`,
      );
    }
  }
});

testOnDevices("softmax stays finite for large and equal numbers", async (_t, device) => {
  const x = nd([3, 4], [1e4, 1e4, -1e4, -1e30, 80, 90, 100, 110, -3e4, -3e4, -3e4, -3e4]);
  for (const variant of variants(device)) {
    const { value, gradients } = await runOp(variant.device, softmax, [x], zeros(x.shape));
    assertClose(value, softmax64(x), { relative: 2e-6, absolute: 1e-30 }, variant.name);
    assert.deepEqual([...gradients[0].data], new Array(12).fill(0));
    const log = await runOp(variant.device, logSoftmax, [x]);
    assert.ok(log.value.data.every(Number.isFinite));
    assertClose(log.value.data.slice(8), new Array(4).fill(-Math.log(4)), TOLERANCE, "equal logits");
  }
});

testOnDevices("the gradient of softmax is its slope", async (_t, device) => {
  const x = randomNd([2, 6], 7), dy = randomNd([2, 6], 8);
  const loss = (data: Float64Array) =>
    softmax64({ shape: x.shape, data }).data.reduce((sum, p, i) => sum + p * dy.data[i], 0);
  const { gradients } = await runOp(device, softmax, [x], dy);
  assertClose(gradients[0].data, finiteDifference(loss, x.data), { relative: 1e-5, absolute: 1e-6 }, "slope");
});

testOnDevices("softmax agrees with tfjs", async (_t, device) => {
  const x = randomNd([4, 10], 1, 2), dy = randomNd([4, 10], 2);
  const plain = await runOp(device, softmax, [x], dy);
  assertClose(plain.value, tfjsValue((x) => tf.softmax(x), [x]), TOLERANCE, "value");
  assertClose(plain.gradients[0], tfjsGradients((x) => tf.softmax(x), [x], dy)[0], TOLERANCE, "gradient");
  const log = await runOp(device, logSoftmax, [x], dy);
  assertClose(log.value, tfjsValue((x) => tf.logSoftmax(x), [x]), TOLERANCE, "logarithm");
});

testOnDevices("rows of softmax sum to 1, and a constant added to a row changes nothing", async (_t, device) => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: -50, max: 50 }),
  );
  await fc.assert(
    fc.asyncProperty(sizes, async ([rows, width, shift]) => {
      for (const variant of variants(device)) {
        const x = like(randomNd([rows, width], rows * 1000 + width), (value) => Math.round(value * 64) / 64);
        const { value } = await runOp(variant.device, softmax, [x]);
        const moved = await runOp(variant.device, softmax, [like(x, (v) => v + shift)]);
        assert.deepEqual(moved.value.data, value.data);
        for (let row = 0; row < rows; row++) {
          const sum = value.data.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(sum - 1) < 3e-6, `row ${row} sums to ${sum}`);
        }
      }
    }),
    { seed: 1, numRuns: 6 },
  );
});

testOnDevices("softmax refuses scalars and integers", (_t, device) => {
  const scalar = tensor(device, [1], []), whole = tensor(device, new Int32Array(3));
  assert.throws(
    () => softmax(scalar),
    /softmax: expected at least one axis, but found \[\]\n {2}called at .*softmax_test\.ts/,
  );
  assert.throws(() => logSoftmax(whole), /logSoftmax: expected an f32 tensor, but found i32 \[3\]/);
  scalar.dispose();
  whole.dispose();
});
