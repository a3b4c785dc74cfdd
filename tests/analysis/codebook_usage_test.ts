import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CodebookUsage,
  codeUsage,
  countUsed,
  entropyHeatmap,
  extractRules,
  mostUsedCodes,
  transitionGraph,
  usageFrames,
} from "../../lib/analysis/mod.ts";
import { ANALYSIS_MODES, countTransitions } from "../../lib/analysis/mod.ts";
import { arbitrarySequences, CASES } from "./arbitrary_sequences.ts";
import { goldenSequences } from "./golden.ts";

/** Two frames of 4×4 pixels with 2×2 tokens; pixel value = 100·frame + 10·row + column. */
const frames = Float32Array.from({ length: 32 }, (_, i) => 100 * (i >> 4) + 10 * ((i >> 2) & 3) + (i & 3));

Deno.test("CodebookUsage: usage, mean and variance of patches by hand", () => {
  const gallery = new CodebookUsage({ codeCount: 3, imageSide: 4, gridSide: 2 });
  gallery.add(frames, [0, 1, 1, 1, 0, 1, 1, 1]);
  const { usage, used, patchSide, samples, mean, variance } = gallery.result();
  assert.deepEqual([...usage], [2, 6, 0]);
  assert.deepEqual([used, patchSide, [...samples]], [2, 2, [2, 6, 0]]);
  assert.deepEqual([...mean.subarray(0, 4)], [50, 51, 60, 61]);
  assert.deepEqual([...variance.subarray(0, 4)], [2500, 2500, 2500, 2500]);
  // Code 1, top left pixel: tokens at (0,2), (2,0), (2,2) of both frames: 2, 20, 22, 102, 120, 122.
  const values = [2, 20, 22, 102, 120, 122];
  const expected = values.reduce((a, b) => a + b) / 6;
  assert.ok(Math.abs(mean[4] - expected) < 1e-9);
  assert.ok(Math.abs(variance[4] - values.reduce((s, v) => s + (v - expected) ** 2, 0) / 6) < 1e-9);
  assert.deepEqual([...mean.subarray(8), ...variance.subarray(8)], new Array(8).fill(0));
});

Deno.test("CodebookUsage: only the first patches of a code enter its mean, all count as usage", () => {
  const gallery = new CodebookUsage({ codeCount: 2, imageSide: 4, gridSide: 2, samplesPerCode: 1 });
  gallery.add(frames.subarray(0, 16), [0, 0, 0, 0]);
  gallery.add(frames.subarray(16), [0, 0, 1, 1]);
  const { usage, samples, mean, variance } = gallery.result();
  assert.deepEqual([[...usage], [...samples]], [[6, 2], [1, 1]]);
  assert.deepEqual([...mean], [0, 1, 10, 11, 120, 121, 130, 131]);
  assert.ok(variance.every((v) => v === 0));
});

Deno.test("CodebookUsage: colour frames keep their channels apart", () => {
  const gallery = new CodebookUsage({ codeCount: 1, imageSide: 2, gridSide: 1, channels: 3 });
  const pixels = Float32Array.from({ length: 12 }, (_, i) => i);
  gallery.add(pixels, [0]);
  assert.deepEqual([...gallery.result().mean], [...pixels]);
});

Deno.test("CodebookUsage: frames one by one give exactly what all at once give (property)", () => {
  const codes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 12 });
  const pixels = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 48, maxLength: 48 });
  fc.assert(
    fc.property(codes, pixels, (c, p) => {
      const options = { codeCount: 4, imageSide: 4, gridSide: 2, samplesPerCode: 3 };
      const whole = new CodebookUsage(options);
      whole.add(p, c);
      const single = new CodebookUsage(options);
      for (let f = 0; f < 3; f++) single.add(p.slice(16 * f, 16 * f + 16), c.slice(4 * f, 4 * f + 4));
      assert.deepEqual(single.result(), whole.result());
    }),
    CASES,
  );
});

Deno.test("CodebookUsage refuses what does not fit", () => {
  assert.throws(() => new CodebookUsage({ codeCount: 1, imageSide: 10, gridSide: 4 }), /divides the picture side 10/);
  const gallery = new CodebookUsage({ codeCount: 2, imageSide: 4, gridSide: 2 });
  assert.throws(() => gallery.add(frames.subarray(0, 15), [0, 0, 0, 0]), /expected 16 elements of frames/);
  assert.throws(() => gallery.add(frames.subarray(0, 8), [0, 0]), /expected 4 elements of codes/);
  assert.throws(() => gallery.add(frames, [0, 0, 0, 0, 0, 0, 2, 0]), /found 2 at frame 1, token 2/);
  assert.equal(gallery.result().used, 0);
});

