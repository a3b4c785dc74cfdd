/** Dreams that are played step by step, with models whose every step is known. */
import assert from "node:assert/strict";
import { LiveDream, nameCodes, nameOfCode } from "../../../lib/experiments/mini_genie/mod.ts";
import { Action } from "../../../lib/games/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { deafTable, emptyWorld, headingTable, perfectTable, TableModel } from "./table_model.ts";

const world = emptyWorld();
const stream = () => Stream.named(7, "test");
const at = (x: number, y: number, heading: number) =>
  world.states!.findIndex((state) => state.x === x && state.y === y && state.heading === heading);

Deno.test("live dream: a perfect model makes legal steps, and stays where the rules say so", async () => {
  const dream = new LiveDream(new TableModel(world, perfectTable(world)), world, stream());
  const start = await dream.startAt(at(1, 1, 0));
  assert.deepEqual([start.step, start.code, start.verdict, start.action], [0, null, "start", null]);
  const forward = await dream.step(Action.forward);
  assert.deepEqual([forward.nearest, forward.verdict, forward.action], [at(2, 1, 0), "legal", Action.forward]);
  assert.ok(forward.psnr > 80, `${forward.psnr} dB`);
  assert.deepEqual(forward.picture.length, 20 * 20 * 3);
  const left = await dream.step(Action.left);
  assert.deepEqual([left.nearest, left.verdict, left.action, left.step], [at(2, 1, 3), "legal", Action.left, 2]);
  const wall = await dream.step(Action.forward);
  assert.deepEqual([wall.nearest, wall.verdict, wall.action], [at(2, 1, 3), "stay", null]);
});

Deno.test("live dream: a step that no action can take is impossible", async () => {
  const jump = { actions: 2, codeOf: () => 0, next: () => at(3, 1, 2) };
  const dream = new LiveDream(new TableModel(world, jump), world, stream());
  await dream.startAt(at(1, 3, 0));
  const { verdict, action, nearest } = await dream.step(1);
  assert.deepEqual([verdict, action, nearest], ["impossible", null, at(3, 1, 2)]);
});

Deno.test("live dream: starts follow the stream; a latent action that does not exist is refused", async () => {
  const starts = async () => {
    const dream = new LiveDream(new TableModel(world, perfectTable(world)), world, stream()), found: number[] = [];
    for (let i = 0; i < 20; i++) found.push((await dream.reset()).nearest);
    return found;
  };
  const found = await starts();
  assert.deepEqual(found, await starts());
  assert.ok(new Set(found).size > 5);
  const dream = new LiveDream(new TableModel(world, perfectTable(world)), world, stream());
  for (const code of [-1, 3, 0.5, NaN]) await assert.rejects(dream.step(code), /latent action from 0 to 2 but found/);
});

Deno.test("codes get the names of headings or of actions, whichever they follow, or none", async () => {
  const byAction = await nameCodes(new TableModel(world, perfectTable(world)), world);
  assert.deepEqual([byAction?.by, byAction?.nmi.toFixed(9), byAction?.codes], ["action", "1.000000000", [0, 1, 2]]);
  assert.deepEqual([0, 1, 2].map((code) => nameOfCode(byAction, code)), ["turn left", "turn right", "forward"]);
  const byHeading = await nameCodes(new TableModel(world, headingTable(world)), world);
  assert.deepEqual([byHeading?.by, byHeading?.codes], ["heading", [0, 1, 2, 3]]);
  assert.equal(nameOfCode(byHeading, 1), "face down");
  assert.equal(nameOfCode(byHeading, 4), null);
  const mute = { ...deafTable(world), actions: 8, codeOf: ({ from }: { from: number }) => from % 8 };
  assert.equal(await nameCodes(new TableModel(world, mute), world), null);
  assert.equal(await nameCodes(new TableModel(world, perfectTable(world)), { ...world, states: null }), null);
  assert.equal(nameOfCode(null, 0), null);
});
