import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../lib/device/mod.ts";
import { ACTIVATIONS, type KernelPlan, type PlanDevice } from "../../lib/tensor/ops/kernel_plan.ts";
import { planMatmulPanels } from "../../lib/tensor/ops/matmul_panels_plan.ts";
import { type MatmulRole, type MatmulShape, planMatmul } from "../../lib/tensor/ops/matmul_plan.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { matmul, nd, randomNd, zeros } from "../support/float64.ts";
import { runPlan } from "./run_plan.ts";

type Case = Omit<MatmulShape, "device">;

/** Runs one product on the device and in float64, with tiles unless the case says `plain`, or as another plan has it. */
async function check(device: Device, wanted: Case, seed = 1, planned: typeof planMatmul = planMatmul): Promise<void> {
  const shape = { plain: false, ...wanted, device };
  const { m, n, k, batch = 1, transposeA = false, transposeB = false, alpha = 1 } = shape;
  const { strideA = m * k, strideB = k * n, strideC = m * n } = shape;
  const length = (stride: number, matrix: number) => (batch - 1) * stride + matrix;
  const a = randomNd([length(strideA, m * k)], seed);
  const b = randomNd([length(strideB, k * n)], seed + 1);
  const bias = randomNd([n], seed + 2);
  const before = randomNd([length(strideC, m * n)], seed + 3);
  const plan = planned(shape);
  const inputs = { a: a.data, b: b.data, c: before.data, ...(shape.bias ? { bias: bias.data } : {}) };
  const found = await runPlan(device, plan, inputs, "c", before.data.length);
  for (let z = 0; z < batch; z++) {
    const part = (data: Float64Array, stride: number, rows: number, columns: number) =>
      nd([rows, columns], data.subarray(z * stride, z * stride + rows * columns));
    const scaled = part(a.data.map((value) => alpha * value), strideA, transposeA ? k : m, transposeA ? m : k);
    const expected = matmul(scaled, part(b.data, strideB, transposeB ? n : k, transposeB ? k : n), {
      transposeA,
      transposeB,
      activation: shape.activation ?? "none",
      bias: shape.bias ? bias : zeros([n]),
    });
    if (shape.accumulate) { for (let i = 0; i < m * n; i++) expected.data[i] += before.data[z * strideC + i]; }
    const what = `${JSON.stringify(wanted)}, item ${z}, ${plan.calls[0].source.entry}`;
    const own = found.subarray(z * strideC, z * strideC + m * n);
    assertClose(own, expected.data, { relative: 1e-6, absolute: 2e-6 * Math.sqrt(k) * Math.max(1, alpha) }, what);
  }
  if (planned === planMatmul && plan.scratchBytes > 0) assert.equal(plan.calls.length, 2);
}

const transpositions = [[false, false], [false, true], [true, false], [true, true]] as const;

for (const [transposeA, transposeB] of transpositions) {
  const stored = `A ${transposeA ? "transposed" : "as stored"}, B ${transposeB ? "transposed" : "as stored"}`;
  testOnDevices(`matmul: ${stored}`, async (_, device) => {
    await check(device, { m: 68, n: 72, k: 36, transposeA, transposeB });
    await check(device, { m: 37, n: 35, k: 41, transposeA, transposeB });
  });
}

testOnDevices("matmul: the smallest sizes", async (_, device) => {
  await check(device, { m: 1, n: 1, k: 1 });
  await check(device, { m: 1, n: 9, k: 2 });
  await check(device, { m: 9, n: 1, k: 5, transposeB: true });
  await check(device, { m: 4, n: 4, k: 4 });
});

testOnDevices("matmul: bias and every activation", async (_, device) => {
  for (const activation of ACTIVATIONS) {
    await check(device, { m: 12, n: 16, k: 8, bias: true, activation, plain: true });
  }
  await check(device, { m: 12, n: 16, k: 8, bias: true, activation: "gelu" });
  await check(device, { m: 5, n: 7, k: 3, bias: true, activation: "silu" });
});

testOnDevices("matmul: batches, packed, broadcast and strided", async (_, device) => {
  await check(device, { m: 8, n: 12, k: 16, batch: 3 });
  await check(device, { m: 8, n: 12, k: 16, batch: 3, strideB: 0 });
  await check(device, { m: 8, n: 12, k: 16, batch: 3, strideA: 0 });
  await check(device, { m: 5, n: 3, k: 7, batch: 4, strideA: 0, transposeB: true });
  await check(device, { m: 5, n: 3, k: 7, batch: 2, strideA: 41, strideB: 23, strideC: 19 });
  await check(device, { m: 8, n: 4, k: 4, batch: 2, strideA: 36, strideB: 20, strideC: 40, accumulate: true });
});

