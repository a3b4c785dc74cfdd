import assert from "node:assert/strict";
import { analyse } from "../../../lib/experiments/rules_and_chance/analyse.ts";
import { cellLabels, exactSequences } from "../../../lib/experiments/rules_and_chance/cell_labels.ts";
import { analyseEntropies } from "../../../lib/experiments/rules_and_chance/entropy_analysis.ts";
import { evaluationMetrics } from "../../../lib/experiments/rules_and_chance/evaluation.ts";
import { gridGame, record, startOthello } from "../../../lib/games/mod.ts";
import { exactSettings, syntheticAnalysis, syntheticGames, syntheticModel } from "./synthetic.ts";

/** |found − expected| ≤ slack. */
function near(found: number | null | undefined, expected: number, slack: number, what: string): void {
  assert.ok(
    typeof found === "number" && Math.abs(found - expected) <= slack,
    `${what}: expected ${expected} ± ${slack} but found ${found}`,
  );
}

Deno.test("a perfect model of 2048 shows the yardsticks of spec 1 §7.4, and equals its own yardstick", () => {
  const settings = exactSettings("2048"), test = syntheticGames(settings, "perfect", { trajectories: 500 });
  const { analysis } = analyseEntropies("2048", test.games.episodes, test.predictions, true);
  const { change, truth, accuracy, perfect } = analysis;
  near(change.ratio, 3.51, 0.35, "ratio");
  near(truth.chance.mean, 0.845, 0.04, "chance cells");
  near(change.shares?.below01, 0.8, 0.02, "below 0.1 bit");
  near(change.changedShare, 0.346, 0.03, "cells that change");
  near(truth.correlation, 1, 1e-6, "correlation");
  assert.equal(truth.rule.mean, 0);
  assert.equal(truth.chanceOverRule, null, "infinite: JSON has no such number");
  near(change.ratio, perfect.change.ratio!, 1e-6, "the model against its yardstick");
  // What is right by guessing the likeliest value is known in advance up to the luck of the drawn tiles.
  near(accuracy.accuracy, perfect.accuracy!, 0.005, "accuracy");
  assert.ok(accuracy.copyAccuracy! < 0.7);
});

Deno.test("a perfect model of Othello is sure of everything, and nothing is left to chance", () => {
  const { entropy, meaning, rules } = syntheticAnalysis("othello", "perfect");
  const { change, truth, accuracy, perfect, idleShare } = entropy.test;
  assert.deepEqual([change.all?.mean, change.shares?.below01, accuracy.accuracy, perfect.accuracy], [0, 1, 1, 1]);
  assert.deepEqual([truth.chance.count, truth.chanceOverRule, change.ratio, idleShare], [0, null, null, 0]);
  assert.equal(change.ratioMissing, "the mean entropy of codes that stay is not above 1e-6 bit");
  assert.equal(meaning.purity, 1);
  // Even exact codes do not make Othello all rules when the position is unknown (D13).
  assert.ok(rules.pooled.ruleShare! > 0.5 && rules.pooled.ruleShare! < 0.95);
  assert.ok(rules.byPosition.ruleShare! > rules.pooled.ruleShare!);
});

Deno.test("a model that knows nothing: log2 K bits everywhere, ratio 1, right where nothing changes", () => {
  const { entropy, codeCount } = syntheticAnalysis("2048", "uniform");
  const { change, truth, accuracy } = entropy.test;
  near(change.all?.mean, Math.log2(codeCount), 1e-6, "mean");
  near(change.ratio, 1, 1e-6, "ratio");
  near(truth.chanceOverRule, 1, 1e-6, "chance over rule");
  assert.equal(accuracy.accuracy, accuracy.copyAccuracy);
  assert.deepEqual([change.shares?.above2, truth.correlation], [1, null]);
});

Deno.test("published judges the training games with their padding, corrected fresh games without", () => {
  const published = syntheticAnalysis("2048", "perfect", "published"), corrected = syntheticAnalysis("2048", "perfect");
  assert.deepEqual([published.judged, corrected.judged], ["train", "test"]);
  const { train } = published.entropy;
  assert.equal(train.paddingMasked, false);
  assert.equal(train.change.all?.count, train.trajectories * train.steps * 16);
  const { test } = corrected.entropy;
  assert.equal(test.change.all?.count, test.trueSteps * 16);
  assert.equal(test.truth.all.count, test.trueSteps * 16);
  // D10: on first frames only two tiles lie on an otherwise empty board.
  assert.ok(published.codesUsed <= 3 && corrected.codesUsed >= 7);
  assert.equal(published.usage.reduce((a, b) => a + b), 60 * 16);
  assert.ok(published.heatmap.entropy.flat().every((bits) => bits !== null), "unvisited pairs count as 0 bits (D12)");
});

