import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../lib/device/mod.ts";
import { type Conv2dShape, type ConvDirection, planConv2d } from "../../lib/tensor/ops/conv2d_plan.ts";
import type { Activation } from "../../lib/tensor/ops/kernel_plan.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { conv2d, conv2dGradient, convTranspose2d, like, nd, randomNd } from "../support/float64.ts";
import { runPlan } from "./run_plan.ts";

interface Case {
  readonly batch: number;
  readonly size: readonly [number, number];
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number];
  readonly bias?: boolean;
  readonly activation?: Activation;
  readonly accumulate?: boolean;
  readonly plain?: boolean;
}

const DIRECTIONS: readonly ConvDirection[] = ["forward", "input", "weight"];

/** Runs directions of one convolution on the device and in float64, with tiles unless the case says `plain`. */
async function check(device: Device, wanted: Case, directions = DIRECTIONS): Promise<void> {
  const { batch, size: [height, width], channels, filters, kernel, stride = [1, 1], padding = [0, 0] } = wanted;
  const { bias: hasBias = false, activation = "none", accumulate = false, plain = false } = wanted;
  const [outHeight, outWidth] = [0, 1].map((i) =>
    Math.floor((wanted.size[i] + 2 * padding[i] - kernel[i]) / stride[i]) + 1
  );
  const x = randomNd([batch, height, width, channels], 1);
  const y = randomNd([batch, outHeight, outWidth, filters], 2);
  const w = randomNd([...kernel, channels, filters], 3);
  // Rows of x that no window reaches are extra rows of the transposed convolution.
  const outputPadding = [0, 1].map((i) =>
    wanted.size[i] - ((y.shape[1 + i] - 1) * stride[i] - 2 * padding[i] + kernel[i])
  ) as [number, number];
  const sizes = { batch, height, width, channels, outHeight, outWidth, filters, kernel, stride, padding, device };
  for (const direction of directions) {
    const [result, before] = direction === "forward"
      ? ["y" as const, randomNd(y.shape, 4)]
      : direction === "input"
      ? ["x" as const, randomNd(x.shape, 4)]
      : ["w" as const, randomNd(w.shape, 4)];
    const epilogue = direction === "weight" ? {} : { bias: hasBias, activation };
    const bias = randomNd([direction === "forward" ? filters : channels], 5);
    const options = { stride, padding, activation, ...(hasBias ? { bias } : {}) };
    let expected = direction === "forward"
      ? conv2d(x, w, options)
      : direction === "input"
      ? convTranspose2d(y, w, { ...options, outputPadding })
      : conv2dGradient(x, w, y, { stride, padding }).weight;
    if (accumulate) expected = like(expected, (value, i) => value + before.data[i]);
    const plan = planConv2d({ direction, ...sizes, ...epilogue, accumulate, plain });
    const inputs = { x: x.data, y: y.data, w: w.data, bias: bias.data, [result]: before.data };
    const found = await runPlan(device, plan, inputs, result, before.data.length);
    const terms = plan.flops / 2 / before.data.length;
    const tolerance = { relative: 1e-6, absolute: 2e-6 * Math.sqrt(terms + 1) };
    assertClose(
      found,
      expected.data,
      tolerance,
      `${direction} ${plan.calls[0].source.entry} ${JSON.stringify(wanted)}`,
    );
  }
}

testOnDevices("conv2d: 4×4, stride 2, padding 1, as in the specifications", async (_, device) => {
  const spec = { kernel: [4, 4], stride: [2, 2], padding: [1, 1] } as const;
  await check(device, { ...spec, batch: 2, size: [8, 8], channels: 16, filters: 32 });
  await check(device, { ...spec, batch: 3, size: [10, 6], channels: 1, filters: 16 });
});

testOnDevices("conv2d: 3×3, stride 1, with and without padding", async (_, device) => {
  await check(device, { kernel: [3, 3], padding: [1, 1], batch: 2, size: [7, 5], channels: 8, filters: 12 });
  await check(device, { kernel: [3, 3], batch: 1, size: [6, 9], channels: 3, filters: 5 });
});

testOnDevices("conv2d: strides, paddings and kernels that differ along the axes", async (_, device) => {
  await check(device, {
    kernel: [1, 5],
    stride: [3, 1],
    padding: [0, 2],
    batch: 2,
    size: [8, 9],
    channels: 4,
    filters: 4,
  });
  await check(device, {
    kernel: [2, 3],
    stride: [3, 2],
    padding: [1, 2],
    batch: 2,
    size: [9, 8],
    channels: 3,
    filters: 2,
  });
});

