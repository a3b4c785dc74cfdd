/** Scores of confusion matrices: known values, and what holds for all. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  agreement,
  bestAssignment,
  confusion,
  expectedInformation,
  permutationBand,
  separability,
} from "../../lib/analysis/mod.ts";
import { Stream } from "../../lib/random.ts";

const near = (ours: number | null, expected: number, what = "") =>
  assert.ok(Math.abs(ours! - expected) < 1e-12, `${what}: ${ours} instead of ${expected}`);

const tables = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 })).chain(([labels, codes]) =>
  fc.array(fc.nat(30), { minLength: labels * codes, maxLength: labels * codes })
    .filter((table) => table.some((count) => count > 0))
    .map((table) => ({ table, labels, codes }))
);

Deno.test("agreement: full, none, and half", () => {
  const full = agreement([7, 0, 0, 3], 2, 2);
  for (
    const score of [
      full.nmi,
      full.nmiGeometric,
      full.ami,
      full.ari,
      full.purity,
      full.inversePurity,
      full.matchedAccuracy,
    ]
  ) {
    near(score, 1);
  }
  const none = agreement([4, 4, 4, 4], 2, 2);
  for (const score of [none.information, none.nmi, none.nmiGeometric]) near(score, 0);
  assert.ok(none.ami! < 0 && none.ari! < 0, "below chance, since chance is above 0");
  near(none.purity, 0.5);
  // Two labels, four codes, each label split in two: I = ln 2, H(A) = ln 2, H(K) = ln 4.
  const split = agreement([5, 5, 0, 0, 0, 0, 5, 5], 2, 4);
  near(split.nmi, 2 / 3);
  near(split.purity, 1);
  near(split.inversePurity, 0.5);
});

Deno.test("agreement: one code for everything says nothing; constant labels and codes agree", () => {
  const collapsed = agreement([5, 0, 9, 0, 2, 0], 3, 2);
  near(collapsed.nmi, 0);
  near(collapsed.ami, 0);
  near(collapsed.purity, 9 / 16);
  near(agreement([8], 1, 1).nmi, 1);
  near(agreement([8], 1, 1).ami, 1);
});

Deno.test("agreement: bounds, and symmetry in labels and codes (property test)", () => {
  fc.assert(
    fc.property(tables, ({ table, labels, codes }) => {
      const ours = agreement(table, labels, codes);
      const turned = agreement(
        Array.from(table, (_, i) => table[(i % labels) * codes + Math.floor(i / labels)]),
        codes,
        labels,
      );
      for (const key of ["information", "nmi", "nmiGeometric", "ami", "ari", "matchedAccuracy"] as const) {
        assert.ok(Math.abs(ours[key]! - turned[key]!) < 1e-9, key);
      }
      near(ours.purity, turned.inversePurity);
      assert.ok(ours.nmi >= 0 && ours.nmi <= 1 + 1e-12);
      assert.ok(ours.information <= Math.min(ours.labelEntropy, ours.codeEntropy) + 1e-12);
      assert.ok(ours.matchedAccuracy <= Math.min(ours.purity, ours.inversePurity) + 1e-12);
      assert.ok(ours.ami! <= 1 + 1e-9 && ours.ari! <= 1 + 1e-9);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("weights that are not whole have no chance-adjusted scores", () => {
  const { nmi, ami, ari, expectedInformation } = agreement([0.5, 0.25, 0.25, 1], 2, 2);
  assert.ok(nmi > 0);
  assert.deepEqual([ami, ari, expectedInformation], [null, null, null]);
});

Deno.test("expected information is the mean over all permutations of the codes", () => {
  const labels = [0, 0, 0, 1, 1, 2], codes = [0, 1, 1, 0, 2, 2];
  const permutations = (list: number[]): number[][] =>
    list.length <= 1
      ? [list]
      : list.flatMap((one, i) => permutations(list.toSpliced(i, 1)).map((rest) => [one, ...rest]));
  const all = permutations(codes).map((own) => agreement(confusion(labels, own, 3, 3), 3, 3).information);
  near(expectedInformation([3, 2, 1], [2, 2, 2]), all.reduce((a, b) => a + b, 0) / all.length);
});

Deno.test("the best assignment is the best of all (property test)", () => {
  const every = (rows: number, free: number[]): number[][] =>
    rows === 0 ? [[]] : free.flatMap((c) => every(rows - 1, free.filter((d) => d !== c)).map((rest) => [c, ...rest]));
  fc.assert(
    fc.property(tables.filter(({ labels, codes }) => labels <= codes), ({ table, labels, codes }) => {
      const sums = every(labels, Array.from({ length: codes }, (_, i) => i))
        .map((columns) => columns.reduce((sum, column, row) => sum + table[row * codes + column], 0));
      const { columns, sum } = bestAssignment(table, labels, codes);
      assert.equal(sum, Math.max(...sums));
      assert.equal(new Set(columns).size, labels);
    }),
    { numRuns: 200, seed: 2 },
  );
  const { columns, sum } = bestAssignment([1, 9, 2, 8, 3, 7], 3, 2);
  assert.deepEqual([columns.filter((c) => c === -1).length, sum], [1, 9 + 3]);
});

Deno.test("the band of chance: few items and many codes agree by chance, and a real code stands above", () => {
  const labels = Array.from({ length: 84 }, (_, i) => i % 3), lucky = labels.map((_, i) => (i * 5 + (i >> 3)) % 8);
  const band = permutationBand({ labels, codes: lucky, labelCount: 3, codeCount: 8 }, Stream.named(0, "test"));
  assert.equal(band.permutations, 200);
  assert.ok(band.mean > 0.02 && band.mean < 0.12 && band.high > band.mean, JSON.stringify(band));
  const own = permutationBand({ labels, codes: labels, labelCount: 3, codeCount: 3 }, Stream.named(0, "test"));
  assert.ok(own.high < 0.1 && agreement(confusion(labels, labels, 3, 3), 3, 3).nmi === 1);
  const again = permutationBand({ labels, codes: lucky, labelCount: 3, codeCount: 8 }, Stream.named(0, "test"));
  assert.deepEqual(again, band);
});

Deno.test("separability: states whose successors have codes of their own", () => {
  const step = (from: number, to: number, code: number) => ({ from, to, code });
  assert.equal(separability([step(0, 1, 3), step(0, 2, 4), step(1, 0, 3)]), 1);
  assert.equal(separability([step(0, 1, 3), step(0, 2, 3), step(1, 0, 3), step(2, 0, 0)]), 2 / 3);
  assert.equal(separability([step(0, 1, 3), step(0, 1, 3), step(0, 1, 5)]), 1, "one successor under two actions");
  assert.equal(separability([]), 1);
});

Deno.test("what does not fit is named", () => {
  assert.throws(() => agreement([1, 2, 3], 2, 2), /expected 2 × 2 counts but found 3/);
  assert.throws(() => agreement([1, -2, 3, 4], 2, 2), /counts of at least 0 but found -2 at label 0, code 1/);
  assert.throws(() => agreement([0, 0], 1, 2), /at least one count but found none/);
  assert.throws(() => confusion([0, 3], [0, 0], 3, 2), /labels below 3 and codes below 2 but found 3, 0 at 1/);
  assert.throws(() => confusion([0], [0, 0], 3, 2), /as many codes and weights as labels \(1\)/);
});
