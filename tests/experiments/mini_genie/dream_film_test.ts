/** Dreams as films, maps of latent actions, statistics of recordings. */
import assert from "node:assert/strict";
import {
  actionMap,
  dreamFilm,
  followWalk,
  inferMoves,
  realWalk,
  recordFrames,
  recordingStatistics,
  recordingTable,
  seeFrames,
  settingsFor,
} from "../../../lib/experiments/mini_genie/mod.ts";
import { Action } from "../../../lib/games/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { deafTable, emptyWorld, perfectTable, TableModel } from "./table_model.ts";

const world = emptyWorld(), model = new TableModel(world, perfectTable(world));
const stream = () => Stream.named(3, "test");

Deno.test("film: a script of codes, each step judged, each picture beside the nearest true one", async () => {
  const { forward, left } = Action;
  const film = await dreamFilm(model, world, { codes: [forward, forward, forward, left, left] });
  // From (1, 1) facing right: two cells on, then a wall, then two turns.
  assert.deepEqual(film.verdicts, ["start", "legal", "legal", "stay", "legal", "legal"]);
  assert.equal(film.states, 5);
  assert.deepEqual([film.pictures.length, film.nearest.length, film.psnr.length, film.walk], [6, 6, 6, null]);
  film.pictures.forEach((picture, t) => assert.deepEqual(picture, film.nearest[t]));
  await assert.rejects(() => dreamFilm(model, world, { codes: [0, 3] }), /latent actions from 0 to 2 but found 3/);
  await assert.rejects(
    () => dreamFilm(model, world, { start: 32, codes: [0] }),
    /true frame from 0 to 31 but found 32/,
  );
});

Deno.test("film: the codes of a real walk lead a perfect model along it, and a deaf one astray", async () => {
  const { codes } = await inferMoves(model, world), walk = realWalk(world, codes, stream(), { steps: 30 });
  assert.deepEqual([walk.frames.length, walk.codes.length], [31, 30]);
  walk.codes.forEach((code, t) => {
    const move = world.moves.find(({ from, to }) => from === walk.frames[t] && to === walk.frames[t + 1]);
    assert.equal(move?.action, code);
  });
  assert.deepEqual(realWalk(world, codes, stream(), { steps: 30 }), walk);
  const followed = await followWalk(model, world, walk);
  assert.ok(followed.walk!.right.every(Boolean));
  const astray = await followWalk(new TableModel(world, deafTable(world)), world, walk);
  assert.ok(astray.walk!.right.filter(Boolean).length < 16);
});

Deno.test("film: a walk keeps to recorded moves and out of dead ends", async () => {
  const { codes } = await inferMoves(model, world), turn = (heading: number) => (heading + 3) % 4;
  // Only turns to the left were recorded.
  const turns = { ...world, moves: world.moves.map((move) => ({ ...move, count: Number(move.action === 0) })) };
  const walk = realWalk(turns, codes, stream(), { steps: 9 });
  walk.frames.slice(1).forEach((frame, t) =>
    assert.equal(world.states![frame].heading, turn(world.states![walk.frames[t]].heading))
  );
  // One move, to a state that none leads out of.
  const end = { ...world, moves: world.moves.map((move, i) => ({ ...move, count: Number(i === 0) })) };
  assert.deepEqual(realWalk(end, codes, stream(), { start: world.moves[0].from }), {
    frames: [world.moves[0].from],
    codes: [],
  });
});

Deno.test("map: equal moves lie in one place, and codes that differ lie apart", async () => {
  const inferred = await inferMoves(model, world), moves = world.moves.map((move) => ({ ...move, count: 5 }));
  const map = actionMap({ ...world, moves }, inferred, stream(), { points: 300 })!;
  assert.deepEqual([map.x.length, map.y.length, map.codes.length, map.actions.length], [300, 300, 300, 300]);
  assert.equal(map.moves, 84);
  assert.deepEqual(map.codes, map.actions);
  assert.ok([...map.x, ...map.y].every(Number.isFinite));
  assert.deepEqual(actionMap({ ...world, moves }, inferred, stream(), { points: 300 }), map);
  const few = world.moves.map((move, i) => ({ ...move, count: i < 2 ? 9 : 0 }));
  assert.equal(actionMap({ ...world, moves: few }, inferred, stream()), null);
});

Deno.test("seen frames: evenly spread, each with its tokens and name", async () => {
  const seen = await seeFrames(model, world, 4);
  assert.deepEqual(seen.map(({ tokens }) => [...tokens]), [[0], [8], [16], [24]]);
  assert.equal(seen[0].name, "1, 1 right");
  assert.ok(seen.every(({ right, psnr, frame, picture }) => right && psnr > 80 && frame.length === picture.length));
  assert.equal((await seeFrames(model, { ...world, states: null }, 99)).length, 32);
});

Deno.test("recordings in numbers: only turns and forward steps change an empty room (spec 3 §2.1)", () => {
  const published = recordFrames({ ...settingsFor("small", "published") }, 0);
  const { distinctFrames, distinctChanging, actions, steps, changing, frames, episodes, actionEntropy } =
    recordingStatistics(published);
  assert.deepEqual([episodes, distinctFrames], [200, 32]);
  assert.ok(distinctChanging <= 84 && distinctChanging >= 80, `${distinctChanging}`);
  assert.equal(steps, frames - episodes);
  assert.equal(actions.reduce((sum, one) => sum + one.steps, 0), steps);
  assert.equal(actions.reduce((sum, one) => sum + one.changing, 0), changing);
  for (const { action, changing, distinct } of actions) {
    assert.equal(changing > 0, action <= 2, `action ${action}`);
    assert.ok(distinct <= [32, 32, 20, 0, 0, 0, 0][action]);
  }
  // The published policy takes left for forward: entropy 0.822 over 1,000 episodes.
  assert.ok(Math.abs(actionEntropy - 0.822) < 0.04, `${actionEntropy}`);
  const { columns, rows } = recordingTable(published);
  assert.ok(rows.every((row) => row.length === columns.length));
});
