import assert from "node:assert/strict";
import fc from "fast-check";
import { entropyOfCounts, entropyOfLogits, perplexity } from "../../lib/analysis/mod.ts";
import { CASES } from "./arbitrary_sequences.ts";

const near = (found: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected} but found ${found}`);

Deno.test("entropyOfLogits: uniform, certain, two classes and extreme logits", () => {
  const [uniform, certain, huge, two] = entropyOfLogits(
    new Float64Array([3, 3, 3, 3, 900, 0, 0, 0, 1e300, 1e300, -1e300, -Infinity, Math.log(3), 0, -Infinity, -Infinity]),
    4,
  );
  near(uniform, 2);
  near(certain, 0);
  near(huge, 1);
  near(two, -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25)));
});

Deno.test("entropyOfLogits: temperature divides the logits", () => {
  const logits = [0.3, -1.2, 2.5];
  const divided = entropyOfLogits(logits.map((x) => x / 0.4), 3)[0];
  near(entropyOfLogits(logits, 3, 0.4)[0], divided);
  assert.ok(divided < entropyOfLogits(logits, 3)[0]);
});

Deno.test("entropyOfLogits keeps tiny entropies instead of rounding them to 0", () => {
  const p = Math.exp(-30);
  near(entropyOfLogits([0, -30], 2)[0] / ((p * 30 + p) / Math.LN2), 1, 1e-6);
});

Deno.test("entropyOfLogits refuses NaN, infinite rows, wrong sizes and temperatures", () => {
  for (const row of [[NaN, 0], [0, NaN], [NaN, NaN]]) {
    assert.throws(() => entropyOfLogits([0, 1, ...row], 2), /row 1 but found NaN/);
  }
  for (const row of [[Infinity, 1], [1, Infinity], [-Infinity, -Infinity]]) {
    assert.throws(() => entropyOfLogits(row, 2), RangeError);
  }
  assert.throws(() => entropyOfLogits([1, 2, 3], 2), /\[rows, 2\] but found 3/);
  assert.throws(() => entropyOfLogits([1, 2], 2, 0), /positive temperature/);
});

Deno.test("entropyOfLogits: between 0 and log2(classes), unmoved by a shift or a permutation (property)", () => {
  const logits = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(logits, fc.double({ min: -100, max: 100, noNaN: true }), (row, shift) => {
      const h = entropyOfLogits(row, row.length)[0];
      assert.ok(h >= 0 && h <= Math.log2(row.length) + 1e-12);
      near(entropyOfLogits(row.map((x) => x + shift), row.length)[0], h, 1e-9);
      near(entropyOfLogits(row.toReversed(), row.length)[0], h, 1e-12);
      // Against the plain formula.
      const weights = row.map(Math.exp);
      const sum = weights.reduce((a, b) => a + b);
      const plain = -weights.reduce((s, w) => s + (w > 0 ? w / sum * Math.log2(w / sum) : 0), 0);
      near(h, plain, 1e-9);
    }),
    CASES,
  );
});

Deno.test("entropyOfCounts: the two conventions", () => {
  assert.equal(entropyOfCounts([7]), 0);
  assert.equal(Object.is(entropyOfCounts([7]), -0), false);
  assert.equal(entropyOfCounts([7], "published"), -1.4426951601859516e-10); // as in the golden file
  assert.equal(entropyOfCounts([], "published"), 0);
  assert.equal(entropyOfCounts([0, 0], "exact"), 0);
  near(entropyOfCounts([1, 1, 2]), 1.5);
  near(entropyOfCounts([1, 0, 1, 2], "published"), 1.5, 1e-9);
});

Deno.test("entropyOfCounts: conventions differ by at most 1e-10·outcomes/ln 2; relabelling changes nothing (property)", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), (counts) => {
      const exact = entropyOfCounts(counts);
      assert.ok(exact >= 0 && exact <= Math.log2(counts.length) + 1e-12);
      near(entropyOfCounts(counts, "published"), exact, 1.01e-10 * counts.length / Math.LN2);
      near(entropyOfCounts(counts.toSorted((a, b) => a - b)), exact);
    }),
    CASES,
  );
});

Deno.test("perplexity counts evenly used codes", () => {
  near(perplexity([5, 5, 0, 5, 5]) as number, 4, 1e-8);
  near(perplexity([0, 9]) as number, 1, 1e-8);
  assert.equal(perplexity([0, 0]), null);
});
