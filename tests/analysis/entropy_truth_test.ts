import assert from "node:assert/strict";
import fc from "fast-check";
import {
  entropyTruth,
  EntropyTruthAnalysis,
  perfectPredictor,
  predictionAccuracy,
  splitByTruth,
} from "../../lib/analysis/mod.ts";
import { CASES } from "./arbitrary_sequences.ts";

const near = (found: number | null, expected: number) =>
  assert.ok(found !== null && Math.abs(found - expected) <= 1e-12, `expected ${expected} but found ${found}`);

Deno.test("entropyTruth: a case by hand, with a padded step", () => {
  const found = entropyTruth({
    positions: 3,
    entropy: [0.9, 0.05, 0.35, 0.7, 0.2, 0.2, 99, 99, 99],
    truth: [0.8, 0, 0, 1, 0, 0, 0, 5, 0],
    valid: [1, 1, 0],
  });
  assert.equal(found.chance.count, 2);
  near(found.chance.mean, 0.8);
  near(found.chance.meanTruth, 0.9);
  assert.equal(found.chance.below01, 0);
  assert.equal(found.rule.count, 4);
  near(found.rule.mean, 0.2);
  near(found.rule.below01, 0.25);
  assert.equal(found.rule.meanTruth, 0);
  near(found.chanceShare, 1 / 3);
  near(found.chanceOverRule, 4);
  near(found.all.mean, 0.4);
  near(found.all.meanTruth, 0.3);
  near(found.all.below01, 1 / 6);
  // Deviations of H: .5 −.35 −.05 .3 −.2 −.2, of the truth: .5 −.3 −.3 .7 −.3 −.3.
  const [xx, yy, xy] = [
    0.25 + 0.1225 + 0.0025 + 0.09 + 0.04 + 0.04,
    0.25 + 4 * 0.09 + 0.49,
    0.25 + 0.105 + 0.015 + 0.21 + 0.06 + 0.06,
  ];
  near(found.correlation, xy / Math.sqrt(xx * yy));
});

Deno.test("entropyTruth: games without chance and empty data have no quotient, a certain model an infinite one", () => {
  const othello = entropyTruth({ positions: 2, entropy: [0.1, 0], truth: [0, 0] });
  assert.equal(othello.chanceOverRule, null);
  assert.equal(othello.chance.mean, null);
  assert.equal(othello.correlation, null);
  near(othello.rule.mean, 0.05);
  const empty = entropyTruth({ positions: 2, entropy: [], truth: [] });
  assert.deepEqual([empty.all.mean, empty.chanceShare, empty.chanceOverRule], [null, null, null]);
  assert.equal(entropyTruth({ positions: 2, entropy: [1, 0], truth: [1, 0] }).chanceOverRule, Infinity);
  assert.equal(entropyTruth({ positions: 2, entropy: [0, 0], truth: [1, 0] }).chanceOverRule, null);
});

Deno.test("entropyTruth refuses NaN and wrong sizes", () => {
  assert.throws(() => entropyTruth({ positions: 1, entropy: [0], truth: [NaN] }), /true NaN at step 0, cell 0/);
  assert.throws(() => entropyTruth({ positions: 1, entropy: [NaN], truth: [0] }), /predicted NaN/);
  assert.throws(() => entropyTruth({ positions: 1, entropy: [0], truth: [0, 0] }), /expected 1 elements of truth/);
});

const steps = fc.array(
  fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0, 0, 0.7, 1.2), fc.boolean()),
  {
    maxLength: 40,
  },
);

Deno.test("entropyTruth: batches give exactly what the whole gives; the split agrees with the means (property)", () => {
  fc.assert(
    fc.property(steps, fc.nat(), (cells, cut) => {
      const chunk = {
        positions: 1,
        entropy: cells.map((c) => c[0]),
        truth: cells.map((c) => c[1]),
        valid: cells.map((c) => Number(c[2])),
      };
      const whole = entropyTruth(chunk);
      const at = cut % (cells.length + 1);
      const parts = new EntropyTruthAnalysis();
      for (const [from, to] of [[0, at], [at, cells.length]]) {
        parts.add({
          positions: 1,
          entropy: chunk.entropy.slice(from, to),
          truth: chunk.truth.slice(from, to),
          valid: chunk.valid.slice(from, to),
        });
      }
      assert.deepEqual(parts.result(), whole);
      const { rule, chance } = splitByTruth(chunk);
      assert.deepEqual([rule.length, chance.length], [whole.rule.count, whole.chance.count]);
      if (chance.length) near(whole.chance.mean, chance.reduce((a, b) => a + b) / chance.length);
      if (whole.correlation !== null) assert.ok(Math.abs(whole.correlation) <= 1);
    }),
    CASES,
  );
});

Deno.test("perfectPredictor: correlation 1, its ratio from true entropies and true changes", () => {
  const { change, truth } = perfectPredictor({
    positions: 4,
    truth: [1, 1, 0, 0, 9, 9, 9, 9],
    changed: [1, 0, 1, 0, 1, 1, 1, 1],
    valid: [1, 0],
  });
  near(truth.correlation, 1);
  assert.equal(truth.chanceOverRule, Infinity);
  near(change.ratio, 1);
  near(change.changedShare, 0.5);
  near(change.shares!.below01, 0.5);
});

Deno.test("perfectPredictor: a game without chance has no ratio and is certain everywhere", () => {
  const { change, truth } = perfectPredictor({ positions: 2, truth: [0, 0], changed: [1, 0] });
  assert.equal(change.ratio, null);
  assert.match(change.ratioMissing!, /not above 1e-6/);
  assert.equal(change.shares!.below01, 1);
  assert.equal(truth.correlation, null);
});

Deno.test("predictionAccuracy: accuracy, changed, unchanged and the copy baseline", () => {
  assert.deepEqual(
    predictionAccuracy({
      positions: 2,
      predicted: [1, 2, 3, 4, 9, 9],
      current: [1, 1, 1, 1, 9, 9],
      next: [1, 2, 2, 1, 9, 9],
      valid: [1, 1, 0],
    }),
    { count: 4, accuracy: 0.5, changedAccuracy: 0.5, unchangedAccuracy: 0.5, copyAccuracy: 0.5 },
  );
  const copied = predictionAccuracy({ positions: 1, predicted: [1, 1], current: [1, 1], next: [1, 2] });
  assert.deepEqual([copied.accuracy, copied.copyAccuracy, copied.changedAccuracy], [0.5, 0.5, 0]);
  assert.deepEqual(predictionAccuracy({ positions: 1, predicted: [], current: [], next: [] }), {
    count: 0,
    accuracy: null,
    changedAccuracy: null,
    unchangedAccuracy: null,
    copyAccuracy: null,
  });
  assert.throws(() => predictionAccuracy({ positions: 1, predicted: [1], current: [1], next: [] }), /elements of next/);
});
