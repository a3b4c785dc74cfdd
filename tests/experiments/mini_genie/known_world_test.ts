/** The true world behind a recording. */
import assert from "node:assert/strict";
import {
  changingSteps,
  distinctFrames,
  knownWorld,
  recordedWorld,
  recordFrames,
  settingsFor,
  worldSide,
} from "../../../lib/experiments/mini_genie/mod.ts";

Deno.test("known world: Empty-5x5 has 32 states and 84 moves, with the last frames 34 and 86", () => {
  for (const [mode, states, moves] of [["published", 32, 84], ["corrected", 34, 86]] as const) {
    const settings = settingsFor("tiny", mode), recording = recordFrames(settings, 0);
    const world = knownWorld(settings, recording);
    assert.deepEqual([world.count, world.moves.length, world.states?.length], [states, moves, states]);
    assert.equal(world.frames.length, states * 40 * 40 * 3);
    // Every recorded step that changes the picture is one of the moves.
    assert.equal(world.moves.reduce((sum, { count }) => sum + count, 0), changingSteps(recording).length);
    assert.ok(world.moves.some(({ count }) => count === 0), "ten episodes do not show every move");
  }
});

Deno.test("known world: where levels differ, or episodes came from elsewhere, it is what was recorded", () => {
  const side = worldSide("LavaGapS5", 8);
  const settings = settingsFor("tiny", "corrected", { environment: "LavaGapS5", side });
  const recording = recordFrames(settings, 0), world = knownWorld(settings, recording);
  assert.deepEqual(world, recordedWorld(recording));
  assert.deepEqual([world.states, world.count], [null, distinctFrames(recording)]);
  const given = { ...settings, data: { ...settings.data, source: "files" as const } };
  assert.deepEqual(knownWorld(given, recording), recordedWorld(recording));
});

Deno.test("known world: nothing is exact where things move by themselves", () => {
  const environment = "Dynamic-Obstacles-5x5", side = worldSide(environment, 8);
  const settings = settingsFor("tiny", "corrected", { environment, side });
  assert.equal(knownWorld(settings, recordFrames(settings, 0)).states, null);
});