testOnDevices("matmul: a long sum is cut into parts, with epilogue and batch", async (_, device) => {
  const long = { m: 20, n: 24, k: 2056, transposeA: true };
  assert.ok(planMatmul({ ...long, device }).scratchBytes > 0, "expected parts");
  await check(device, long);
  await check(device, { ...long, bias: true, activation: "gelu", alpha: 0.25, accumulate: true });
  await check(device, { m: 3, n: 5, k: 1111, batch: 2, strideC: 17, bias: true });
  await check(device, { m: 16, n: 16, k: 4099, transposeA: true });
});

testOnDevices("matmul: alpha and accumulation", async (_, device) => {
  await check(device, { m: 12, n: 8, k: 20, alpha: 0.125, accumulate: true });
  await check(device, { m: 3, n: 9, k: 5, alpha: 3, accumulate: true, bias: true, activation: "relu" });
});

testOnDevices("matmul: the same input gives the same bits", async (_, device) => {
  const shape: MatmulShape = { m: 20, n: 24, k: 2056, transposeA: true, device };
  const inputs = { a: randomNd([20 * 2056], 1).data, b: randomNd([24 * 2056], 2).data };
  const first = await runPlan(device, planMatmul(shape), inputs, "c", 480);
  assert.deepEqual(await runPlan(device, planMatmul(shape), inputs, "c", 480), first);
});

testOnDevices("matmul: one lane per sum, for small products", async (_, device) => {
  assert.equal(planMatmul({ m: 8, n: 8, k: 8, device }).calls[0].source.entry === "plain", device.software);
  const settings = { bias: true, activation: "gelu", alpha: 0.5, accumulate: true, plain: true } as const;
  await check(device, { m: 5, n: 7, k: 9, ...settings });
  await check(device, { m: 6, n: 3, k: 4, transposeA: true, batch: 3, strideB: 0, ...settings });
  await check(device, { m: 4, n: 6, k: 5, transposeB: true, batch: 2, strideC: 30, plain: true });
});

/** As a software adapter computes large products, for products of any size. */
function panels(shape: MatmulShape): KernelPlan<MatmulRole> {
  const { m, n, k, batch = 1 } = shape;
  const settled = { batch, strideA: m * k, strideB: k * n, strideC: m * n, ...shape };
  return planMatmulPanels(settled, { flops: 2 * m * n * k * batch, bytes: 0 });
}

testOnDevices("matmul in panels: transposed or not, rows and columns that fill no panel", async (_, device) => {
  for (const [transposeA, transposeB] of transpositions) {
    await check(device, { m: 19, n: 132, k: 7, transposeA, transposeB }, 3, panels);
    await check(device, { m: 8, n: 256, k: 12, transposeA, transposeB, batch: 2 }, 4, panels);
  }
  await check(device, { m: 1, n: 4, k: 1 }, 5, panels);
});

testOnDevices("matmul in panels: batches, strides, and what follows the product", async (_, device) => {
  const after = { bias: true, activation: "gelu", alpha: 0.5, accumulate: true } as const;
  await check(device, { m: 9, n: 12, k: 5, ...after }, 6, panels);
  await check(device, { m: 5, n: 12, k: 7, batch: 3, strideA: 0, strideB: 92, strideC: 64, ...after }, 7, panels);
  await check(device, { m: 5, n: 8, k: 6, batch: 2, strideA: 37, transposeB: true, activation: "relu" }, 8, panels);
});

Deno.test("matmul in panels: for large products of whole vectors on a software adapter", () => {
  const limits = { maxGrid: 65535, maxWorkgroupInvocations: 256 } as PlanDevice["limits"];
  const on = (software: boolean, sizes: Pick<MatmulShape, "m" | "n" | "k">) => {
    const { calls } = planMatmul({ ...sizes, device: { kind: "webgpu", software, limits } });
    return calls.map(({ source }) => `${source.name} ${source.entry}`);
  };
  const large = { m: 256, n: 256, k: 256 };
  assert.deepEqual(on(true, large), ["matmul_panels pack", "matmul_panels main"]);
  assert.deepEqual(on(false, large), ["matmul main"]);
  assert.deepEqual(on(true, { ...large, n: 254 }), ["matmul scalar"]);
  assert.deepEqual(on(true, { ...large, m: 128 }), ["matmul main"]);
});