testOnDevices("conv2d: bias, activation, accumulation", async (_, device) => {
  const base = { kernel: [4, 4], stride: [2, 2], padding: [1, 1], batch: 2, size: [6, 6], bias: true } as const;
  await check(device, { ...base, channels: 4, filters: 8, activation: "gelu" }, ["forward", "input"]);
  await check(device, { ...base, channels: 1, filters: 6, activation: "sigmoid" }, ["forward", "input"]);
  await check(device, { ...base, channels: 4, filters: 8, activation: "relu", accumulate: true });
});

testOnDevices("conv2d: one lane per sum, for small products", async (_, device) => {
  const settings = { bias: true, activation: "tanh", accumulate: true, plain: true } as const;
  await check(device, {
    kernel: [3, 4],
    stride: [2, 3],
    padding: [1, 2],
    batch: 2,
    size: [7, 8],
    channels: 3,
    filters: 5,
    plain: true,
  });
  await check(device, {
    kernel: [4, 4],
    stride: [2, 2],
    padding: [1, 1],
    batch: 2,
    size: [6, 8],
    channels: 1,
    filters: 4,
    ...settings,
  });
});

testOnDevices("conv2d: sums over many pixels are cut into parts, with the same bits every time", async (_, device) => {
  const shape: Case = { kernel: [3, 3], padding: [1, 1], batch: 8, size: [16, 16], channels: 4, filters: 8 };
  await check(device, shape, ["weight"]);
  const plan = planConv2d({
    ...{ direction: "weight", batch: 8, height: 16, width: 16, channels: 4, outHeight: 16, outWidth: 16, filters: 8 },
    ...{ kernel: [3, 3], padding: [1, 1], device },
  });
  assert.ok(plan.scratchBytes > 0 && plan.calls.length >= 2);
  const inputs = { x: randomNd([8 * 16 * 16 * 4], 1).data, y: randomNd([8 * 16 * 16 * 8], 2).data };
  const first = await runPlan(device, plan, inputs, "w", 288);
  assert.deepEqual(await runPlan(device, plan, inputs, "w", 288), first);
});

testOnDevices("conv2d: direction input is the gradient of forward", async (_, device) => {
  // ⟨y, conv(x)⟩ = ⟨convᵀ(y), x⟩ holds for any x and y.
  const shape: Omit<Conv2dShape, "direction"> = {
    batch: 2,
    height: 9,
    width: 7,
    channels: 4,
    outHeight: 4,
    outWidth: 3,
    filters: 8,
    kernel: [3, 4],
    stride: [2, 2],
    padding: [0, 1],
    device,
  };
  const x = randomNd([2, 9, 7, 4], 1), y = randomNd([2, 4, 3, 8], 2), w = randomNd([3, 4, 4, 8], 3);
  const forward = await runPlan(
    device,
    planConv2d({ ...shape, direction: "forward" }),
    { x: x.data, w: w.data },
    "y",
    192,
  );
  const input = await runPlan(device, planConv2d({ ...shape, direction: "input" }), { y: y.data, w: w.data }, "x", 504);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (value, i) => value * b[i]).reduce((p, q) => p + q);
  assertClose([dot(forward, y.data)], [dot(input, x.data)], { relative: 1e-5, absolute: 1e-4 }, "inner products");
});

testOnDevices("conv2d: random shapes", async (_, device) => {
  const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  const features = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(4, 8, 16));
  const cases = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    size: pair(4, 9),
    channels: features,
    filters: features,
    kernel: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 2),
    direction: fc.constantFrom(...DIRECTIONS),
    plain: fc.boolean(),
  });
  const property = fc.asyncProperty(cases, ({ direction, ...shape }) => check(device, shape, [direction]));
  await fc.assert(property, { seed: 5, numRuns: 8 });
});

testOnDevices("conv2d: sizes that are not whole or positive are refused", (_, device) => {
  const shape = { batch: 1, height: 4, width: 4, channels: 1, outHeight: 2, outWidth: 2, filters: 1, device } as const;
  const plan = (change: Partial<Conv2dShape>) => () =>
    planConv2d({ ...shape, direction: "forward", kernel: [3, 3], ...change });
  assert.throws(plan({ stride: [0, 1] }), /conv2d: expected sy to be a whole number of at least 1 but found 0/);
  assert.throws(plan({ padding: [-1, 0] }), /py/);
  assert.throws(plan({ filters: 2.5 }), /filters/);
});

Deno.test("conv2d: the float64 reference agrees with a hand-computed picture", () => {
  const x = nd([1, 2, 2, 1], [1, 2, 3, 4]), w = nd([2, 2, 1, 1], [1, 10, 100, 1000]);
  assert.deepEqual([...conv2d(x, w).data], [4321]);
  assert.deepEqual([...convTranspose2d(nd([1, 1, 1, 1], [2]), w).data], [2, 20, 200, 2000]);
});
