/** Everything that a greedy dream can come to, with models whose every step is known. */
import assert from "node:assert/strict";
import { dreamPaths, dreamPlayable, nameCodes } from "../../../lib/experiments/mini_genie/mod.ts";
import { deafTable, emptyWorld, perfectTable, TableModel } from "./table_model.ts";

const world = emptyWorld();

Deno.test("dream paths: a perfect model of a closed world comes to its true frames and nowhere else", async () => {
  const model = new TableModel(world, perfectTable(world)), { places, actions, side } = await dreamPaths(model, world);
  assert.deepEqual([places.length, actions, side], [world.count, 3, 20]);
  places.forEach(({ nearest, next, verdicts, psnr }, state) => {
    assert.equal(nearest, state);
    assert.ok(psnr > 80);
    next.forEach((to, code) => {
      assert.equal(to, model.table.next(state, code));
      assert.equal(verdicts[code], to === state ? "stay" : "legal");
    });
  });
});

Deno.test("dream paths: with too few places the rest is left out, and every place is asked about", async () => {
  const model = new TableModel(world, perfectTable(world)), { places } = await dreamPaths(model, world, { most: 5 });
  assert.equal(places.length, 5);
  for (const [state, { next, verdicts }] of places.entries()) {
    next.forEach((to, code) => {
      const right = model.table.next(state, code);
      assert.equal(to, right < 5 ? right : -1);
      assert.equal(verdicts[code] === null, to < 0);
    });
  }
});

Deno.test("a dream to play has a picture pair, a name for every key, and what each step does", async () => {
  const model = new TableModel(world, perfectTable(world));
  const playable = dreamPlayable(await dreamPaths(model, world), world, await nameCodes(model, world));
  assert.deepEqual(playable.keys, ["turn left", "turn right", "forward"]);
  assert.equal(new Set(playable.starts).size, world.count);
  assert.match(playable.places[0].told[0], /^turn left: legal$/);
  const nameless = dreamPlayable(await dreamPaths(new TableModel(world, deafTable(world)), world), world, null);
  assert.deepEqual(nameless.keys, ["code 0", "code 1", "code 2"]);
});