testOnDevices("matmul: every shape of tile gives the same product", async (_, device) => {
  // Plans choose tiles by size and device; here each runs on each device.
  const tiles = [
    { ROWS: 16, COLUMNS: 8, WX: 1, WY: 4 },
    { ROWS: 16, COLUMNS: 4, WX: 2, WY: 2 },
    { ROWS: 8, COLUMNS: 8, WX: 16, WY: 16 },
    { ROWS: 4, COLUMNS: 8, WX: 3, WY: 5 },
    { ROWS: 4, COLUMNS: 4, WX: 4, WY: 2 },
  ];
  const gpu = { ...pick(device), kind: "webgpu" } as const;
  for (const [m, n, k] of [[44, 20, 28], [35, 19, 21]]) {
    const a = randomNd([m, k], 1), b = randomNd([k, n], 2), expected = matmul(a, b);
    const plan = planMatmul({ m, n, k, plain: false, device: gpu });
    const [call] = plan.calls;
    for (const tile of tiles) {
      const groups = Math.ceil(m / (tile.ROWS * tile.WY)) * Math.ceil(n / (tile.COLUMNS * tile.WX));
      const constants = { ...call.constants, ...tile, DEPTH: 8, CHUNK: 40 };
      const calls = [{ ...call, constants, grid: [groups, 1, 1] as const }];
      const found = await runPlan(device, { ...plan, calls }, { a: a.data, b: b.data }, "c", m * n);
      assertClose(found, expected.data, { relative: 1e-6, absolute: 1e-5 }, JSON.stringify(tile));
    }
  }
});

function pick({ software, limits }: Device): Pick<Device, "software" | "limits"> {
  return { software, limits };
}

testOnDevices("matmul: random shapes and settings", async (_, device) => {
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }).map((x) => 4 * x));
  const settings = fc.record({
    m: size,
    n: size,
    k: size,
    batch: fc.integer({ min: 1, max: 3 }),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    bias: fc.boolean(),
    activation: fc.constantFrom(...ACTIVATIONS),
    accumulate: fc.boolean(),
    plain: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(settings, (settings) => check(device, settings)), { seed: 3, numRuns: 8 });
});

testOnDevices("matmul: sizes that are not whole or positive are refused", (_, device) => {
  assert.throws(() => planMatmul({ m: 0, n: 1, k: 1, device }), /m to be a whole number of at least 1 but found 0/);
  assert.throws(() => planMatmul({ m: 1, n: 1.5, k: 1, device }), /found 1.5/);
  assert.throws(() => planMatmul({ m: 1, n: 1, k: 1, strideA: -4, device }), /strideA/);
});

Deno.test("matmul: plans for a GPU and for a CPU cut the work differently but completely", () => {
  const limits = {
    maxBufferBytes: 2 ** 30,
    maxBindingBytes: 2 ** 30,
    maxBindings: 8,
    maxWorkgroupInvocations: 256,
    maxWorkgroupMemoryBytes: 16384,
    maxGrid: 65535,
    bindingAlignment: 256,
  };
  const shapes = [[4096, 4096, 4096], [64, 64, 65536], [1024, 32, 128], [1, 1, 1], [3, 5000, 7], [100000, 1, 4]];
  for (const [m, n, k] of shapes) {
    for (const software of [false, true]) {
      const plan = planMatmul({ m, n, k, plain: false, device: { kind: "webgpu", software, limits } });
      const product = plan.calls.find(({ source }) => !["pack", "sum_parts"].includes(source.entry!))!;
      const { source, constants, grid } = product;
      assert.equal(plan.flops, 2 * m * n * k);
      if (source.name === "matmul_panels") {
        assert.equal(grid[0] * grid[1] * grid[2], Math.ceil(m / 8) * Math.ceil(n / 128));
        assert.equal(plan.paddedBytes, 4 * Math.ceil(m / 8) * 8 * k);
        continue;
      }
      const [height, width] = [constants.ROWS * constants.WY, constants.COLUMNS * constants.WX];
      const tiles = Math.ceil(m / height) * Math.ceil(n / width);
      assert.equal(grid[0] * grid[1] * grid[2], tiles * constants.PARTS);
      assert.ok(constants.PARTS * constants.CHUNK >= k && constants.CHUNK % constants.DEPTH === 0);
      assert.ok(constants.DEPTH * (height + width) * 4 <= limits.maxWorkgroupMemoryBytes);
      assert.ok(constants.WX * constants.WY <= limits.maxWorkgroupInvocations);
    }
  }
});
