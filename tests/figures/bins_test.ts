import assert from "node:assert/strict";
import fc from "fast-check";
import { countBins } from "../../lib/figures/mod.ts";

Deno.test("countBins: numpy's rule, last edge included", () => {
  // numpy.histogram([0, 1, 2, 3, 3.5, 4], 4) → [1, 1, 1, 3]
  assert.deepEqual(countBins([0, 1, 2, 3, 3.5, 4], 4), { edges: [0, 1, 2, 3, 4], counts: [1, 1, 1, 3] });
});

Deno.test("countBins: equal values get a range one wide, no values a unit range, a given range leaves out the rest", () => {
  assert.deepEqual(countBins([2, 2], 2), { edges: [1.5, 2, 2.5], counts: [0, 2] });
  assert.deepEqual(countBins([], 2), { edges: [0, 0.5, 1], counts: [0, 0] });
  assert.deepEqual(countBins([-1, 0.5, 9], 2, 0, 1), { edges: [0, 0.5, 1], counts: [0, 1] });
});

Deno.test("countBins: wrong input is refused", () => {
  assert.throws(() => countBins([1], 0), /at least one bin but found 0/);
  assert.throws(() => countBins([1, Infinity], 3), /finite values but found Infinity at index 1/);
  assert.throws(() => countBins([1], 3, 2, 1), /rising range but found 2 to 1/);
});

Deno.test("countBins: every value is counted once, in the bin whose edges hold it", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (values, bins) => {
      const { edges, counts } = countBins(values, bins);
      const last = bins - 1;
      const expected = counts.map((_, i) =>
        values.filter((v) => v >= edges[i] && (v < edges[i + 1] || (i === last && v === edges[i + 1]))).length
      );
      assert.deepEqual(counts, expected);
      assert.equal(counts.reduce((a, b) => a + b, 0), values.length);
    }),
    { seed: 7, numRuns: 500 },
  );
});
