import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ANALYSIS_MODES,
  type CodeSequences,
  countTransitions,
  extractRules,
  mostFrequent,
  rulesText,
  ruleTable,
  TransitionCounts,
} from "../../lib/analysis/mod.ts";
import { arbitrarySequences, CASES, slice } from "./arbitrary_sequences.ts";
import { golden, goldenSequences } from "./golden.ts";

const near = (found: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected} but found ${found}`);

Deno.test("countTransitions: golden counts", () => {
  const found = countTransitions(goldenSequences).contexts().flatMap(({ code, action, next, counts }) =>
    next.map((successor, i) => [code, action, successor, counts[i]])
  );
  assert.deepEqual(found, golden.counts_nonzero);
});

Deno.test("extractRules: golden table, statistics and histogram", () => {
  const table = extractRules(goldenSequences, "published");
  assert.equal(table.entries.length, golden.rules.length);
  golden.rules.forEach((expected, i) => {
    const { entropy, ...entry } = table.entries[i];
    assert.deepEqual(entry, {
      position: null,
      code: expected.frm,
      action: expected.action,
      next: expected.to,
      count: expected.count,
      rule: expected.rule,
    });
    near(entropy, expected.H, 1e-14);
  });
  assert.equal(table.rules, 16);
  assert.equal(table.chance, 8);
  near(table.ruleShare!, 2 / 3);
  const { mean, std, min, max } = table.entropy!;
  near(mean, golden.entropy_stats.mean);
  near(std, golden.entropy_stats.std);
  near(min, golden.entropy_stats.min, 1e-20);
  near(max, golden.entropy_stats.max);
  assert.deepEqual([...table.histogram!.counts], golden.hist50);
  near(table.histogram!.edges[0], golden.hist_first_edge, 1e-20);
  near(table.histogram!.edges[50], golden.hist_last_edge);
});

Deno.test("extractRules: the corrected mode finds the same rules in data without padding", () => {
  const published = extractRules(goldenSequences, "published");
  const corrected = extractRules(goldenSequences, "corrected");
  assert.deepEqual(corrected.entries.map((e) => e.rule), published.entries.map((e) => e.rule));
  assert.equal(corrected.entropy!.min, 0);
});

/** Two trajectories of 3 steps, one position, one action; the second has one true step and two padded ones. */
const padded: CodeSequences = {
  count: 2,
  steps: 3,
  positions: 1,
  codeCount: 2,
  actionCount: 1,
  codes: new Uint8Array([0, 1, 0, 1, 0, 1, 1, 1]),
  actions: new Uint8Array(6),
  lengths: new Uint8Array([3, 1]),
};

Deno.test("countTransitions: published counts padding (D11), corrected does not", () => {
  const of = (maskPadding: boolean) =>
    countTransitions(padded, { maskPadding }).contexts().map(({ code, next, counts }) => [code, next, counts]);
  assert.deepEqual(of(false), [[0, [1], [3]], [1, [0, 1], [1, 2]]]);
  assert.deepEqual(of(true), [[0, [1], [3]], [1, [0], [1]]]);
});

Deno.test("ruleTable: pairs seen too rarely are no entries; an empty table has null statistics (D12, D20)", () => {
  const table = extractRules(padded, "corrected");
  assert.deepEqual([table.entries, table.rules, table.chance], [[], 0, 0]);
  assert.deepEqual([table.ruleShare, table.entropy, table.histogram, table.pairsSeen], [null, null, null, 2]);
  assert.match(rulesText(table, { game: "2048" }), /0 of 2 seen\nNothing was seen 5 times/);
  const loose = ruleTable(countTransitions(padded), { ...ANALYSIS_MODES.corrected, minCount: 1 });
  assert.deepEqual([loose.rules, loose.chance], [2, 0]);
});

Deno.test("ruleTable by position: certain at each place, uncertain when places are pooled (D13)", () => {
  const steps = 10; // position 0 alternates 0 1 0 1 …, position 1 stays 0
  const codes = Uint8Array.from({ length: (steps + 1) * 2 }, (_, i) => i % 2 === 0 ? (i / 2) % 2 : 0);
  const sequences = {
    count: 1,
    steps,
    positions: 2,
    codeCount: 2,
    actionCount: 1,
    codes,
    actions: new Uint8Array(steps),
  };
  const pooled = extractRules(sequences, "corrected");
  assert.deepEqual(pooled.entries.map(({ code, count, rule }) => [code, count, rule]), [[0, 15, false], [1, 5, true]]);
  const placed = extractRules(sequences, "corrected", true);
  assert.deepEqual(
    placed.entries.map(({ position, code, next, count, rule }) => [position, code, next, count, rule]),
    [[0, 0, 1, 5, true], [0, 1, 0, 5, true], [1, 0, 0, 10, true]],
  );
  assert.match(rulesText(placed, { game: "test" }), /keyed by \(position, code, action\)/);
  assert.match(
    rulesText(placed, { game: "test" }),
    /RULE {2}position 1 {2}code 0 {2}action 0 {2}→ code 0 {2}n 10 {2}H 0\.000/,
  );
});

Deno.test("TransitionCounts stops at the limit of trajectories", () => {
  const counts = new TransitionCounts({ codeCount: 2, actionCount: 1, maskPadding: false, maxTrajectories: 1 });
  counts.add(padded);
  counts.add(padded);
  assert.equal(counts.trajectories, 1);
  assert.equal(counts.contexts().reduce((sum, context) => sum + context.total, 0), 3);
});

Deno.test("TransitionCounts holds a huge key space sparsely", () => {
  const [codeCount, actionCount, positions] = [65536, 4096, 16];
  const codes = Uint16Array.from({ length: 2 * positions }, (_, i) => 65535 - i);
  const sequences = { count: 1, steps: 1, positions, codeCount, actionCount, codes, actions: new Uint16Array([4095]) };
  const contexts = countTransitions(sequences, { byPosition: true }).contexts();
  assert.equal(contexts.length, positions);
  assert.deepEqual(contexts[15], { position: 15, code: 65520, action: 4095, total: 1, next: [65504], counts: [1] });
  assert.throws(() => new TransitionCounts({ codeCount: 2 ** 27, actionCount: 1 }), /2\^53 possible transitions/);
});

Deno.test("TransitionCounts refuses what does not fit and counts nothing of it", () => {
  const counts = new TransitionCounts({ codeCount: 2, actionCount: 1 });
  assert.throws(() => counts.add({ ...padded, codeCount: 3 }), /expected 2 codes.*found 3/);
  assert.throws(
    () => counts.add({ ...padded, codes: new Uint8Array([0, 1, 0, 1, 0, 1, 2, 1]) }),
    /codes in 0…1 but found 2 at trajectory 1, frame 2, position 0/,
  );
  assert.throws(
    () => counts.add({ ...padded, actions: new Uint8Array([0, 0, 0, 0, 7, 0]) }),
    /actions in 0…0 but found 7 at trajectory 1, step 1/,
  );
  assert.throws(() => counts.add({ ...padded, lengths: new Uint8Array([3, 4]) }), /lengths in 0…3 but found 4/);
  assert.throws(() => counts.add({ ...padded, codes: new Uint8Array(7) }), /expected 8 elements of codes/);
  assert.deepEqual(counts.contexts(), []);
  assert.equal(counts.trajectories, 0);
});

Deno.test("counts added in batches equal counts of the whole, by position or pooled (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(true), fc.nat(), fc.boolean(), fc.boolean(), (all, cut, byPosition, maskPadding) => {
      const whole = countTransitions(all, { byPosition, maskPadding }).contexts();
      const { codeCount, actionCount, count } = all;
      const positions = byPosition ? all.positions : undefined;
      const parts = new TransitionCounts({ codeCount, actionCount, positions, maskPadding });
      parts.add(slice(all, 0, cut % (count + 1)));
      parts.add(slice(all, cut % (count + 1), count));
      assert.deepEqual(parts.contexts(), whole);
      const total = whole.reduce((sum, context) => sum + context.total, 0);
      const steps = maskPadding ? Array.from(all.lengths!).reduce((a, b) => a + b, 0) : count * all.steps;
      assert.equal(total, steps * all.positions);
    }),
    CASES,
  );
});

Deno.test("without padding both modes agree on counts and kinds (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(false), (sequences) => {
      const published = extractRules(sequences, "published");
      const corrected = extractRules(sequences, "corrected");
      assert.deepEqual(
        corrected.entries.map(({ entropy: _, ...entry }) => entry),
        published.entries.map(({ entropy: _, ...entry }) => entry),
      );
      published.entries.forEach(({ entropy }, i) => near(entropy, corrected.entries[i].entropy, 1e-8));
    }),
    CASES,
  );
});

Deno.test("relabelling the codes changes no statistic of the table (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(true), fc.nat(), (sequences, shift) => {
      const { codeCount } = sequences;
      const relabelled = { ...sequences, codes: sequences.codes.map((code) => (code + shift) % codeCount) };
      const before = extractRules(sequences, "corrected");
      const after = extractRules(relabelled, "corrected");
      assert.deepEqual([after.rules, after.chance], [before.rules, before.chance]);
      const sorted = (table: typeof before) => table.entries.map((e) => e.entropy).sort((a, b) => a - b);
      sorted(after).forEach((entropy, i) => near(entropy, sorted(before)[i]));
    }),
    CASES,
  );
});

Deno.test("mostFrequent sorts by count and keeps the table's order among equals", () => {
  const table = extractRules(goldenSequences, "published");
  const rules = mostFrequent(table, "rule", 5);
  assert.deepEqual(rules.map((r) => [r.code, r.action, r.count]), [[5, 0, 27], [1, 0, 22], [3, 0, 21], [7, 0, 21], [
    3,
    1,
    20,
  ]]);
  assert.ok(mostFrequent(table, "chance", 100).every((entry) => !entry.rule));
  assert.equal(mostFrequent(table, "chance", 100).length, 8);
});

Deno.test("rulesText: the golden table in print", () => {
  const text = rulesText(extractRules(goldenSequences, "published"), {
    game: "golden",
    rules: 2,
    chance: 1,
    actionName: (action) => ["left", "up", "right"][action],
  });
  assert.equal(
    text,
    `Rule table: golden
Entries, keyed by (code, action), with at least 5 observations: 24 of 24 seen
Rules  (H < 0.1 bit): 16 (66.7 %)
Chance (H ≥ 0.1 bit): 8 (33.3 %)
H (bits): mean 0.287, std 0.415, min 0.000, max 1.000

Most frequent rules (2):
  RULE  code 5  action left  → code 5  n 27  H 0.000
  RULE  code 1  action left  → code 1  n 22  H 0.000

Most frequent chance entries (1):
  CHANCE  code 3  action right  → code 6  n 19  H 0.998
`,
  );
});
