import assert from "node:assert/strict";
import {
  estimateExperiment,
  PRESETS,
  REPAIRS,
  settingsFor,
  stepsOf,
  worldSide,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { tokensPerPicture } from "../../../lib/models/mini_genie/mod.ts";

Deno.test("every repair is one setting; published has none, and each can be left out alone", () => {
  const published = settingsFor("small", "published");
  assert.ok(Object.values(published.repairs).every((on) => !on));
  assert.deepEqual(published.data.moves, [1, 2, 3]);
  const { reconstruction, codebook, resets } = published.vqVae,
    { bottleneck, conditional, marginal } = published.pair,
    { turns, changes } = published.model.actionNet;
  assert.deepEqual({ reconstruction, codebook, resets, bottleneck, conditional, marginal, turns, changes }, {
    reconstruction: "absolute",
    codebook: "gradient",
    resets: null,
    bottleneck: "soft",
    conditional: 0.001,
    marginal: 0,
    turns: "none",
    changes: false,
  });
  assert.equal(published.model.vqVae.patches, false);
  assert.equal(published.data.highlight, true);
  const whole = settingsFor("small", "relative");
  for (const repair of Object.keys(REPAIRS) as (keyof typeof REPAIRS)[]) {
    const without = settingsFor("small", "relative", { without: [repair] });
    const off = Object.entries(without.repairs).filter(([, on]) => !on).map(([name]) => name);
    assert.deepEqual(off, [repair]);
    if (!["R6", "R7", "R8"].includes(repair)) {
      assert.notDeepEqual({ ...without, repairs: null }, { ...whole, repairs: null });
    }
  }
  const corrected = settingsFor("small", "corrected").repairs;
  assert.deepEqual(Object.keys(corrected).filter((name) => !corrected[name as keyof typeof REPAIRS]), [
    "R9",
    "R11",
    "R12",
    "R13",
    "R14",
    "R15",
  ]);
});

Deno.test("relative has one token for each cell, in worlds of other sizes too, and without R11 the preset's pictures", () => {
  for (const preset of PRESETS) {
    const { model, data } = settingsFor(preset, "relative");
    assert.deepEqual([model.imageSide, tokensPerPicture(model), data.tile], [20, 25, 4]);
    const ablation = settingsFor(preset, "relative", { without: ["R11"] });
    assert.equal(ablation.model.imageSide, settingsFor(preset, "corrected").model.imageSide);
    assert.equal(ablation.data.tile, settingsFor(preset, "corrected").data.tile);
  }
  const { data, model } = settingsFor("small", "relative", {
    environment: "Empty-8x8",
    side: worldSide("Empty-8x8", 4),
  });
  assert.deepEqual([data.name, model.imageSide, tokensPerPicture(model)], ["Empty-8x8", 32, 64]);
});

Deno.test("steps of a stage: given, or passes over what there is", () => {
  const stage = { batch: 32, learningRate: 1, steps: null, epochs: 30 };
  assert.equal(stepsOf(stage, 27_296), 30 * 853);
  assert.equal(stepsOf({ ...stage, steps: 7 }, 27_296), 7);
});

Deno.test("the estimate of the small preset: parameters, work and memory, without a device", () => {
  const { parameters, stages, checkpointBytes, dataBytes } = estimateExperiment(settingsFor("small", "corrected"));
  assert.equal(parameters, 43_667 + 103_144 + 82_176);
  assert.deepEqual(stages.map(({ stage }) => stage), ["vq-vae", "pair"]);
  // Spec 3 §10 counts 16 · 4.8 M and 16 · (9.5 M + 0.77 M) multiply-adds forward; a step is about three times that.
  const [eyes, pair] = stages.map(({ flops }) => flops);
  assert.ok(eyes > 2 * 3 * 16 * 4.8e6 * 0.8 && eyes < 2 * 3 * 16 * 4.8e6 * 1.3, `${eyes}`);
  assert.ok(pair > 2 * 3 * 16 * 10.27e6 * 0.8 && pair < 2 * 3 * 16 * 10.27e6 * 1.3, `${pair}`);
  assert.ok(checkpointBytes > 3 * 4 * 185_000 && checkpointBytes < 4e6);
  assert.ok(dataBytes >= 34 * 4800 && dataBytes < 1e6);
});
