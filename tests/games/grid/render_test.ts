import assert from "node:assert/strict";
import {
  cellPatches2048,
  cellPatchesOthello,
  gridGame,
  record,
  renderBatch2048,
  renderBatchOthello,
} from "../../../lib/games/mod.ts";

/** Spec 1 §2.4 pixel by pixel, painted over one whole picture as the original does: no cells, no table. */
function paint2048(board: Uint8Array, side: number): number[] {
  const picture = new Array(side * side).fill(0), cell = side / 4, border = Math.max(1, Math.floor(cell / 8));
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const log = board[4 * row + column];
      const grey = log === 0 ? 0.1 : Math.min(0.1 + 0.07 * log, 0.95);
      for (let y = row * cell + border; y < (row + 1) * cell - border; y++) {
        for (let x = column * cell + border; x < (column + 1) * cell - border; x++) picture[y * side + x] = grey;
      }
    }
  }
  return picture;
}

function paintOthello(board: Uint8Array, side: number): number[] {
  const picture = new Array(side * side).fill(0.3), cell = Math.floor(side / 8), radius = Math.floor(cell / 3);
  for (let i = 0; i < 8; i++) {
    for (let at = 0; at < side; at++) picture[i * cell * side + at] = picture[at * side + i * cell] = 0.2;
  }
  for (let square = 0; square < 64; square++) {
    if (board[square] === 0) continue;
    const y = Math.floor(square / 8) * cell + Math.floor(cell / 2), x = square % 8 * cell + Math.floor(cell / 2);
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (dy * dy + dx * dx <= radius * radius) picture[(y + dy) * side + x + dx] = board[square] === 1 ? 0.1 : 0.9;
      }
    }
  }
  return picture;
}

const GAMES = [
  { name: "2048", paint: paint2048, render: renderBatch2048, values: 18 },
  { name: "othello", paint: paintOthello, render: renderBatchOthello, values: 3 },
] as const;

for (const { name, paint, render, values } of GAMES) {
  for (const side of [64, 32, 16]) {
    Deno.test(`${name}: pictures of ${side} × ${side} from the table equal the formula painted pixel by pixel`, () => {
      const { observations } = record(name, { trajectories: 5, steps: 60, seed: 3 });
      const cells = gridGame(name).boardSide ** 2;
      // Recorded boards, then one board for every value in every cell.
      const every = Array.from({ length: values }, (_, value) => {
        return Array.from({ length: cells }, (_, cell) => (value + cell) % values);
      }).flat();
      const boards = Uint8Array.from([...observations, ...every]), count = boards.length / cells;
      const floats = render(boards, count, side, new Float32Array(count * side * side));
      const bytes = render(boards, count, side, new Uint8Array(count * side * side));
      for (let i = 0; i < count; i++) {
        const painted = paint(boards.subarray(i * cells, (i + 1) * cells), side);
        const start = i * side * side, end = start + side * side;
        assert.deepEqual(floats.slice(start, end), Float32Array.from(painted), `board ${i}`);
        assert.deepEqual(
          bytes.slice(start, end),
          Uint8Array.from(painted, (grey) => Math.round(255 * Math.fround(grey))),
        );
      }
    });
  }
}

Deno.test("the sizes named in the spec: filled squares and stones", () => {
  const lit = (table: Float32Array, from: number, size: number, grey: number) =>
    table.subarray(from, from + size).filter((pixel) => Math.abs(pixel - grey) < 1e-6).length;
  const [large, small] = [cellPatches2048(64), cellPatches2048(32)];
  assert.deepEqual([large.cells, large.pixels, large.values, large.table.length], [4, 16, 18, 18 * 256]);
  assert.deepEqual([lit(large.table, 256, 256, 0.17), lit(small.table, 64, 64, 0.17)], [144, 36]);
  const greys = [1, 2, 3, 4, 5, 6, 7, 13, 17].map((value) => large.table[value * 256 + 8 * 17].toFixed(2));
  assert.deepEqual(greys, ["0.17", "0.24", "0.31", "0.38", "0.45", "0.52", "0.59", "0.95", "0.95"]);
  const [big, little] = [cellPatchesOthello(64), cellPatchesOthello(32)];
  assert.deepEqual([big.cells, big.pixels, big.values, big.table.length], [8, 8, 3, 3 * 64]);
  assert.deepEqual([lit(big.table, 64, 64, 0.1), lit(big.table, 128, 64, 0.9)], [13, 13]);
  assert.deepEqual([lit(little.table, 16, 16, 0.1), lit(little.table, 32, 16, 0.9)], [5, 5]);
});

Deno.test("wrong sizes and bytes are refused", () => {
  const out = new Float32Array(32 * 32);
  assert.throws(
    () => renderBatch2048(new Uint8Array(16), 1, 30, out),
    /side from 16 to 4096, a multiple of 4, but found 30/,
  );
  assert.throws(() => renderBatchOthello(new Uint8Array(64), 1, 36, out), /multiple of 8, but found 36/);
  assert.throws(() => renderBatch2048(new Uint8Array(16), 1, 8, out), /found 8/);
  assert.throws(() => renderBatch2048(new Uint8Array(17), 1, 32, out), /1 boards of 16 bytes but found 17 bytes/);
  assert.throws(() => renderBatch2048(new Uint8Array(32), 2, 32, out), /room for 2 × 32 × 32 pixels but found 1024/);
  assert.throws(
    () => renderBatch2048(new Uint8Array(16).fill(18), 1, 32, out),
    /bytes below 18 but found 18 in board 0/,
  );
  assert.throws(() => renderBatchOthello(new Uint8Array(64).fill(3), 1, 32, out), /bytes below 3 but found 3/);
  assert.throws(() => gridGame("chess"), /game: expected one of 2048, othello but found "chess"/);
});
