/** MiniGrid against the golden file: every random number, tile, scene, level and recording, bit for bit. */
import assert from "node:assert/strict";
import { GoldenChecks } from "../../../lib/experiments/golden_checks.ts";
import { checkEnvironment } from "../../../lib/experiments/mini_genie/golden/environment.ts";

const { env } = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/3-mini-genie.json", import.meta.url)),
);

Deno.test("MiniGrid is bit-exact: the env section of the golden file", () => {
  const golden = new GoldenChecks();
  checkEnvironment(env, golden);
  assert.ok(golden.checks.length > 600, `${golden.checks.length} comparisons`);
  assert.deepEqual(golden.checks.filter(({ holds }) => !holds), []);
});

Deno.test("the check sees a wrong pixel, a wrong step and a wrong level", () => {
  const wrong = structuredClone(env);
  wrong.tiles[3].px[0][2] ^= 1;
  wrong.levels[5].trace[7][1] += 1;
  wrong.levels[9].grid = wrong.levels[8].grid;
  wrong.collector[0].goals++;
  const golden = new GoldenChecks();
  checkEnvironment(wrong, golden);
  assert.equal(golden.checks.filter(({ holds }) => !holds).length, 4);
});
