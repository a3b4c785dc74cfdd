import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../lib/device/mod.ts";
import { CPU_LIMITS } from "../../lib/device/cpu/mod.ts";
import { ACTIVATIONS } from "../../lib/tensor/ops/kernel_plan.ts";
import { type MatmulShape, planMatmul } from "../../lib/tensor/ops/matmul_plan.ts";
import { assertClose } from "../support/compare.ts";
import { matmul, nd, randomNd } from "../support/float64.ts";
import { CpuDevices } from "./cpu_devices.ts";
import { runPlan } from "./run_plan.ts";

type Case = Omit<MatmulShape, "device">;

async function check(cpu: CpuDevices, shape: Case, software: Device | null = null): Promise<void> {
  const { m, n, k, batch = 1, transposeA = false, transposeB = false, alpha = 1, accumulate = false } = shape;
  const a = randomNd([batch * m * k], 1).data, b = randomNd([batch * k * n], 2).data;
  const bias = randomNd([n], 3), before = randomNd([batch * m * n], 4).data, what = JSON.stringify(shape);
  const inputs = { a, b, c: before, ...(shape.bias ? { bias: bias.data } : {}) };
  const plan = planMatmul({ ...shape, device: cpu.checked });
  assert.equal(plan.calls[0].source.name, "matmul_cpu");
  const found = await cpu.run(plan, inputs, "c", before.length, what);
  const tolerance = { relative: 1e-6, absolute: 2e-6 * Math.sqrt(k) * Math.max(1, alpha) };
  for (let z = 0; z < batch; z++) {
    const scaled = a.subarray(z * m * k, (z + 1) * m * k).map((value) => alpha * value);
    const expected = matmul(
      nd(transposeA ? [k, m] : [m, k], scaled),
      nd(transposeB ? [n, k] : [k, n], b.subarray(z * k * n, (z + 1) * k * n)),
      { transposeA, transposeB, activation: shape.activation ?? "none", ...(shape.bias ? { bias } : {}) },
    );
    if (accumulate) { for (let i = 0; i < m * n; i++) expected.data[i] += before[z * m * n + i]; }
    assertClose(found.subarray(z * m * n, (z + 1) * m * n), expected.data, tolerance, what);
  }
  if (!software) return;
  const other = await runPlan(software, planMatmul({ ...shape, device: software }), inputs, "c", before.length);
  assertClose(found, other, tolerance, `${what} against ${software.name}`);
}

Deno.test("matmul_cpu: random shapes, against float64, with the same bits checked, unchecked and on two threads", async () => {
  using cpu = await CpuDevices.open();
  const whole = fc.integer({ min: 1, max: 20 }).map((x) => 4 * x);
  const size = fc.oneof(fc.integer({ min: 1, max: 70 }), whole);
  const shape = fc.record({
    m: size,
    n: size,
    k: size,
    batch: fc.integer({ min: 1, max: 3 }),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    alpha: fc.constantFrom(1, 0.25),
    bias: fc.boolean(),
    activation: fc.constantFrom(...ACTIVATIONS),
    accumulate: fc.boolean(),
  });
  await fc.assert(fc.asyncProperty(shape, (shape) => check(cpu, shape)), { seed: 11, numRuns: 24 });
});

Deno.test("matmul_cpu: more rows than a block, more terms than a panel, sums in parts", async () => {
  using cpu = await CpuDevices.open();
  await check(cpu, { m: 260, n: 20, k: 24 });
  await check(cpu, { m: 133, n: 9, k: 21, transposeB: true });
  await check(cpu, { m: 12, n: 12, k: 1100, cut: false, bias: true, activation: "gelu", accumulate: true });
  await check(cpu, { m: 7, n: 5, k: 1031, cut: false, transposeA: true });
  await check(cpu, { m: 7, n: 5, k: 1031, bias: true, activation: "silu" });
  await check(cpu, { m: 8, n: 8, k: 2052, transposeA: true, transposeB: true, accumulate: true });
});

Deno.test("matmul_cpu: a software adapter agrees", async () => {
  using cpu = await CpuDevices.open();
  const software = await cpu.software();
  await check(cpu, { m: 37, n: 41, k: 33, transposeB: true, bias: true }, software);
  await check(cpu, { m: 32, n: 24, k: 1028, transposeA: true }, software);
});

Deno.test("matmul_cpu: plans cover every row, column and term, and feed sixteen threads where there is work", () => {
  const size = fc.integer({ min: 1, max: 5000 });
  const property = fc.property(size, size, size, fc.boolean(), (m, n, k, transposeA) => {
    const [{ constants: c, grid }] =
      planMatmul({ m, n, k, transposeA, device: { kind: "cpu", software: false, limits: CPU_LIMITS } })
        .calls;
    const blocks = Math.ceil(m / c.BLOCK) * Math.ceil(n / (4 * c.COLS));
    assert.equal(grid[0] * grid[1], blocks * c.PARTS);
    assert.ok(c.BLOCK % 4 === 0 && c.DEPTH % 4 === 0 && c.PARTS * c.CHUNK >= k && (c.PARTS - 1) * c.CHUNK < k);
    assert.ok(c.PARTS === 1 || c.CHUNK % 4 === 0);
    const memory = 16 * c.DEPTH * c.COLS + (c.CHUNK > c.DEPTH ? 16 * c.BLOCK * c.COLS : 16);
    assert.ok(memory <= CPU_LIMITS.maxWorkgroupMemoryBytes);
    if (m * n * k > 2 ** 26) assert.ok(blocks * c.PARTS >= 16, `${m}×${n}×${k}: ${blocks * c.PARTS} workgroups`);
  });
  fc.assert(property, { seed: 5, numRuns: 300 });
});
