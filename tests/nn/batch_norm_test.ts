import assert from "node:assert/strict";
import { BatchNorm, Parameters } from "../../lib/nn/mod.ts";
import { compile, gradients, multiply, sum, type Tensor } from "../../lib/tensor/mod.ts";
import { assertClose, finiteDifference } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { like, type Nd, randomNd } from "../support/float64.ts";
import { hostArray } from "../tensor/ops/run_op.ts";

const WIDTH = 3, NEAR = { relative: 1e-5, absolute: 1e-5 };

/** Mean and biased variance of each channel. */
function statistics64(x: Nd): { mean: number[]; variance: number[] } {
  const rows = x.data.length / WIDTH, mean = [0, 0, 0], variance = [0, 0, 0];
  x.data.forEach((v, i) => mean[i % WIDTH] += v / rows);
  x.data.forEach((v, i) => variance[i % WIDTH] += (v - mean[i % WIDTH]) ** 2 / rows);
  return { mean, variance };
}

function normalised64(
  x: Nd,
  { mean, variance }: { mean: ArrayLike<number>; variance: ArrayLike<number> },
  scale: Nd,
  shift: Nd,
): Nd {
  return like(x, (v, i) => {
    const c = i % WIDTH;
    return (v - mean[c]) / Math.sqrt(variance[c] + 1e-5) * scale.data[c] + shift.data[c];
  });
}

testOnDevices(
  "BatchNorm: values, gradients and running statistics of training; evaluation uses these",
  async (_, device) => {
    const parameters = new Parameters(), layer = new BatchNorm(parameters, "n", WIDTH);
    parameters.place(device);
    layer.place(device);
    const x = randomNd([2, 2, 4, WIDTH], 1), scale = randomNd([WIDTH], 2), shift = randomNd([WIDTH], 3);
    layer.scale.write(Float32Array.from(scale.data));
    layer.shift.write(Float32Array.from(shift.data));
    const dy = randomNd(x.shape, 4), rows = x.data.length / WIDTH;
    const train = compile(device, (x: Tensor, dy: Tensor) => {
      const y = layer.apply(x, true);
      return { y, slopes: gradients(sum(multiply(y, dy)), [x, layer.scale, layer.shift]) };
    });
    const test = compile(device, (x: Tensor) => layer.apply(x, false));
    const running = { mean: [0, 0, 0], variance: [1, 1, 1] };
    for (let step = 0; step < 3; step++) {
      const { y, slopes } = train.run(hostArray(x), hostArray(dy)), { mean, variance } = statistics64(x);
      assertClose(await y.floats(), normalised64(x, { mean, variance }, scale, shift).data, NEAR, "training");
      running.mean = running.mean.map((m, c) => 0.9 * m + 0.1 * mean[c]);
      running.variance = running.variance.map((v, c) => 0.9 * v + 0.1 * variance[c] * rows / (rows - 1));
      assertClose(await layer.state.mean.floats(), running.mean, NEAR, "running mean");
      assertClose(await layer.state.variance.floats(), running.variance, NEAR, "running variance");
      const evaluated = await test.run(hostArray(x)).floats();
      assertClose(evaluated, normalised64(x, running, scale, shift).data, NEAR, "evaluation");
      for (const [i, input] of [x, scale, shift].entries()) {
        const measured = finiteDifference((data) => {
          const [mx, ms, mb] = [x, scale, shift].map((v, k) => k === i ? { shape: v.shape, data } : v);
          return normalised64(mx, statistics64(mx), ms, mb).data.reduce((t, v, k) => t + v * dy.data[k], 0);
        }, input.data);
        assertClose(await slopes[i].floats(), measured, { relative: 1e-4, absolute: 1e-4 }, `gradient ${i}`);
      }
    }
    for (const part of [train, test, layer, parameters]) part.dispose();
  },
);

Deno.test("BatchNorm: the statistics have no memory before place()", () => {
  const layer = new BatchNorm(new Parameters(), "n", WIDTH);
  assert.throws(() => layer.state, /n: the running statistics have no memory yet; call place\(device\) first/);
});
