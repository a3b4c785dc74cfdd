import assert from "node:assert/strict";
import fc from "fast-check";
import { conv2d, type Conv2dOptions, convTranspose2d } from "../../../lib/tensor/ops/conv2d.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import {
  conv2d as conv64,
  conv2dGradient,
  convTranspose2d as transpose64,
  convTranspose2dGradient,
  randomNd,
} from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp } from "./run_op.ts";

const NEAR = { relative: 1e-5, absolute: 3e-5 };
type Options = Omit<Conv2dOptions, "bias">;

async function checkForward(
  device: Parameters<typeof runOp>[0],
  x: number[],
  w: number[],
  options: Options,
  seed: number,
) {
  const [input, weight, bias] = [randomNd(x, seed), randomNd(w, seed + 1), randomNd([w[3]], seed + 2)];
  const reference = conv64(input, weight, { ...options, bias }), dy = randomNd(reference.shape, seed + 3);
  const { value, gradients } = await runOp(device, (x, w, b) => conv2d(x, w, { ...options, bias: b }), [
    input,
    weight,
    bias,
  ], dy);
  const expected = conv2dGradient(input, weight, dy, { ...options, bias }), what = JSON.stringify({ x, w, ...options });
  assertClose(value, reference, NEAR, `value ${what}`);
  assertClose(gradients[0], expected.x, NEAR, `dx ${what}`);
  assertClose(gradients[1], expected.weight, NEAR, `dw ${what}`);
  assertClose(gradients[2], expected.bias, NEAR, `dbias ${what}`);
}

async function checkTransposed(
  device: Parameters<typeof runOp>[0],
  x: number[],
  w: number[],
  options: Options,
  seed: number,
) {
  const [input, weight, bias] = [randomNd(x, seed), randomNd(w, seed + 1), randomNd([w[2]], seed + 2)];
  const reference = transpose64(input, weight, { ...options, bias }), dy = randomNd(reference.shape, seed + 3);
  const { value, gradients } = await runOp(device, (x, w, b) => convTranspose2d(x, w, { ...options, bias: b }), [
    input,
    weight,
    bias,
  ], dy);
  const expected = convTranspose2dGradient(input, weight, dy, { ...options, bias }),
    what = JSON.stringify({ x, w, ...options });
  assertClose(value, reference, NEAR, `value ${what}`);
  assertClose(gradients[0], expected.x, NEAR, `dx ${what}`);
  assertClose(gradients[1], expected.weight, NEAR, `dw ${what}`);
  assertClose(gradients[2], expected.bias, NEAR, `dbias ${what}`);
}

testOnDevices("conv2d: strides, paddings and activations against float64 loops", async (_, device) => {
  await checkForward(device, [2, 8, 8, 1], [4, 4, 1, 4], { stride: 2, padding: 1, activation: "relu" }, 1);
  await checkForward(device, [2, 8, 8, 4], [4, 4, 4, 8], { stride: 2, padding: 1, activation: "relu" }, 2);
  await checkForward(device, [1, 7, 5, 3], [3, 2, 3, 5], { stride: 1, padding: 0 }, 3);
  await checkForward(device, [2, 9, 6, 2], [3, 3, 2, 3], { stride: 3, padding: 2, activation: "gelu" }, 4);
  await checkForward(device, [1, 5, 5, 4], [1, 1, 4, 4], {}, 5);
});

testOnDevices("convTranspose2d: strides, paddings and activations against float64 loops", async (_, device) => {
  await checkTransposed(device, [2, 4, 4, 8], [4, 4, 4, 8], { stride: 2, padding: 1, activation: "relu" }, 1);
  await checkTransposed(device, [2, 4, 4, 4], [4, 4, 1, 4], { stride: 2, padding: 1, activation: "sigmoid" }, 2);
  await checkTransposed(device, [1, 3, 5, 3], [3, 2, 2, 3], { stride: 1, padding: 0 }, 3);
  await checkTransposed(device, [2, 3, 2, 5], [3, 3, 2, 5], { stride: 3, padding: 1, activation: "silu" }, 4);
});

testOnDevices("conv2d and convTranspose2d: random sizes (property test)", async (_, device) => {
  const small = fc.integer({ min: 1, max: 5 }), size = fc.integer({ min: 4, max: 9 });
  const window = fc.record({ stride: fc.integer({ min: 1, max: 3 }), padding: fc.integer({ min: 0, max: 1 }) });
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      small,
      small,
      fc.integer({ min: 2, max: 4 }),
      window,
      fc.nat(1e6),
      async (h, w, c, f, k, options, seed) => {
        await checkForward(device, [2, h, w, c], [k, k, c, f], options, seed);
        await checkTransposed(device, [2, h, w, c], [k, k, f, c], options, seed);
      },
    ),
    { numRuns: 6, seed: 7 },
  );
});

testOnDevices("conv2d: tfjs agrees, forward and backward", async (_, device) => {
  const x = randomNd([2, 10, 10, 3], 1), w = randomNd([4, 4, 3, 6], 2), dy = randomNd([2, 5, 5, 6], 3);
  const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1, "NHWC", 1, "floor");
  const { value, gradients } = await runOp(device, (x, w) => conv2d(x, w, { stride: 2, padding: 1 }), [x, w], dy);
  assertClose(value, tfjsValue(f, [x, w]), NEAR, "value");
  const expected = tfjsGradients(f, [x, w], dy);
  gradients.forEach((g, i) => assertClose(g, expected[i], NEAR, `gradient ${i}`));
});

testOnDevices("conv2d: shapes that do not fit are named", (_, device) => {
  const x = tensor(device, new Float32Array(18), [1, 3, 3, 2]), w = tensor(device, new Float32Array(64), [4, 4, 2, 2]);
  assert.throws(() => conv2d(x, w), /expected a picture of at least the window's size, but found \[1, 3, 3, 2\]/);
  assert.throws(
    () => conv2d(w, x),
    /conv2d: expected x \[B, H, W, C\] and w .* but found \[4, 4, 2, 2\] and \[1, 3, 3, 2\]/,
  );
  x.dispose();
  w.dispose();
});
