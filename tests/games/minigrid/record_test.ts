/** Recordings: what a policy draws, what is kept, and that nothing depends on what comes after. */
import assert from "node:assert/strict";
import { episodeAt, episodeCount, frameAt, frameCount, NO_ACTION } from "../../../lib/data/mod.ts";
import { groundTruth, MiniGrid, recordMiniGrid, recordOneMiniGrid } from "../../../lib/games/mod.ts";

Deno.test("a recording replays: the stored actions lead to the stored frames", () => {
  for (const env of ["Empty-5x5", "DoorKey-6x6", "Dynamic-Obstacles-Random-5x5", "FourRooms"]) {
    const recorded = recordMiniGrid({ env, episodes: 6, seed: 5, tile: 4, maxFrames: 30 });
    const game = new MiniGrid(env);
    for (let i = 0; i < episodeCount(recorded); i++) {
      game.reset(i === 0 ? 5 : undefined);
      const { actions, frames } = episodeAt(recorded, i), size = recorded.height * recorded.width * 3;
      assert.deepEqual(frames.slice(0, size), game.render({ tile: 4 }));
      actions.forEach((action, t) => {
        game.step(action < game.actionCount ? action : 0);
        assert.deepEqual(frames.slice((t + 1) * size, (t + 2) * size), game.render({ tile: 4 }));
      });
    }
    assert.equal(recorded.actions.filter((a) => a === NO_ACTION).length, 6);
  }
});

Deno.test("R2: with keepLast the frame of the goal is there, without it is not", () => {
  const goal = groundTruth("Empty-5x5", { terminal: true, draw: (env) => env.render({ tile: 8 }) });
  const ends = goal.frames.filter((_, i) => goal.states[i].terminal).map((frame) => frame.join());
  assert.ok(ends.length > 0);
  for (const keepLast of [true, false]) {
    const recorded = recordMiniGrid({ episodes: 30, seed: 1, tile: 8, keepLast });
    const shown = Array.from({ length: frameCount(recorded) }, (_, f) => frameAt(recorded, f).join());
    assert.equal(shown.some((frame) => ends.includes(frame)), keepLast);
  }
});

Deno.test("same seed, same recording; the first episodes do not depend on how many follow", () => {
  const long = recordMiniGrid({ episodes: 9, seed: 2, tile: 4 }),
    short = recordMiniGrid({ episodes: 3, seed: 2, tile: 4 });
  for (let i = 0; i < 3; i++) assert.deepEqual(episodeAt(long, i), episodeAt(short, i));
  assert.notDeepEqual(recordMiniGrid({ episodes: 3, seed: 3, tile: 4 }).actions, short.actions);
});

Deno.test("the published policy hardly ever turns left, the intended one does (R1)", () => {
  const lefts = (policy: "published" | "intended") => {
    const { actions } = recordMiniGrid({ episodes: 60, seed: 0, tile: 4, policy });
    const taken = actions.filter((action) => action !== NO_ACTION);
    return taken.filter((action) => action === 0).length / taken.length;
  };
  assert.ok(Math.abs(lefts("published") - 0.2 / 7) < 0.01);
  assert.ok(Math.abs(lefts("intended") - (0.8 / 3 + 0.2 / 7)) < 0.02);
});

Deno.test("ground truth: 32 states and 84 steps that change something; with the goal 36", () => {
  const truth = groundTruth("Empty-5x5"),
    byAction = [0, 1, 2].map((a) => truth.transitions.filter((t) => t.action === a).length);
  assert.deepEqual([truth.states.length, truth.transitions.length, ...byAction], [32, 84, 32, 32, 20]);
  assert.equal(groundTruth("Empty-5x5", { terminal: true }).states.filter(({ terminal }) => terminal).length, 2);
  assert.throws(() => groundTruth("Dynamic-Obstacles-5x5"), /expected a world at rest but found obstacles/);
  assert.throws(() => groundTruth("FourRooms", { maxStates: 50 }), /expected at most 50 states/);
});

Deno.test("wrong options are named", () => {
  const record = (options: object) => () => [...recordOneMiniGrid({ episodes: 1, seed: 0, ...options })];
  assert.throws(record({ policy: "lazy" }), /policy: expected one of published, intended, .* but found "lazy"/);
  assert.throws(record({ episodes: 0 }), /episodes: expected an integer from 1/);
  assert.throws(record({ maxFrames: 1 }), /maxFrames: expected an integer from 2/);
  assert.throws(record({ tile: 0 }), /tile: expected an integer from 1 to 256 but found 0/);
  for (const policy of [{ moves: [], share: 1 }, { moves: [7], share: 1 }, { moves: [2], share: 1.5 }]) {
    assert.throws(record({ policy }), /policy: expected moves from 0 to 6 and a share from 0 to 1 but found \[/);
  }
  assert.throws(
    record({ env: "KeyCorridorS3R1", size: 64 }),
    /expected a square world to resize but found 7 × 3 cells/,
  );
});
