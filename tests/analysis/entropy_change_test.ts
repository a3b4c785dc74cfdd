import assert from "node:assert/strict";
import fc from "fast-check";
import {
  changedFlags,
  entropyChange,
  EntropyChangeAnalysis,
  entropyChangeText,
  validSteps,
} from "../../lib/analysis/mod.ts";
import { arbitrarySequences, CASES } from "./arbitrary_sequences.ts";
import { golden, goldenSequences } from "./golden.ts";

const near = (found: number | undefined, expected: number, what: string) =>
  assert.ok(
    found !== undefined && Math.abs(found - expected) <= 1e-12,
    `${what}: expected ${expected} but found ${found}`,
  );

/** H of the golden section `predicted`. */
function goldenEntropy(changed: Uint8Array): Float64Array {
  const { T, N } = golden;
  return Float64Array.from(changed, (flag, j) => {
    const [p, t, i] = [j % N, Math.floor(j / N) % T, Math.floor(j / (N * T))];
    return 0.05 + 0.3 * (1 + Math.sin(0.9 * i + 0.5 * t + 0.31 * p)) + 1.2 * flag;
  });
}

Deno.test("entropyChange: golden section `predicted`, every number", () => {
  const changed = changedFlags(goldenSequences);
  const found = entropyChange(
    { positions: golden.N, entropy: goldenEntropy(changed), changed },
    goldenSequences.codes,
    golden.K,
  );
  const expected = golden.predicted;
  near(found.all?.mean, expected.mean, "mean");
  near(found.all?.std, expected.std, "std");
  near(found.all?.max, expected.max, "max");
  near(found.changed?.mean, expected.changed_mean, "changed mean");
  near(found.changed?.median, expected.changed_median, "changed median");
  near(found.unchanged?.mean, expected.unchanged_mean, "unchanged mean");
  near(found.unchanged?.median, expected.unchanged_median, "unchanged median");
  near(found.ratio!, expected.ratio, "ratio");
  assert.equal(found.ratio!.toFixed(6), "4.708799");
  assert.equal(found.changed?.count, expected.n_changed);
  assert.equal(found.unchanged?.count, expected.n_unchanged);
  near(found.shares?.below01, expected.frac_lt_0_1, "below 0.1");
  near(found.shares?.from01to05, expected.frac_0_1_0_5, "0.1–0.5");
  near(found.shares?.from05to2, expected.frac_0_5_2, "0.5–2");
  near(found.shares?.above2, expected.frac_gt_2, "above 2");
  assert.equal(found.distinctCodes, 8);
  assert.equal(found.codeCount, 8);
});

Deno.test("entropyChange: the guards of the ratio", () => {
  const ratio = (entropy: number[], changed: number[]) => {
    const { ratio, ratioMissing } = entropyChange({ positions: 1, entropy, changed });
    return [ratio, ratioMissing];
  };
  assert.deepEqual(ratio([1, 0.5], [1, 0]), [2, null]);
  assert.deepEqual(ratio([1, 0.5], [0, 0]), [null, "no code changes"]);
  assert.deepEqual(ratio([1, 0.5], [1, 1]), [null, "every code changes"]);
  assert.deepEqual(ratio([1, 1e-7], [1, 0])[0], null);
  assert.deepEqual(ratio([], [])[0], null);
});

Deno.test("entropyChange: bands are half open, exactly 2 bits is in none", () => {
  const { shares } = entropyChange({
    positions: 1,
    entropy: [0, 0.1, 0.5, 2, 2.5],
    changed: new Uint8Array(5),
  });
  assert.deepEqual(shares, { below01: 0.2, from01to05: 0.2, from05to2: 0.2, above2: 0.2 });
});

Deno.test("entropyChange: empty data gives nulls and a readable text", () => {
  const empty = entropyChange({ positions: 3, entropy: [], changed: [] });
  assert.deepEqual([empty.all, empty.changedShare, empty.shares, empty.ratio], [null, null, null, null]);
  assert.equal(entropyChangeText(empty), "Predicted entropy: no predictions.");
});

Deno.test("entropyChange: padded steps are left out", () => {
  const chunk = { positions: 2, entropy: [1, 0.5, 9, 9], changed: [1, 0, 1, 1] };
  assert.deepEqual(
    entropyChange({ ...chunk, valid: validSteps(1, 2, new Uint8Array([1])) }),
    entropyChange({ positions: 2, entropy: [1, 0.5], changed: [1, 0] }),
  );
});

Deno.test("entropyChange: batches give exactly what the whole gives (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(true), fc.nat(), (sequences, cut) => {
      const { count, steps, positions, codes, codeCount, lengths } = sequences;
      const changed = changedFlags(sequences);
      const entropy = Float32Array.from(changed, (flag, i) => flag + (i * 7919 % 101) / 50);
      const valid = validSteps(count, steps, lengths);
      const whole = entropyChange({ positions, entropy, changed, valid }, codes, codeCount);
      const at = cut % (count * steps + 1);
      const parts = new EntropyChangeAnalysis(codeCount);
      for (const [from, to] of [[0, at], [at, count * steps]]) {
        parts.add({
          positions,
          entropy: entropy.subarray(from * positions, to * positions),
          changed: changed.subarray(from * positions, to * positions),
          valid: valid.subarray(from, to),
        });
      }
      parts.addCodes(codes);
      assert.deepEqual(parts.result(), whole);
      assert.equal(whole.all?.count ?? 0, valid.reduce((a, b) => a + b, 0) * positions);
    }),
    CASES,
  );
});

Deno.test("entropyChange refuses NaN, wrong sizes and codes out of range", () => {
  assert.throws(
    () => entropyChange({ positions: 2, entropy: [0, 0, 0, NaN], changed: [0, 0, 0, 0] }),
    /NaN at step 1, position 1/,
  );
  assert.throws(() => entropyChange({ positions: 1, entropy: [0, 0], changed: [0] }), /expected 2 elements of changed/);
  assert.throws(() => entropyChange({ positions: 1, entropy: [0], changed: [0], valid: [1, 1] }), /elements of valid/);
  assert.throws(() => new EntropyChangeAnalysis(3).addCodes([0, 3]), /codes in 0…2 but found 3 at element 1/);
});

Deno.test("entropyChangeText prints all that the original prints", () => {
  const text = entropyChangeText(
    entropyChange({ positions: 1, entropy: [1.5, 0.5, 0.05], changed: [1, 0, 0] }, [0, 1, 3, 3], 8),
  );
  assert.equal(
    text,
    "Predicted entropy (bits): mean 0.683, std 0.606, max 1.500\n" +
      "  code changes: n 1, mean 1.500, median 1.500\n" +
      "  code stays: n 2, mean 0.275, median 0.275\n" +
      "  changed/unchanged: 5.45×\n" +
      "  H < 0.1: 33.3 %, 0.1–0.5: 0.0 %, 0.5–2: 66.7 %, > 2: 0.0 %\n" +
      "  codes in the data: 3/8",
  );
});
