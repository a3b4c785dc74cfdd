import assert from "node:assert/strict";
import fc from "fast-check";
import { logTicks, tickCount } from "../../lib/figures/charts/axes.ts";

Deno.test("logTicks: 1, 2, 5 over few decades, powers of ten over more, every second or third one over many", () => {
  assert.deepEqual(logTicks(0.8, 2.2), [0.5, 1, 2, 5]);
  assert.deepEqual(logTicks(0.004, 3), [0.001, 0.01, 0.1, 1, 10]);
  assert.deepEqual(logTicks(1, 1e9), [1, 100, 1e4, 1e6, 1e8, 1e10]);
  assert.deepEqual(logTicks(5, 5), [5, 10]);
});

Deno.test("logTicks: the marks rise, hold the data, and are neither too few nor too many", () => {
  const exponent = fc.double({ min: -30, max: 30, noNaN: true });
  fc.assert(
    fc.property(exponent, fc.double({ min: 0, max: 40, noNaN: true }), (from, decades) => {
      const low = 10 ** from, high = 10 ** (from + decades), ticks = logTicks(low, high);
      assert.ok(ticks.length >= 2 && ticks.length <= 9, `${ticks}`);
      assert.ok(ticks[0] <= low && ticks.at(-1)! >= high, `${low} … ${high}: ${ticks}`);
      for (let i = 1; i < ticks.length; i++) assert.ok(ticks[i] > ticks[i - 1]);
    }),
    { seed: 5, numRuns: 2000 },
  );
});

Deno.test("tickCount: more labels on longer axes", () => {
  assert.deepEqual([20, 130, 240, 900].map(tickCount), [2, 3, 6, 6]);
});
