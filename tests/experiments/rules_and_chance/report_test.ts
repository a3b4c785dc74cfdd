import assert from "node:assert/strict";
import { cardOf } from "../../../lib/experiments/rules_and_chance/claims.ts";
import {
  type ReportedModel,
  rulesTextOf,
  writeExperimentReport,
} from "../../../lib/experiments/rules_and_chance/report.ts";
import type { GameName, Mode } from "../../../lib/experiments/rules_and_chance/settings.ts";
import { HOLES } from "../figure_form.ts";
import {
  exactSettings,
  type Kind,
  syntheticAnalysis,
  syntheticGames,
  syntheticMetrics,
  syntheticSteps,
} from "./synthetic.ts";

function model(game: GameName, kind: Kind, mode: Mode): ReportedModel {
  return {
    analysis: syntheticAnalysis(game, kind, mode),
    metrics: syntheticMetrics(),
    examples: syntheticSteps(game),
    games: syntheticGames(exactSettings(game, mode), kind).games,
  };
}

async function written(
  models: readonly ReportedModel[],
  check: (
    report: { html: string; markdown: string; figures: readonly string[]; folder: string },
  ) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const run = { seed: 0, seconds: 90, peakMemoryBytes: 2 ** 30, device: "a device", versions: {}, commit: null };
    const cards = models.map(({ analysis }) => cardOf(analysis, run));
    const { html, markdown, figures } = await writeExperimentReport(folder, models, cards);
    await check({ html: await Deno.readTextFile(html), markdown: await Deno.readTextFile(markdown), figures, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a report of both games and a published one holds every figure and no hole", async () => {
  const games = ["2048", "othello"] as const;
  const models = [
    ...games.map((game) => model(game, "perfect", "corrected")),
    model("2048", "collapsed", "published"),
  ];
  await written(models, async ({ html, markdown, figures, folder }) => {
    const shown = new Set([...markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => `${folder}/${file}`));
    // Published figures that repeat what the text says stay in their folder; all others are in the report.
    for (const file of figures.filter((path) => !path.includes("/published/"))) assert.ok(shown.has(file), file);
    for (const file of shown) assert.ok(figures.includes(file), file);
    for (const file of figures) assert.ok((await Deno.stat(file)).size > 1000, file);
    assert.equal([...html.matchAll(/<img src="data:image\/png;base64,/g)].length, shown.size);
    assert.doesNotMatch(markdown, HOLES);
    assert.ok(!HOLES.test(html.replaceAll(/base64,[^"]+/g, "")));
    assert.match(markdown, /Done right, on 2048 and Othello: 8 of 8 claims hold/);
    assert.match(markdown, /As published, on 2048: 0 of 4 claims hold/);
    assert.match(markdown, /a model without codes is right for free, and its certainty is no evidence/);
    assert.match(markdown, /316 situations/);
    assert.match(markdown, /\n## What 14 times really measures\n/);
    for (const game of games) {
      const text = await Deno.readTextFile(`${folder}/figures/${game}_rules.txt`);
      assert.ok(markdown.includes(text.trimEnd()), "the rule table stands in the report as in its file");
      assert.match(text, new RegExp(`^Rule table: ${game === "othello" ? "Othello" : game}\n`));
    }
    await Deno.stat(`${folder}/figures/published/2048_codebook.png`);
  });
});

Deno.test("a report of one published game stands alone", async () => {
  await written([model("othello", "uniform", "published")], async ({ markdown, figures, folder }) => {
    assert.doesNotMatch(markdown, HOLES);
    assert.ok(!/Done right/.test(markdown) && !/What 14 times/.test(markdown));
    assert.match(markdown, /As published, on Othello: 0 of 3 claims hold/);
    await Deno.stat(`${folder}/figures/othello_codebook.png`);
    assert.ok(figures.every((file) => !file.includes("published")));
  });
});

Deno.test("a report of one corrected game says how to make the published one", async () => {
  const { analysis } = model("2048", "perfect", "corrected");
  await written([{ analysis }], ({ markdown, figures }) => {
    assert.match(markdown, /no published run beside it/);
    assert.ok(!/Othello is recorded for its first four moves/.test(markdown));
    // Without metrics and pictures the figures that need them are left out.
    assert.ok(figures.every((file) => !/training|reconstruction|examples/.test(file)));
  });
});

Deno.test("an ablation is named", async () => {
  const { analysis } = model("2048", "uniform", "corrected");
  await written([{ analysis: { ...analysis, without: ["C1", "C5"] } }], ({ markdown }) => {
    assert.match(markdown, /This run is an ablation: it does without C1, C5\./);
  });
});

Deno.test("a report of nothing is refused", async () => {
  await assert.rejects(() => writeExperimentReport("/nowhere", []), /at least one analysed model/);
});

Deno.test("rule tables name the actions", () => {
  assert.match(rulesTextOf(syntheticAnalysis("2048", "perfect")), /action (left|up|right|down) /);
  assert.match(rulesTextOf(syntheticAnalysis("othello", "perfect")), /action [a-h][1-8] /);
});
