import fc from "fast-check";
import type { Device } from "../../lib/device/mod.ts";
import { type Conv2dShape, type ConvDirection, planConv2d } from "../../lib/tensor/ops/conv2d_plan.ts";
import { assertClose } from "../support/compare.ts";
import { conv2d, conv2dGradient, convTranspose2d, randomNd } from "../support/float64.ts";
import { CpuDevices } from "./cpu_devices.ts";
import { runPlan } from "./run_plan.ts";

interface Case {
  readonly batch: number;
  readonly size: readonly [number, number];
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

const ROLES = { forward: "y", input: "x", weight: "w" } as const;

async function check(
  cpu: CpuDevices,
  wanted: Case,
  directions: readonly ConvDirection[],
  software: Device | null = null,
): Promise<void> {
  const { batch, size, channels, filters, kernel, stride, padding } = wanted;
  const [outHeight, outWidth] = [0, 1].map((i) => Math.floor((size[i] + 2 * padding[i] - kernel[i]) / stride[i]) + 1);
  const [height, width] = size;
  const x = randomNd([batch, height, width, channels], 1);
  const y = randomNd([batch, outHeight, outWidth, filters], 2);
  const w = randomNd([...kernel, channels, filters], 3);
  // Rows of x that no window reaches are extra rows of the transposed convolution.
  const outputPadding = [0, 1].map((i) =>
    size[i] - ((y.shape[1 + i] - 1) * stride[i] - 2 * padding[i] + kernel[i])
  ) as [
    number,
    number,
  ];
  for (const direction of directions) {
    const expected = direction === "forward"
      ? conv2d(x, w, { stride, padding })
      : direction === "input"
      ? convTranspose2d(y, w, { stride, padding, outputPadding })
      : conv2dGradient(x, w, y, { stride, padding }).weight;
    const shape: Omit<Conv2dShape, "device"> = {
      ...{ direction, batch, height, width, channels, outHeight, outWidth, filters, kernel, stride, padding },
    };
    const plan = planConv2d({ ...shape, device: cpu.checked }), role = ROLES[direction];
    const what = `${direction} ${JSON.stringify(wanted)}`, length = expected.data.length;
    const inputs = { x: x.data, y: y.data, w: w.data, [role]: new Float32Array(length) };
    const found = await cpu.run(plan, inputs, role, length, what);
    const tolerance = { relative: 1e-6, absolute: 2e-6 * Math.sqrt(plan.flops / 2 / length + 1) };
    assertClose(found, expected.data, tolerance, what);
    if (!software) continue;
    const other = await runPlan(software, planConv2d({ ...shape, device: software }), inputs, role, length);
    assertClose(found, other, tolerance, `${what} against ${software.name}`);
  }
}

Deno.test("conv2d_cpu: random shapes, against float64, with the same bits checked, unchecked and on two threads", async () => {
  using cpu = await CpuDevices.open();
  const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  const channels = fc.constantFrom(1, 3, 4, 5, 8, 12);
  const direction = fc.constantFrom<ConvDirection>("forward", "input", "weight");
  const shape = fc.record({
    batch: fc.integer({ min: 1, max: 4 }),
    size: pair(5, 12),
    channels,
    filters: channels,
    kernel: pair(1, 5),
    stride: pair(1, 3),
    padding: pair(0, 4),
  });
  await fc.assert(fc.asyncProperty(shape, direction, (shape, direction) => check(cpu, shape, [direction])), {
    seed: 7,
    numRuns: 24,
  });
});

Deno.test("conv2d_cpu: the layers of the specifications, which a software adapter computes alike", async () => {
  using cpu = await CpuDevices.open();
  const spec = { kernel: [4, 4], stride: [2, 2], padding: [1, 1] } as const;
  await check(
    cpu,
    { ...spec, batch: 4, size: [16, 16], channels: 1, filters: 16 },
    ["forward", "input", "weight"],
    await cpu.software(),
  );
  await check(cpu, { ...spec, batch: 8, size: [8, 8], channels: 16, filters: 32 }, ["forward", "input", "weight"]);
});