Deno.test("usageFrames and codeUsage: first frames (D10) or all true frames", () => {
  const lengths = new Uint8Array([2, 1]);
  assert.deepEqual([...usageFrames(2, 3, lengths, "first")], [0, 4]);
  assert.deepEqual([...usageFrames(2, 3, lengths, "all")], [0, 1, 2, 4, 5]);
  assert.deepEqual([...usageFrames(1, 2, undefined, "all")], [0, 1, 2]);
  assert.equal(codeUsage(goldenSequences, "first").reduce((a, b) => a + b), 6 * 9);
  assert.equal(codeUsage(goldenSequences).reduce((a, b) => a + b), 6 * 8 * 9);
});

Deno.test("codeUsage counts exactly the frames that usageFrames names (property)", () => {
  fc.assert(
    fc.property(arbitrarySequences(true), fc.constantFrom("first" as const, "all" as const), (s, which) => {
      const expected = new Float64Array(s.codeCount);
      for (const frame of usageFrames(s.count, s.steps, s.lengths, which)) {
        for (let p = 0; p < s.positions; p++) expected[s.codes[frame * s.positions + p]]++;
      }
      assert.deepEqual(codeUsage(s, which), expected);
    }),
    CASES,
  );
});

Deno.test("mostUsedCodes: unused codes are left out, ties go to the lower code", () => {
  assert.deepEqual(mostUsedCodes([3, 0, 5, 3, 9], 4), [4, 2, 0, 3]);
  assert.deepEqual(mostUsedCodes([0, 1], 4), [1]);
  assert.equal(countUsed([3, 0, 5]), 2);
});

/** One position, two actions; pair (1, 1) is never seen, pair (0, 1) once. */
const rare = {
  count: 1,
  steps: 12,
  positions: 1,
  codeCount: 3,
  actionCount: 2,
  codes: new Uint8Array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]),
  actions: new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]),
};

Deno.test("entropyHeatmap: unvisited pairs are missing when corrected, 0 bits when published (D12)", () => {
  const counts = countTransitions(rare);
  const usage = codeUsage(rare);
  const corrected = entropyHeatmap(counts, usage);
  assert.deepEqual(corrected, {
    codes: [0, 1],
    actionCount: 2,
    entropy: [[0, null], [0, null]],
    observations: [[5, 1], [6, 0]],
  });
  const published = entropyHeatmap(counts, usage, ANALYSIS_MODES.published);
  assert.equal(published.entropy[1][1], 0);
  assert.ok(Math.abs(published.entropy[0][1]!) < 1e-9);
  assert.equal(entropyHeatmap(counts, usage, ANALYSIS_MODES.corrected, 1).codes.length, 1);
  const byPosition = countTransitions(rare, { byPosition: true });
  assert.throws(() => entropyHeatmap(byPosition, usage), /keyed by \(code, action\)/);
});

Deno.test("entropyHeatmap: golden sequences visit every pair, so both modes agree and match the table", () => {
  const usage = codeUsage(goldenSequences);
  const counts = countTransitions(goldenSequences);
  const corrected = entropyHeatmap(counts, usage);
  const published = entropyHeatmap(counts, usage, ANALYSIS_MODES.published);
  for (const { code, action, entropy, count } of extractRules(goldenSequences, "published").entries) {
    const row = published.codes.indexOf(code);
    assert.equal(published.entropy[row][action], entropy);
    assert.ok(Math.abs(corrected.entropy[row][action]! - entropy) < 1e-8);
    assert.equal(corrected.observations[row][action], count);
  }
});

Deno.test("transitionGraph: nodes on a circle, edges only between shown, different codes", () => {
  const table = extractRules(goldenSequences, "published");
  const usage = codeUsage(goldenSequences);
  const { nodes, edges } = transitionGraph(table, usage);
  assert.equal(nodes.length, 8);
  assert.ok(nodes.every((n, i) => i === 0 || n.usage <= nodes[i - 1].usage));
  assert.deepEqual([nodes[0].x, nodes[0].y, nodes[0].area], [1, 0, 100 + nodes[0].usage / 10]);
  assert.ok(Math.abs(nodes[2].angle - Math.PI / 2) < 1e-12);
  const expected = table.entries.filter((e) => e.count >= 10 && e.code !== e.next);
  assert.deepEqual(
    edges.map(({ from, action, to, kind }) => [from, action, to, kind]),
    expected.map((e) => [e.code, e.action, e.next, e.rule ? "rule" : "chance"]),
  );
  const few = transitionGraph(table, usage, { nodeLimit: 2 });
  const shown = few.nodes.map((node) => node.code);
  assert.ok(few.edges.every((edge) => shown.includes(edge.from) && shown.includes(edge.to)));
  const byPosition = extractRules(goldenSequences, "corrected", true);
  assert.throws(() => transitionGraph(byPosition, usage), /keyed by \(code, action\)/);
});
