import assert from "node:assert/strict";
import { observationAt, trueSteps } from "../../../lib/data/mod.ts";
import { boardFromTiles, chanceLabels, labelChance2048, record, slide2048, spawn2048 } from "../../../lib/games/mod.ts";
import { Stream } from "../../../lib/random.ts";

function labels(tiles: number[], action: number): { chance: number[]; bits: number[] } {
  const chance = new Uint8Array(16).fill(7), bits = new Float64Array(16).fill(7);
  labelChance2048(boardFromTiles(tiles), action, chance, bits);
  return { chance: Array.from(chance), bits: Array.from(bits) };
}

Deno.test("a move that changes nothing leaves no chance", () => {
  const tiles = [2, 4, 0, 0, ...new Array(12).fill(0)];
  assert.deepEqual(labels(tiles, 0), { chance: new Array(16).fill(0), bits: new Array(16).fill(0) });
});

Deno.test("one empty cell after the move: the place is certain, the tile is a coin of 0.9", () => {
  const tiles = [0, 4, 2, 4, 2, 8, 4, 2, 4, 2, 8, 4, 2, 4, 2, 8];
  const { chance, bits } = labels(tiles, 0); // row 0 moves left, its last cell is empty
  assert.equal(chance.indexOf(1), 3);
  assert.equal(chance.lastIndexOf(1), 3);
  assert.ok(Math.abs(bits[3] - 0.4689955935892812) < 1e-12); // h(0.9)
});

Deno.test("the true entropy agrees with counting a hundred thousand spawns", () => {
  const board = boardFromTiles([2, 2, 4, 8, 4, 2, 8, 4, 2, 4, 2, 8, 0, 0, 2, 4]);
  const after = board.slice(), stream = Stream.named(1, "spawns"), total = 100_000;
  slide2048(after, 0);
  const counts = Array.from({ length: 16 }, () => new Array(18).fill(0));
  for (let i = 0; i < total; i++) {
    const next = after.slice();
    spawn2048(next, stream);
    next.forEach((byte, cell) => counts[cell][byte]++);
  }
  const { bits } = labels([2, 2, 4, 8, 4, 2, 8, 4, 2, 4, 2, 8, 0, 0, 2, 4], 0);
  counts.forEach((row, cell) => {
    const entropy = -row.filter((n) => n > 0).reduce((sum, n) => sum + n / total * Math.log2(n / total), 0);
    assert.ok(Math.abs(entropy - bits[cell]) < 0.02, `cell ${cell}: counted ${entropy}, label ${bits[cell]}`);
  });
});

Deno.test("labels of episodes: true steps only, each as for the single board", () => {
  const episodes = record("2048", { trajectories: 20, steps: 150, seed: 2 });
  const found = chanceLabels("2048", episodes);
  assert.equal(found.count, trueSteps(episodes));
  assert.ok(found.count < 20 * episodes.steps, "some steps are padded");
  assert.deepEqual([found.chance.length, found.bits.length], [16 * found.count, 16 * found.count]);
  const chance = new Uint8Array(16), bits = new Float64Array(16);
  let row = 0;
  for (let i = 0; i < episodes.count; i++) {
    for (let t = 0; t < episodes.lengths[i]; t++, row++) {
      assert.equal(found.steps[row], i * episodes.steps + t);
      labelChance2048(observationAt(episodes, i, t), episodes.actions[found.steps[row]], chance, bits);
      assert.deepEqual(found.chance.subarray(16 * row, 16 * row + 16), chance);
      assert.deepEqual(found.bits.subarray(16 * row, 16 * row + 16), bits);
    }
  }
});

Deno.test("Othello has rule cells only", () => {
  const episodes = record("othello", { trajectories: 5, steps: 100, seed: 2 });
  const found = chanceLabels("othello", episodes);
  assert.deepEqual([found.count, found.cells], [trueSteps(episodes), 16]);
  assert.ok(found.chance.every((label) => label === 0) && found.bits.every((value) => value === 0));
});

Deno.test("boards of another game are refused", () => {
  const episodes = record("othello", { trajectories: 1, steps: 3, seed: 0 });
  assert.throws(() => chanceLabels("2048", episodes), /labels of 2048: expected boards of 4 × 4 but found \[8,8\]/);
});
