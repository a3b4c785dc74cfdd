import assert from "node:assert/strict";
import fc from "fast-check";
import {
  changedFlags,
  coarseCodebookSweep,
  countTransitions,
  entropyChange,
  entropyOfCounts,
  validSteps,
} from "../../lib/analysis/mod.ts";
import { codeAgreement } from "../../lib/analysis/mod.ts";
import { arbitrarySequences, CASES } from "./arbitrary_sequences.ts";

Deno.test("coarseCodebookSweep: a case by hand", () => {
  // Transitions 0→1, 1→0, 0→2, 2→0, 0→0 under one action.
  const sequences = {
    count: 1,
    steps: 5,
    positions: 1,
    codeCount: 3,
    actionCount: 1,
    codes: new Uint8Array([0, 1, 0, 2, 0, 0]),
    actions: new Uint8Array(5),
  };
  const [exact, two, all] = coarseCodebookSweep(sequences, [0, 1, 2]);
  const third = Math.log2(3); // after 0: 1, 2 and 0, once each
  assert.equal(exact.classes, 3);
  assert.equal(exact.changedShare, 0.8);
  assert.ok(Math.abs(exact.meanChanged! - third / 2) < 1e-12); // two of the four changes leave code 0
  assert.ok(Math.abs(exact.ratio! - 0.5) < 1e-12);
  // {0,1} one class: 0→0 three times, 0→2 once, 2→0 once.
  assert.deepEqual([two.classes, two.changedShare], [2, 0.4]);
  assert.ok(Math.abs(two.meanUnchanged! - entropyOfCounts([3, 1])) < 1e-12);
  assert.deepEqual([all.classes, all.changedShare, all.meanChanged, all.meanUnchanged, all.ratio], [
    1,
    0,
    null,
    0,
    null,
  ]);
  assert.deepEqual(
    coarseCodebookSweep({ ...sequences, count: 0, codes: new Uint8Array(), actions: new Uint8Array() }, [0]),
    [
      { mergedUpTo: 0, classes: 0, changedShare: null, meanChanged: null, meanUnchanged: null, ratio: null },
    ],
  );
});

Deno.test("coarseCodebookSweep equals entropyChange of the merged sequences (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(true), fc.nat(4), (sequences, mergedUpTo) => {
      const merged = { ...sequences, codes: sequences.codes.map((code) => code <= mergedUpTo ? 0 : code) };
      const { count, steps, positions, codes, actions, lengths } = merged;
      const bits = new Map(
        countTransitions(merged).contexts().map((
          { code, action, counts },
        ) => [`${code},${action}`, entropyOfCounts(counts)]),
      );
      const entropy = Float64Array.from({ length: count * steps * positions }, (_, j) => {
        const [step, p] = [Math.floor(j / positions), j % positions];
        const frame = step + Math.floor(step / steps);
        return bits.get(`${codes[frame * positions + p]},${actions[step]}`) ?? 0;
      });
      const expected = entropyChange({
        positions,
        entropy,
        changed: changedFlags(merged),
        valid: validSteps(count, steps, lengths),
      });
      const [found] = coarseCodebookSweep(sequences, [mergedUpTo]);
      const near = (a: number | null, b: number | null | undefined) =>
        assert.ok(a === null ? b === null || b === undefined : Math.abs(a - b!) < 1e-9, `expected ${b} but found ${a}`);
      near(found.changedShare, expected.changedShare);
      near(found.meanChanged, expected.changed?.mean);
      near(found.meanUnchanged, expected.unchanged?.mean);
      near(found.ratio, expected.ratio);
    }),
    CASES,
  );
});

Deno.test("codeAgreement: purity, completeness, confusion and names by hand", () => {
  const found = codeAgreement([0, 0, 0, 1, 1, 3], [2, 2, 0, 0, 0, 2], 4, 3);
  assert.deepEqual([...found.confusion], [1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.equal(found.purity, 5 / 6);
  assert.equal(found.completeness, 4 / 6);
  assert.deepEqual([...found.labelOfCode], [2, 0, -1, 2]);
  assert.deepEqual([...found.codeOfLabel], [1, -1, 0]);
  assert.equal(found.codesUsed, 3);
  assert.deepEqual([codeAgreement([], [], 2, 2).purity, codeAgreement([], [], 2, 2).completeness], [null, null]);
  assert.throws(() => codeAgreement([0], [3], 1, 3), /found code 0, label 3 at element 0/);
  assert.throws(() => codeAgreement([0], [], 1, 1), /expected 1 elements of labels/);
});

Deno.test("codeAgreement: relabelled codes keep purity 1; purity is at least the share of the largest label (property)", () => {
  const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(labels, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }), (list, other) => {
      const renamed = codeAgreement(list.map((l) => (3 * l + 1) % 5), list, 5, 5);
      assert.deepEqual([renamed.purity, renamed.completeness], [1, 1]);
      const random = codeAgreement(other.slice(0, list.length), list, 4, 5);
      const largest = Math.max(...[0, 1, 2, 3, 4].map((l) => list.filter((x) => x === l).length));
      assert.ok(random.purity! >= largest / list.length - 1e-12 && random.purity! <= 1);
    }),
    CASES,
  );
});