Deno.test("padded steps are left out by their true lengths", () => {
  const settings = exactSettings("2048"), games = syntheticGames(settings, "perfect", { trajectories: 40 });
  const { lengths } = games.games.episodes, shorter = lengths.slice();
  shorter[0] = 2;
  const cut = {
    episodes: { ...games.games.episodes, lengths: shorter },
    predictions: { ...games.predictions, lengths: shorter },
  };
  // Nonsense on the steps that no longer count must not be seen.
  cut.predictions.entropy = cut.predictions.entropy.slice().fill(9, 2 * 16, games.predictions.steps * 16);
  const { analysis } = analyseEntropies("2048", cut.episodes, cut.predictions, true);
  assert.equal(analysis.trueSteps, lengths.reduce((a, b) => a + b) - lengths[0] + 2);
  assert.ok(analysis.change.all!.max < 2);
  const unmasked = analyseEntropies("2048", cut.episodes, cut.predictions, false).analysis;
  assert.equal(unmasked.change.all!.max, 9);
  assert.ok(unmasked.truth.chance.mean! < 2, "truth never counts padding");
});

Deno.test("gallery: the patches are those of the games, every cell counted once", () => {
  const { gallery, usage, imageSide } = syntheticAnalysis("2048", "perfect"), settings = exactSettings("2048");
  const { table, pixels } = gridGame("2048").cellPatches(imageSide);
  assert.equal(gallery.patchSide, pixels);
  for (const { code, usage: uses, patch } of gallery.codes) {
    assert.equal(uses, usage[code]);
    const drawn = Array.from(
      table.subarray(code * pixels ** 2, (code + 1) * pixels ** 2),
      (grey) => Math.round(1e4 * grey) / 1e4,
    );
    assert.deepEqual(patch, drawn, `code ${code} is tile ${2 ** code}`);
  }
  const frames = record("2048", {
    trajectories: 60,
    steps: settings.data.steps,
    burnIn: settings.data.burnIn,
    seed: 0,
    stream: "train",
  }).lengths.reduce((sum, length) => sum + length + 1, 0);
  assert.equal(usage.reduce((a, b) => a + b), frames * 16);
});

Deno.test("analyses survive JSON unchanged", () => {
  for (const game of ["2048", "othello"] as const) {
    const analysis = syntheticAnalysis(game, "perfect");
    assert.deepEqual(JSON.parse(JSON.stringify(analysis)), analysis);
  }
});

Deno.test("coarse codebooks: 14 comes from merging tiles, for 2048 only", () => {
  const { coarse } = syntheticAnalysis("2048", "perfect");
  assert.equal(syntheticAnalysis("othello", "perfect").coarse, null);
  const [start, long, late] = coarse!;
  near(start.perfect, 0.73, 0.05, "perfect, 10 moves");
  near(late.perfect, 3.51, 0.35, "perfect, after 80 moves");
  near(start.rows[0].ratio, 1.22, 0.05, "exact codes");
  assert.ok(start.rows[3].ratio! > 10 && long.rows[4].ratio! > 10);
  assert.ok(start.rows[3].changedShare! < 0.003);
});

Deno.test("cell labels: tiles of 2048, blocks of 2 × 2 squares of Othello read row by row", () => {
  const episodes = {
    count: 1,
    steps: 0,
    observationShape: [8, 8],
    actions: new Uint8Array(),
    lengths: new Uint16Array(1),
  };
  const { labels, values } = cellLabels("othello", { ...episodes, observations: startOthello() });
  assert.equal(values, 81);
  // The four stones stand in the inner corners of the four middle blocks: white 2, black 1.
  assert.deepEqual([...labels], [0, 0, 0, 0, 0, 2, 3, 0, 0, 9, 54, 0, 0, 0, 0, 0]);
  assert.throws(
    () => cellLabels("2048", { ...episodes, observations: startOthello() }),
    /2048: expected boards of 16 bytes but found 64/,
  );
  const games = record("othello", { trajectories: 3, steps: 5, seed: 1 }), exact = exactSequences("othello", games);
  assert.deepEqual([exact.codes.length, exact.codeCount, exact.actionCount], [3 * 6 * 16, 81, 64]);
});

Deno.test("predictions of other games are refused", () => {
  const settings = exactSettings("2048"), a = syntheticGames(settings, "perfect", { trajectories: 20 });
  const b = syntheticGames(settings, "perfect", { trajectories: 21 });
  assert.throws(
    () => analyseEntropies("2048", a.games.episodes, b.predictions, true),
    /expected predictions for 20 trajectories of 10 steps but found 21 of 10/,
  );
  const model = syntheticModel("2048", "perfect", "corrected", 20);
  assert.throws(() => analyse({ ...model, test: { ...model.test, games: b.games } }), RangeError);
});

Deno.test("evaluation metrics: numbers only, what does not exist is left out", () => {
  const settings = exactSettings("othello"), games = syntheticGames(settings, "perfect", { trajectories: 20 });
  const metrics = evaluationMetrics(settings, games);
  assert.deepEqual(metrics, { meanEntropy: 0, accuracy: 1, changedAccuracy: 1, below01: 1 });
});
