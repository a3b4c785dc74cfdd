import assert from "node:assert/strict";
import fc from "fast-check";
import { openCpuDevice } from "../../lib/device/cpu/mod.ts";
import { isTrusted } from "../../lib/device/trusted.ts";
import type { Device } from "../../lib/device/mod.ts";
import { attention, attentionPacked } from "../../lib/tensor/mod.ts";
import { type Nd, randomIndices, randomNd } from "../support/float64.ts";
import { runOp } from "../tensor/ops/run_op.ts";

interface Shape {
  readonly b: number;
  readonly n: number;
  readonly extra: number;
  readonly heads: number;
  readonly repeat: number;
  readonly width: number;
  readonly causal: boolean;
  readonly masked: boolean;
  readonly packed: boolean;
}

/** Value and gradients, all numbers in a row. */
async function numbers(device: Device, s: Shape): Promise<number[]> {
  const d = s.heads * s.width, m = s.packed ? s.n : s.n + s.extra, keyHeads = s.packed ? s.heads : s.heads / s.repeat;
  const draws = randomIndices(s.b * s.heads * s.n * m, 4, 6).map((x) => x === 0 ? 0 : 4 / 3);
  const mask: Nd = { shape: [s.b, s.heads, s.n, m], data: Float64Array.from(draws) }, dy = randomNd([s.b, s.n, d], 5);
  const settings = { heads: s.heads, causal: s.causal };
  const dropout = (x: Parameters<typeof attention>[0] | undefined) => x ? { dropout: { mask: x } } : {};
  const { value, gradients } = s.packed
    ? await runOp(
      device,
      (x, mask) => attentionPacked(x, { ...settings, ...dropout(mask) }),
      [randomNd([s.b, s.n, 3 * d], 1), ...s.masked ? [mask] : []],
      dy,
    )
    : await runOp(
      device,
      (q, k, v, mask) => attention(q, k, v, { ...settings, keyHeads, ...dropout(mask) }),
      [
        randomNd([s.b, s.n, d], 2),
        randomNd([s.b, m, keyHeads * s.width], 3),
        randomNd([s.b, m, keyHeads * s.width], 4),
        ...s.masked ? [mask] : [],
      ],
      dy,
    );
  return [value, ...gradients].flatMap((x) => [...x.data]);
}

Deno.test("attention_cpu stays inside of its buffers for any shape, and gives the same bits unchecked and on two threads", async () => {
  // A strict device stops at an index out of range; only the page that is trusted may run unchecked.
  using strict = await openCpuDevice({ threads: 1, strict: true });
  using one = await openCpuDevice({ threads: 1, unchecked: isTrusted });
  using two = await openCpuDevice({ threads: 2, unchecked: isTrusted });
  const shape = fc.record({
    b: fc.integer({ min: 1, max: 3 }),
    n: fc.integer({ min: 3, max: 11 }),
    extra: fc.integer({ min: 0, max: 6 }),
    heads: fc.constantFrom(2, 4),
    repeat: fc.constantFrom(1, 2),
    width: fc.constantFrom(1, 3, 4, 8),
    causal: fc.boolean(),
    masked: fc.boolean(),
    packed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async (s) => {
      const expected = await numbers(strict, s);
      assert.ok(expected.every(Number.isFinite));
      for (const device of [one, two]) assert.deepEqual(await numbers(device, s), expected, device.name);
    }),
    { seed: 11, numRuns: 25 },
  );
});
