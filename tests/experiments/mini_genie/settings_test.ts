import assert from "node:assert/strict";
import { estimateExperiment, REPAIRS, settingsFor, stepsOf } from "../../../lib/experiments/mini_genie/mod.ts";

Deno.test("every repair is one setting; published has none, and each can be left out alone", () => {
  const published = settingsFor("small", "published");
  assert.ok(Object.values(published.repairs).every((on) => !on));
  assert.deepEqual(published.data.moves, [1, 2, 3]);
  const { reconstruction, codebook, resets } = published.vqVae,
    { bottleneck, conditional, marginal, turns } = published.pair;
  assert.deepEqual({ reconstruction, codebook, resets, bottleneck, conditional, marginal, turns }, {
    reconstruction: "absolute",
    codebook: "gradient",
    resets: null,
    bottleneck: "soft",
    conditional: 0.001,
    marginal: 0,
    turns: false,
  });
  const whole = settingsFor("small", "relative");
  for (const repair of Object.keys(REPAIRS) as (keyof typeof REPAIRS)[]) {
    const without = settingsFor("small", "relative", { without: [repair] });
    const off = Object.entries(without.repairs).filter(([, on]) => !on).map(([name]) => name);
    assert.deepEqual(off, [repair]);
    if (!["R6", "R7", "R8"].includes(repair)) {
      assert.notDeepEqual({ ...without, repairs: null }, { ...whole, repairs: null });
    }
  }
  assert.equal(settingsFor("small", "corrected").repairs.R9, false);
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
