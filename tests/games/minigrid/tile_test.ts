/**
 * Every object in every colour and state, under every agent, lit and not, at eight sizes: against hashes of a second
 * implementation in NumPy, written from Minigrid's source and held to the golden file's tiles.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cellCode, drawTile, ObjectType } from "../../../lib/games/mod.ts";
import { tileOf } from "../../../lib/games/minigrid/tile.ts";

const NUMPY: Partial<Record<keyof typeof ObjectType, string>> = {
  empty: "43c6a0b93cb026278fd41e1c300567931a911c18bb9ddc27e18909b3417354c3",
  wall: "1ca7220ce3f71d26bf47e519bdf9258c8e223c7c88a84ad75bc15100efbe5c5f",
  floor: "9424f256307dd987e7a4e6fc263d027547e9de42a90f5a0c22b24330aa79b282",
  door: "8f2e4ac988469414040df0b9a505ae9ff1fcf56f70fa44e66e1a7b68f43c8758",
  key: "0ebe0a8ca57b01dc7d1b5b3a60d3babaa545416e7380e8dbfd4d714d30409cb6",
  ball: "826d05a6381a7d8f9e666a1f1cf65853c976ab00b30b9ed507bf312f87b3a5b7",
  box: "94a760249950e913ff4da94f3f9f4c59d92fdaa8788231a3e839e52dca7f56ab",
  goal: "1ca7220ce3f71d26bf47e519bdf9258c8e223c7c88a84ad75bc15100efbe5c5f",
  lava: "75183c147c8fa9b531ffab0e0ac7c06a38ee2715ceb3df719da11540744cf7e5",
};

Deno.test("tiles of all objects, colours, states, agents, lights and sizes", () => {
  for (const [name, expected] of Object.entries(NUMPY)) {
    const type = ObjectType[name as keyof typeof ObjectType], hash = createHash("sha256");
    for (const side of [1, 4, 5, 7, 8, 11, 16, 32]) {
      for (let colour = 0; colour < 6; colour++) {
        for (const state of type === ObjectType.door ? [0, 1, 2] : [0]) {
          for (const heading of [null, 0, 1, 2, 3]) {
            for (const lit of [false, true]) hash.update(drawTile(cellCode(type, colour, state), heading, lit, side));
          }
        }
      }
    }
    assert.equal(hash.digest("hex"), expected, name);
  }
});

Deno.test("a tile is drawn once for all that shows, and what a box holds does not show", () => {
  const box = cellCode(ObjectType.box, 2), full = cellCode(ObjectType.box, 2, 0, cellCode(ObjectType.key, 3));
  assert.equal(tileOf(full, null, true, 8), tileOf(box, null, true, 8));
  const others = [tileOf(box, 0, true, 8), tileOf(box, null, false, 8), tileOf(box, null, true, 9)];
  for (const other of others) assert.notDeepEqual(other, tileOf(box, null, true, 8));
  assert.deepEqual(tileOf(box, 0, true, 8), drawTile(box, 0, true, 8));
});
