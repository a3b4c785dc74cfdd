import assert from "node:assert/strict";
import type { Analysis } from "../../../lib/experiments/rules_and_chance/analyse.ts";
import {
  actionName,
  analysisFigures,
  codebookFigure,
  contentName,
  entropyComparisonFigure,
  entropyHeatmapFigure,
  exampleFramesFigure,
  modeComparisonFigure,
  trainingFigure,
  transitionGraphFigure,
} from "../../../lib/experiments/rules_and_chance/figures/mod.ts";
import { type Figure, renderSvg } from "../../../lib/figures/mod.ts";
import { numbersIn, storedForm } from "../figure_form.ts";
import { exactSettings, syntheticAnalysis, syntheticGames, syntheticMetrics, syntheticSteps } from "./synthetic.ts";

/** All figures of one model. */
function figuresOf(game: "2048" | "othello", kind: "perfect" | "collapsed" = "perfect", mode?: "published"): Figure[] {
  const analysis = syntheticAnalysis(game, kind, mode), { games } = syntheticGames(exactSettings(game), "perfect");
  return [
    exampleFramesFigure(game, games),
    ...analysisFigures(analysis, { metrics: syntheticMetrics(), examples: syntheticSteps(game) }),
  ];
}

for (const game of ["2048", "othello"] as const) {
  Deno.test(`figures of ${game} as stored`, async (t) => {
    for (const figure of figuresOf(game)) await t.assertSnapshot(storedForm(figure));
  });
}

Deno.test("figures have the names of spec 1 §7.5", () => {
  const expected = [
    "codebook",
    "entropy_heatmap",
    "entropy_dist",
    "transition_graph",
    "predicted_entropy",
    "training",
    "reconstruction",
  ];
  for (const game of ["2048", "othello"] as const) {
    const names = figuresOf(game).map((figure) => figure.name);
    for (const kind of expected) assert.ok(names.includes(`${game}_${kind}`), `${game}_${kind} among ${names}`);
    assert.equal(new Set(names).size, names.length);
  }
  const both = [syntheticAnalysis("2048", "perfect"), syntheticAnalysis("othello", "perfect")];
  assert.equal(entropyComparisonFigure(both).name, "entropy_comparison");
});

Deno.test("every figure draws, also of a collapsed model and of published ones, without a number that is none", async () => {
  const both = [syntheticAnalysis("2048", "perfect"), syntheticAnalysis("othello", "perfect")];
  const figures = [
    ...figuresOf("2048"),
    ...figuresOf("othello", "collapsed"),
    ...figuresOf("2048", "collapsed", "published"),
    entropyComparisonFigure(both),
    modeComparisonFigure([syntheticAnalysis("2048", "collapsed", "published"), both[0]]),
    modeComparisonFigure([syntheticAnalysis("othello", "uniform", "published"), both[1]]),
  ];
  for (const figure of figures) {
    assert.ok(numbersIn(figure.spec).every(Number.isFinite), figure.name);
    assert.ok(!/NaN|undefined|null|Infinity/.test(figure.alt), figure.alt);
    const svg = await renderSvg(figure.spec);
    assert.match(svg, /^<svg/);
    assert.ok(!/NaN|undefined/.test(svg), figure.name);
  }
});

Deno.test("a rule table without entries draws too", async () => {
  const analysis = syntheticAnalysis("othello", "perfect"), { pooled, byPosition } = analysis.rules;
  const empty: Analysis = {
    ...analysis,
    rules: { pooled: { ...pooled, entries: [], rules: 0, chance: 0, ruleShare: null, entropy: null }, byPosition },
    graph: { ...analysis.graph, edges: [] },
  };
  for (const figure of [...analysisFigures(empty), transitionGraphFigure(empty)]) await renderSvg(figure.spec);
});

Deno.test("the gallery shows at most 64 codes and says of how many", () => {
  const analysis = syntheticAnalysis("othello", "perfect"), [first] = analysis.gallery.codes;
  assert.match(codebookFigure(analysis).alt, new RegExp(`${analysis.codesUsed} of 81 codes are in use`));
  const many = { ...analysis, codesUsed: 70, gallery: { ...analysis.gallery, codes: Array(64).fill(first) } };
  assert.match(JSON.stringify(codebookFigure(many).spec), /the 64 most used of 81 codes/);
});

Deno.test("pairs that were hardly ever seen are grey in corrected, rules in published (D12)", () => {
  const corrected = JSON.stringify(entropyHeatmapFigure(syntheticAnalysis("othello", "perfect")).spec);
  assert.match(corrected, /seen < 5 times/);
  const published = entropyHeatmapFigure(syntheticAnalysis("othello", "perfect", "published"));
  assert.ok(!/seen < 5 times/.test(JSON.stringify(published.spec)));
  assert.match(published.alt, /look like rules, as in the original/);
});

Deno.test("training curves: a panel per stage, evaluations when there are any", () => {
  const titles = (rows: ReturnType<typeof syntheticMetrics>) =>
    [...JSON.stringify(trainingFigure("2048", rows).spec).matchAll(/"text":"([^"]+)"/g)].map(([, text]) => text);
  assert.deepEqual(titles(syntheticMetrics().filter((row) => !("ratio" in row))), [
    "2048: training",
    "Losses, autoencoder",
    "Losses, transition",
  ]);
  assert.ok(titles(syntheticMetrics()).includes("Entropy ratios"));
});

Deno.test("names of actions and contents", () => {
  assert.deepEqual([0, 1, 2, 3].map((action) => actionName("2048", action)), ["left", "up", "right", "down"]);
  assert.deepEqual([0, 7, 19, 63].map((action) => actionName("othello", action)), ["a1", "h1", "d3", "h8"]);
  assert.deepEqual([0, 1, 11].map((tile) => contentName("2048", tile)), ["empty", "2", "2048"]);
});
