import assert from "node:assert/strict";
import fc from "fast-check";
import { Correlation, describeValues, histogramOf, medianOf, Samples } from "../../lib/analysis/mod.ts";
import { CASES } from "./arbitrary_sequences.ts";

Deno.test("describeValues: population deviation, median of an even count", () => {
  assert.deepEqual(describeValues([1, 4, 2, 5]), { count: 4, mean: 3, std: Math.sqrt(2.5), min: 1, max: 5, median: 3 });
  assert.equal(describeValues([]), null);
  assert.equal(medianOf(new Float32Array([3, 1, 2])), 2);
  assert.equal(medianOf([]), null);
});

Deno.test("histogramOf: edges, last edge included, one value, no value, given range", () => {
  const h = histogramOf([0, 0.1, 0.5, 0.99, 1], 2);
  assert.deepEqual([...h!.edges], [0, 0.5, 1]);
  assert.deepEqual([...h!.counts], [2, 3]);
  const single = histogramOf([2, 2, 2], 4)!;
  assert.deepEqual([single.edges[0], single.edges[4]], [1.5, 2.5]);
  assert.deepEqual([...single.counts], [0, 0, 3, 0]);
  assert.equal(histogramOf([], 50), null);
  assert.deepEqual([...histogramOf([], 2, [0, 1])!.counts], [0, 0]);
  assert.deepEqual([...histogramOf([-1, 0, 0.6, 7], 2, [0, 1])!.counts], [1, 1]);
  assert.throws(() => histogramOf([1], 0), /positive number of bins/);
  assert.throws(() => histogramOf([1], 3, [1, 1]), /rising range/);
});

Deno.test("histogramOf loses nothing and agrees with its edges (property)", () => {
  const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 50 }), (list, bins) => {
      const { edges, counts } = histogramOf(list, bins)!;
      assert.equal(counts.reduce((a, b) => a + b), list.length);
      for (let b = 0; b < bins; b++) {
        const inside = list.filter((x) => x >= edges[b] && (b === bins - 1 ? x <= edges[b + 1] : x < edges[b + 1]));
        // Edges that rounding makes equal (all values within a few ulps) leave it open which bin a value is in.
        if (edges[bins] - edges[0] > 1e-9) assert.equal(counts[b], inside.length);
      }
    }),
    CASES,
  );
});

Deno.test("Samples grows and keeps order", () => {
  const samples = new Samples();
  for (let i = 0; i < 5000; i++) samples.push(i / 3);
  assert.equal(samples.count, 5000);
  assert.deepEqual(samples.values(), Float64Array.from({ length: 5000 }, (_, i) => i / 3));
});

Deno.test("Correlation: exact lines, constants, a hand-computed case", () => {
  const of = (pairs: number[][]) => {
    const correlation = new Correlation();
    for (const [x, y] of pairs) correlation.push(x, y);
    return correlation.value();
  };
  assert.equal(of([[1e9, 2], [1e9 + 1, 4], [1e9 + 2, 6]]), 1);
  assert.equal(of([[0, 1], [1, 0]]), -1);
  assert.equal(of([[0, 1], [1, 1]]), null);
  assert.equal(of([[1, 1]]), null);
  // x deviations −1 0 1, y deviations −1 1 0: 1/√(2·2)
  assert.ok(Math.abs(of([[1, 1], [2, 3], [3, 2]])! - 0.5) < 1e-12);
});
