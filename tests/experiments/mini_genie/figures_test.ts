import assert from "node:assert/strict";
import {
  actionMapFigure,
  agreementFigure,
  comparisonFigure,
  confusionFigure,
  dreamCaption,
  dreamFrames,
  dreamGif,
  episodesFigure,
  psnrVerdict,
  recordFrames,
  recordingFigure,
  settingsFor,
  studyFigures,
  trainingFigure,
  worldFigure,
  worldsFigure,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { renderSvg } from "../../../lib/figures/mod.ts";
import { numbersIn, storedForm } from "../figure_form.ts";
import { type Kind, syntheticMetrics, syntheticStudy } from "./synthetic.ts";

const recording = recordFrames(settingsFor("tiny", "corrected"), 0);

async function figuresOf(kind: Kind, mode?: "published") {
  return studyFigures(await syntheticStudy(kind, mode), { metrics: syntheticMetrics(), recording });
}

for (const kind of ["heading", "collapsed"] as const) {
  Deno.test(`figures of a ${kind} model as stored`, async (t) => {
    for (const figure of await figuresOf(kind)) {
      // Where points lie on a map depends on the last digits of exp and log, which no standard fixes.
      const form = figure.name === "action_latent_space_tsne"
        ? storedForm(figure).replaceAll(/"[xy]":-?[\d.e+-]+/g, "…")
        : storedForm(figure);
      await t.assertSnapshot(form);
    }
  });
}

Deno.test("figures of worlds, recordings and models side by side as stored", async (t) => {
  const analyses = [
    (await syntheticStudy("collapsed", "published")).analysis,
    (await syntheticStudy("heading")).analysis,
  ];
  const figures = [
    worldFigure(),
    worldsFigure(),
    recordingFigure(recording),
    episodesFigure(recording),
    comparisonFigure(analyses),
  ];
  for (const figure of figures) await t.assertSnapshot(storedForm(figure));
});

Deno.test("figures have the names that spec 3 §7.1 gives, and no name twice", async () => {
  const names = (await figuresOf("perfect")).map(({ name }) => name);
  for (
    const name of ["confusion_matrix", "action_latent_space_tsne", "reconstruction", "token_maps", "changed_tokens"]
  ) {
    assert.ok(names.includes(name), `${name} among ${names}`);
  }
  assert.equal(new Set(names).size, names.length);
  const without = studyFigures(await syntheticStudy("perfect")).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => !without.includes(name)), ["recording", "training_vq_vae", "training_pair"]);
});

Deno.test("every figure draws, of good, collapsed and published models, without a number that is none", async () => {
  const { analysis } = await syntheticStudy("perfect");
  const figures = [
    ...await figuresOf("perfect"),
    ...await figuresOf("collapsed", "published"),
    worldFigure("DoorKey-6x6", 3),
    worldsFigure(["Empty-5x5", "KeyCorridorS3R2"]),
    comparisonFigure([analysis]),
    // What is not known is left out or grey.
    comparisonFigure([{ ...analysis, meanings: analysis.meanings.slice(0, 1) }]),
    confusionFigure({ ...analysis, meanings: analysis.meanings.slice(0, 1) }),
    actionMapFigure({ ...analysis, map: null }),
    trainingFigure([], "pair"),
  ];
  for (const figure of figures) {
    assert.ok(numbersIn(figure.spec).every(Number.isFinite), figure.name);
    assert.ok(!/NaN|undefined|null|Infinity/.test(figure.alt), figure.alt);
    const svg = await renderSvg(figure.spec);
    assert.match(svg, /^<svg/);
    assert.ok(!/NaN|undefined/.test(svg), figure.name);
  }
});

Deno.test("titles say what was found", async () => {
  const title = async (kind: Kind) => JSON.stringify(agreementFigure((await syntheticStudy(kind)).analysis).spec.title);
  assert.match(await title("perfect"), /the action explains latent actions best/);
  assert.match(await title("heading"), /the heading after explains latent actions best/);
  assert.match(await title("collapsed"), /agree with neither action nor heading beyond chance/);
  assert.deepEqual([25.1, 25, 20, 19.9].map(psnrVerdict), ["good", "acceptable", "acceptable", "poor"]);
  const map = actionMapFigure((await syntheticStudy("perfect")).analysis);
  assert.match(map.alt, /NMI 1\.00, by chance 0\.0/);
  assert.match(JSON.stringify(map.spec), /"Coloured by code".*"Coloured by true action"/);
});

Deno.test("the numbers in the cells of a confusion matrix are those of the table", async () => {
  const { analysis } = await syntheticStudy("perfect"),
    { hconcat } = confusionFigure(analysis).spec as unknown as {
      hconcat: { data: { values: { row: string; column: string; value: number }[] } }[];
    };
  const cells = hconcat[0].data.values.map(({ row, column, value }) => [row, column, value]);
  assert.deepEqual(cells, [
    ["left", "0", 32],
    ["left", "1", 0],
    ["left", "2", 0],
    ["right", "0", 0],
    ["right", "1", 32],
    ["right", "2", 0],
    ["forward", "0", 0],
    ["forward", "1", 0],
    ["forward", "2", 20],
  ]);
});

Deno.test("a dream as GIF: every moment a frame of one size, ten a second", async () => {
  const { films } = await syntheticStudy("perfect");
  for (const film of [films.constant, films.walk]) {
    const frames = dreamFrames(film), [{ width, height }] = frames;
    assert.equal(frames.length, 13);
    assert.ok(frames.every((frame) => frame.width === width && frame.height === height));
    assert.ok(width > 400 && height > 250, `${width} × ${height}`);
    const gif = dreamGif(film);
    assert.deepEqual([gif[6] + 256 * gif[7], gif[8] + 256 * gif[9]], [width, height]);
    // Graphic control extensions hold the delays, in hundredths of a second.
    const delays = [...gif.keys()].filter((i) => gif[i] === 0x21 && gif[i + 1] === 0xf9 && gif[i + 2] === 4).map((i) =>
      gif[i + 4]
    );
    assert.deepEqual(delays, new Array(13).fill(10));
  }
  assert.match(dreamCaption(films.walk), /It shows what really came in 100 % of the steps/);
  assert.match(
    dreamCaption(films.constant),
    /latent action 0 at every step: 12 legal steps, 0 without a change, 0 impossible; 4 different/,
  );
});
