/** From a trained run to report and card, and reports of several models. */
import assert from "node:assert/strict";
import { openDevice } from "../../../lib/device/mod.ts";
import {
  type Analysis,
  cardOf,
  claimsOf,
  loadRun,
  MODES,
  openExperiment,
  type ReportedModel,
  type Settings,
  settingsFor,
  settingsTable,
  STAGES,
  startRun,
  studyEyes,
  trainExperiment,
  trainRun,
  writeExperimentReport,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { type Card, readCard } from "../../../lib/runs/mod.ts";
import { experimentNamed } from "../../../tasks/experiments/list.ts";
import { tensorsToData } from "../../../lib/train/mod.ts";
import { HOLES } from "../figure_form.ts";
import { syntheticMetrics, syntheticStudy } from "./synthetic.ts";

/** A training of seconds. */
function tinySettings(steps: number): Settings {
  const settings = settingsFor("tiny", "corrected");
  return { ...settings, vqVae: { ...settings.vqVae, steps }, pair: { ...settings.pair, steps } };
}

/** Texts of a written report; checks that all pictures are there and nothing is missing in the words. */
async function readReport(folder: string, models: readonly ReportedModel[], cards: readonly Card[]) {
  const { html, markdown, figures } = await writeExperimentReport(folder, models, cards);
  const page = await Deno.readTextFile(html), text = await Deno.readTextFile(markdown);
  const shown = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => `${folder}/${file}`);
  for (const file of shown) assert.ok(figures.includes(file), file);
  for (const file of figures) assert.ok((await Deno.stat(file)).size > 1000, file);
  assert.equal([...page.matchAll(/<img src="data:image\/(png|gif);base64,/g)].length, shown.length);
  assert.doesNotMatch(text, HOLES);
  assert.ok(!HOLES.test(page.replaceAll(/base64,[^"]+/g, "")));
  return { text, shown: shown.map((file) => file.slice(folder.length + 1)), figures };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("deno task analyze studies a trained run, reports it, and judges it on its card", async () => {
  await inFolder(async (runs) => {
    using device = await openDevice({ kind: "cpu" });
    const run = await startRun({ settings: tinySettings(8), seed: 1, device, runs });
    (await trainRun(run, device, { warn: () => {}, logEvery: 2 })).experiment.dispose();
    const { json, text } = await experimentNamed("mini-genie").analyze(run, device), analysis = json as Analysis;
    assert.deepEqual(JSON.parse(JSON.stringify(analysis)), analysis, "an analysis is plain data");
    assert.deepEqual([analysis.world.frames, analysis.gridSide, analysis.dreams[0].steps], [34, 10, 50]);
    assert.match(
      text,
      /^Mini-Genie: Empty-5x5, tiny, corrected\n[\s\S]*\d of 7 claims hold\.[\s\S]*13 figures and .*report\.html$/,
    );

    const card = await readCard(run.folder);
    assert.deepEqual([card.experiment, card.game, card.preset, card.mode], [
      "mini-genie",
      "Empty-5x5",
      "tiny",
      "corrected",
    ]);
    assert.ok(card.runs[0].seed === 1 && card.runs[0].seconds > 0);
    assert.deepEqual(card.claims, claimsOf(analysis));
    assert.ok(card.claims.some(({ holds }) => !holds), "sixteen steps teach nothing");

    const report = await Deno.readTextFile(`${run.folder}/report.md`);
    assert.doesNotMatch(report, HOLES);
    for (
      const name of [
        "recording.png",
        "training_vq_vae.png",
        "training_pair.png",
        "dream.gif",
        "walk.gif",
        "confusion_matrix.png",
      ]
    ) {
      assert.ok(report.includes(`](figures/${name})`), name);
      assert.ok((await Deno.stat(`${run.folder}/figures/${name}`)).size > 1000);
    }
    assert.match(report, /no published run beside it/);

    // What a notebook shows of the eyes alone, before there are latent actions, is the same.
    const { experiment } = await loadRun(run, device), eyes = await studyEyes(experiment);
    experiment.dispose();
    for (const [key, value] of Object.entries(eyes.analysis)) {
      assert.deepEqual(analysis[key as keyof Analysis], value, key);
    }
  });
});

Deno.test("a report of published, repaired and relative models sets them side by side", async () => {
  const models = [
    { study: await syntheticStudy("collapsed", "published"), metrics: syntheticMetrics() },
    { study: await syntheticStudy("heading"), metrics: syntheticMetrics() },
    { study: await syntheticStudy("perfect", "relative") },
  ];
  const cost = { seed: 0, seconds: 90, peakMemoryBytes: 2 ** 30, device: "a device", versions: {}, commit: null };
  await inFolder(async (folder) => {
    const cards = models.map(({ study }) => cardOf(study.analysis, cost));
    const { text, shown, figures } = await readReport(folder, models, cards);
    assert.match(text, /\n## Side by side\n/);
    assert.match(text, /\| quantity \| published \| corrected \| relative \|/);
    assert.match(text, /Corrected: 4 of 4 latent actions are in use\. They follow the heading after the move/);
    assert.match(text, /Relative: 3 of 3 latent actions are in use\. They follow the true action/);
    assert.match(text, /codes are to mean what the agent does\\?\. For that, also: .*R9/);
    assert.match(text, /With a single latent action there is nothing to leak/);
    assert.match(text, /\n## Claims: Empty-5x5, published\n/);
    for (
      const file of ["figures/comparison.png", "figures/published/dream.gif", "figures/relative/confusion_matrix.png"]
    ) {
      assert.ok(shown.includes(file), file);
    }
    assert.ok(figures.includes(`${folder}/figures/relative/token_maps.png`), "stored, though not shown");
  });
});

Deno.test("a report of a published model stands alone; an ablation is named; a report of nothing is refused", async () => {
  await inFolder(async (folder) => {
    const { text, shown } = await readReport(folder, [{ study: await syntheticStudy("collapsed", "published") }], []);
    assert.ok(!/What holds when it is done right|Side by side/.test(text));
    assert.ok(shown.includes("figures/confusion_matrix.png"));
    assert.ok(shown.every((file) => !file.includes("published")));
  });
  await inFolder(async (folder) => {
    const whole = await syntheticStudy("heading");
    const { text } = await readReport(folder, [{
      study: { ...whole, analysis: { ...whole.analysis, without: ["R5"] } },
    }], []);
    assert.match(text, /An ablation: corrected without R5\./);
  });
  await assert.rejects(() => writeExperimentReport("/nowhere", []), /at least one studied model/);
});

Deno.test("settings of several models stand side by side", () => {
  const { columns, rows } = settingsTable(MODES.map((mode) => settingsFor("small", mode)));
  assert.deepEqual(columns, ["setting", ...MODES]);
  assert.ok(rows.every((row) => row.length === columns.length && row.every((cell) => cell !== null && cell !== "")));
  const row = (name: string) => rows.find(([first]) => first === name)!.slice(1, 3);
  assert.deepEqual(row("moves recorded mostly"), ["right, forward, pickup", "left, right, forward"]);
  assert.deepEqual(row("repairs"), ["none", "R1 R2 R3 R4 R5 R6 R7 R8"]);
});

Deno.test("trained stage by stage, as a notebook does, a model is the same as trained at once", async () => {
  using device = await openDevice({ kind: "cpu" });
  const settings = tinySettings(3), rows: [string, number][] = [];
  const whole = openExperiment(device, settings, 5), parts = openExperiment(device, settings, 5);
  await trainExperiment(whole);
  for (const stage of STAGES) {
    const { finished } = await trainExperiment(parts, {
      stage,
      logEvery: 1,
      onLog: ({ stage, step }) => rows.push([stage, step]),
    });
    assert.ok(finished);
  }
  assert.deepEqual(rows, STAGES.flatMap((stage) => [1, 2, 3].map((step) => [stage, step])));
  assert.deepEqual(await tensorsToData(parts.model.tensors), await tensorsToData(whole.model.tensors));
  for (const experiment of [whole, parts]) experiment.dispose();
});
