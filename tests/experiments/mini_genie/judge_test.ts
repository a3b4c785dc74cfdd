/** Models whose every answer is known are judged as they deserve (spec 3 §7.2). */
import assert from "node:assert/strict";
import { type Analysis, judge } from "../../../lib/experiments/mini_genie/mod.ts";
import { syntheticStudy } from "./synthetic.ts";
import { emptyWorld, headingTable, perfectTable, TableModel } from "./table_model.ts";

const nmi = ({ meanings }: Analysis, explanation: string) =>
  meanings.find((meaning) => meaning.explanation === explanation)!;
const near = (a: number, b: number, what = "") => assert.ok(Math.abs(a - b) < 1e-9, `${what}: ${a} against ${b}`);

Deno.test("judge: codes that are true actions and lead where these lead", async () => {
  const { analysis } = await syntheticStudy("perfect"), { control, eyes, dreams, separability } = analysis;
  assert.deepEqual([analysis.best, analysis.actionsUsed, analysis.actions], ["action", 3, 3]);
  near(nmi(analysis, "action").agreement.nmi, 1);
  assert.ok(nmi(analysis, "heading after").agreement.nmi < 0.1);
  assert.deepEqual([control.inferred, control.best, control.byAction, separability], [1, 1, 1, 1]);
  // Left, right and forward lead to three different states: a code drawn blindly hits one time in three.
  near(control.random, 1 / 3);
  near(control.delta, 2 / 3);
  assert.ok(control.deltaPsnr > 50, `${control.deltaPsnr} dB`);
  // One code a heading cannot serve two turns into it.
  assert.ok(control.byHeading! > 0.3 && control.byHeading! < 0.7);
  assert.deepEqual(control.changed, { soft: 1, hard: 1 });
  assert.deepEqual([eyes.nearest, eyes.grids, eyes.codesUsed, eyes.changedTokens], [1, 32, 32, 1]);
  for (const { legal, psnr, codes, steps, dreams: count } of dreams) {
    assert.deepEqual([legal, steps, count], [1, 12, 4], codes);
    assert.ok(psnr > 80);
  }
  // Turning left for ever visits four states.
  const turning = await judge(new TableModel(emptyWorld(), perfectTable(emptyWorld())), emptyWorld(), 0, {
    steps: 8,
    starts: 1,
  });
  assert.equal(turning.judgement.dreams[0].states, 4);
  assert.equal(turning.judgement.dreams[0].stay, 0);
});

Deno.test("judge: codes that are headings after the move", async () => {
  const { analysis } = await syntheticStudy("heading"), { control } = analysis;
  assert.equal(analysis.best, "heading after");
  near(nmi(analysis, "heading after").agreement.nmi, 1);
  assert.ok(nmi(analysis, "action").agreement.nmi < 0.1);
  assert.deepEqual([control.inferred, control.byHeading, analysis.separability], [1, 1, 1]);
  near(control.random, 1 / 4);
  assert.ok(control.byAction < 0.5);
  assert.ok(analysis.dreams.every(({ legal }) => legal === 1), "a heading that no action leads to changes nothing");
});

Deno.test("judge: codes that mean actions and lead nowhere do not matter", async () => {
  const { analysis } = await syntheticStudy("deaf"), { control } = analysis;
  near(nmi(analysis, "action").agreement.nmi, 1);
  near(control.delta, 0);
  near(control.deltaPsnr, 0);
  // Of the moves of each state only one comes true: 32 of 84.
  near(control.inferred, 32 / 84);
  near(control.best, 32 / 84);
});

Deno.test("judge: one code for all says nothing", async () => {
  const { analysis } = await syntheticStudy("collapsed");
  assert.deepEqual([analysis.actionsUsed, analysis.actions, analysis.separability], [1, 8, 0]);
  for (const { agreement, chance } of analysis.meanings) assert.deepEqual([agreement.nmi, chance.mean], [0, 0]);
});

Deno.test("judge: of a large world a sample is decoded, and compared with all true frames", async () => {
  const world = emptyWorld(), asked: number[] = [], model = new TableModel(world, perfectTable(world));
  const decode = model.decodeExactly.bind(model);
  model.decodeExactly = (grids) => {
    asked.push(grids.length);
    return decode(grids);
  };
  const { judgement } = await judge(model, world, 0, { steps: 1, starts: 2, most: 10 });
  assert.ok(asked.every((pictures) => pictures <= 10), `decoded at once: ${asked}`);
  const { control, eyes } = judgement;
  assert.deepEqual([control.inferred, control.byAction, eyes.nearest, eyes.grids], [1, 1, 1, 32]);
});

Deno.test("judge: moves weigh as often as they were recorded, chance is that of the permutations", async () => {
  const world = emptyWorld();
  // Only turns to the left were recorded, and one turn to the right: a single code would do.
  const first = world.moves.findIndex(({ action }) => action === 1);
  const moves = world.moves.map((move, i) => ({ ...move, count: move.action === 0 ? 3 : Number(i === first) }));
  const { judgement } = await judge(new TableModel(world, headingTable(world)), { ...world, moves }, 0, {
    steps: 2,
    starts: 2,
  });
  const action = judgement.meanings.find(({ explanation }) => explanation === "action")!;
  assert.equal(action.table.reduce((a, b) => a + b, 0), 3 * 32 + 1);
  assert.ok(action.agreement.labelEntropy < 0.06, "nearly all moves have one label");
  assert.ok(action.chance.high >= action.chance.mean && action.chance.permutations === 200);
  const again = await judge(new TableModel(world, headingTable(world)), { ...world, moves }, 0, {
    steps: 2,
    starts: 2,
  });
  assert.deepEqual(again.judgement, judgement);
});
