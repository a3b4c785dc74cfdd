import assert from "node:assert/strict";
import fc from "fast-check";
import { boardFromTiles, Game2048, isOver2048, slide2048, spawn2048 } from "../../../lib/games/mod.ts";
import { Stream } from "../../../lib/random.ts";

/** The spec's words as plain code: turn anticlockwise `action` times, push rows left, turn back. Boards of tiles. */
function referenceMove(board: number[][], action: number): number[][] {
  const turn = (b: number[][]) => [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => b[j][3 - i]));
  const push = (row: number[]) => {
    const tiles = row.filter((tile) => tile !== 0), out: number[] = [];
    while (tiles.length > 0) {
      const tile = tiles.shift()!;
      out.push(tile === tiles[0] ? tile + tiles.shift()! : tile);
    }
    return [...out, 0, 0, 0, 0].slice(0, 4);
  };
  let turned = board;
  for (let i = 0; i < action; i++) turned = turn(turned);
  turned = turned.map(push);
  for (let i = action; i < 4; i++) turned = turn(turned); // in all four quarter turns, which is none
  return turned;
}

const rows = (flat: number[]) => [0, 4, 8, 12].map((i) => flat.slice(i, i + 4));
const anyTiles = fc.array(fc.constantFrom<number>(0, 0, 2, 2, 4, 4, 8, 16), { minLength: 16, maxLength: 16 });

Deno.test("2048: the rows of the spec", () => {
  const cases = [
    [[2, 2, 2, 2], [4, 4, 0, 0], [8]],
    [[4, 4, 8, 0], [8, 8, 0, 0], [8]],
    [[0, 2, 0, 2], [4, 0, 0, 0], [4]],
    [[2, 0, 0, 4], [2, 4, 0, 0], [0]],
    [[2, 4, 8, 0], [2, 4, 8, 0], [-1]],
  ];
  for (const [row, pushed, [merged]] of cases) {
    const board = boardFromTiles([...row, ...new Array(12).fill(0)]);
    assert.equal(slide2048(board, 0), merged, `${row}`);
    assert.deepEqual(board, boardFromTiles([...pushed, ...new Array(12).fill(0)]));
  }
});

Deno.test("2048: real effect of the actions is left, up, right, down", () => {
  const single = () => boardFromTiles([0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (const [action, cell] of [[0, 4], [1, 1], [2, 7], [3, 13]]) {
    const board = single();
    slide2048(board, action);
    assert.equal(board.indexOf(1), cell, `action ${action}`);
  }
});

Deno.test("2048: any board and move agrees with turning, pushing left and turning back", () => {
  fc.assert(
    fc.property(anyTiles, fc.nat(3), (tiles, action) => {
      const board = boardFromTiles(tiles), before = board.slice();
      const expected = referenceMove(rows(tiles), action).flat();
      const merged = slide2048(board, action);
      assert.deepEqual(board, boardFromTiles(expected));
      const moved = board.some((byte, cell) => byte !== before[cell]);
      assert.equal(merged >= 0, moved);
      if (!moved) return;
      // Merging t and t adds 2t·log2(2t) − 2·t·log2(t) = 2t to this sum, and moving adds nothing.
      const weigh = (b: number[]) => b.reduce((sum, tile) => sum + tile * Math.log2(tile || 1), 0);
      assert.equal(merged, weigh(expected) - weigh(tiles));
      assert.equal(expected.reduce((a, b) => a + b), tiles.reduce((a, b) => a + b));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

Deno.test("2048: the end is a full board without equal neighbours", () => {
  const checker = [2, 4, 2, 4, 4, 2, 4, 2, 2, 4, 2, 4, 4, 2, 4, 2];
  assert.equal(isOver2048(boardFromTiles(checker)), true);
  for (let cell = 0; cell < 16; cell++) {
    assert.equal(isOver2048(boardFromTiles(checker.with(cell, 0))), false, `cell ${cell} empty`);
    assert.equal(isOver2048(boardFromTiles(checker.with(cell, 6 - checker[cell]))), false, `cell ${cell} pairs`);
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 16, maxLength: 16 }), (bytes) => {
      const board = Uint8Array.from(bytes);
      const stuck = [0, 1, 2, 3].every((action) => slide2048(board.slice(), action) < 0);
      assert.equal(isOver2048(board), stuck && !bytes.includes(0));
    }),
    { numRuns: 1000, seed: 1 },
  );
});

Deno.test("2048: new tiles are uniform over the empty cells, nine in ten are 2", () => {
  const stream = Stream.named(5, "spawns"), counts = new Array(16).fill(0), total = 30_000;
  const filled = boardFromTiles([2, 0, 4, 0, 0, 0, 8, 0, 2, 2, 2, 2, 0, 0, 0, 16]);
  const empty = Array.from(filled.keys()).filter((cell) => filled[cell] === 0);
  let twos = 0;
  for (let i = 0; i < total; i++) {
    const board = filled.slice();
    spawn2048(board, stream);
    const cell = board.findIndex((byte, at) => byte !== filled[at]);
    counts[cell]++;
    twos += board[cell] === 1 ? 1 : 0;
    assert.ok(board[cell] === 1 || board[cell] === 2);
  }
  const share = total / empty.length;
  counts.forEach((count, cell) => {
    assert.ok(filled[cell] ? count === 0 : Math.abs(count - share) < 5 * Math.sqrt(share), `cell ${cell}: ${count}`);
  });
  assert.ok(Math.abs(twos - 0.9 * total) < 5 * Math.sqrt(total * 0.09), `${twos} twos`);
});

Deno.test("2048: reset puts two tiles; a move that changes nothing is legal and adds none; the score adds up", () => {
  const game = new Game2048();
  for (let seed = 0; seed < 50; seed++) {
    const { observation } = game.reset(seed);
    assert.equal(observation.filter((byte) => byte > 0).length, 2);
  }
  game.restore({ ...game.snapshot(), board: Array.from(boardFromTiles([2, 4, 0, 0, ...new Array(12).fill(0)])) });
  const before = game.snapshot();
  const { observation, reward, info, terminated } = game.step(0);
  assert.deepEqual([Array.from(observation), reward, info.moved, terminated], [before.board, 0, false, false]);
  assert.deepEqual(game.snapshot(), before);
  let sum = 0, last = 0;
  game.reset(1);
  for (let over = false; !over;) {
    const step = game.step(last = (last + 1) % 4);
    sum += step.reward;
    over = step.terminated;
    assert.equal(step.info.score, sum);
    assert.equal(over, isOver2048(step.observation));
  }
});

Deno.test("2048: tiles that cannot be are refused", () => {
  for (const tile of [1, 3, -2, 0.5, NaN, 2 ** 18]) {
    assert.throws(() => boardFromTiles([tile]), new RegExp(`power of two from 2 to 131072 but found ${tile}`));
  }
  assert.deepEqual(boardFromTiles([0, 2, 131072]), Uint8Array.of(0, 1, 17));
});
