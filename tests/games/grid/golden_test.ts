/** The `games` section of tests/golden/1-rules-and-chance.json, made by the original's code in Python. */

import assert from "node:assert/strict";
import {
  afterstate2048,
  BLACK,
  boardFromTiles,
  countStones,
  labelChance2048,
  legalOthello,
  Othello,
  type Player,
  renderBatch2048,
  renderBatchOthello,
  startOthello,
  WHITE,
} from "../../../lib/games/mod.ts";

interface Picture {
  mean: number;
  l2: number;
  row_sums: number[];
  idx: number[];
  val: number[];
}
interface Golden {
  slides: { board: number[][]; after: number[][][]; oracle_bits: number[][][] }[];
  render2048: { img: number; images: Picture[]; img_small: number; images_small: Picture[] };
  othello: {
    plies: { t: number; player: number; legal: number[]; action: number; n_flips: number; passed: boolean }[];
    final_board: number[][];
    black: number;
    white: number;
    after_ply_images: Record<string, { board: number[][]; img64: Picture; img32: Picture }>;
  };
}

const path = new URL("../../golden/1-rules-and-chance.json", import.meta.url);
const golden: Golden = JSON.parse(Deno.readTextFileSync(path)).games;

/** The file has black = 1 and white = -1. */
const stones = (board: number[][]) => Uint8Array.from(board.flat(), (stone) => stone === -1 ? WHITE : stone);

function assertPicture(picture: Float32Array, expected: Picture, what: string): void {
  const side = Math.sqrt(picture.length),
    near = (a: number, b: number, tolerance: number, of: string) => {
      assert.ok(Math.abs(a - b) <= tolerance, `${what}, ${of}: expected ${b} but found ${a}`);
    };
  // float32 pixels against the file's float64.
  near(picture.reduce((a, b) => a + b, 0) / picture.length, expected.mean, 1e-7, "mean");
  near(Math.sqrt(picture.reduce((a, b) => a + b * b, 0)), expected.l2, 1e-5, "l2");
  assert.equal(expected.row_sums.length, side);
  expected.row_sums.forEach((sum, row) => {
    near(picture.slice(row * side, (row + 1) * side).reduce((a, b) => a + b, 0), sum, 3e-6, `row ${row}`);
  });
  expected.idx.forEach((index, i) => near(picture[index], expected.val[i], 4e-8, `pixel ${index}`));
}

Deno.test("golden slides: 5 boards, 4 actions, before any spawn", () => {
  assert.equal(golden.slides.length, 5);
  for (const { board, after } of golden.slides) {
    after.forEach((tiles, action) => {
      const found = afterstate2048(boardFromTiles(board.flat()), action);
      assert.deepEqual(found, boardFromTiles(tiles.flat()), `action ${action}`);
    });
  }
});

Deno.test("golden true entropies of every cell", () => {
  for (const { board, oracle_bits } of golden.slides) {
    oracle_bits.forEach((expected, action) => {
      const chance = new Uint8Array(16), bits = new Float64Array(16);
      labelChance2048(boardFromTiles(board.flat()), action, chance, bits);
      expected.flat().forEach((value, cell) => {
        assert.ok(Math.abs(bits[cell] - value) < 1e-12, `action ${action}, cell ${cell}`);
        assert.equal(chance[cell], value > 0 ? 1 : 0);
      });
    });
  }
});

Deno.test("golden pictures of 2048 at both sizes", () => {
  const { img, images, img_small, images_small } = golden.render2048;
  for (const [side, pictures] of [[img, images], [img_small, images_small]] as const) {
    pictures.forEach((expected, i) => {
      const board = boardFromTiles(golden.slides[i].board.flat());
      assertPicture(renderBatch2048(board, 1, side, new Float32Array(side * side)), expected, `board ${i}, ${side}`);
    });
  }
});

Deno.test("golden game of Othello: every ply, the pass, the end, and the pictures on the way", () => {
  const { plies, final_board, black, white, after_ply_images } = golden.othello;
  const game = new Othello();
  let board = game.reset(0).observation, passed = false, player: Player = BLACK;
  const checkPictures = (ply: number) => {
    const expected = after_ply_images[ply];
    if (!expected) return 0;
    assert.deepEqual(board, stones(expected.board), `board after ply ${ply}`);
    for (const [side, picture] of [[64, expected.img64], [32, expected.img32]] as const) {
      assertPicture(renderBatchOthello(board, 1, side, new Float32Array(side * side)), picture, `ply ${ply}, ${side}`);
    }
    return 1;
  };
  let pictures = 0;
  assert.deepEqual(board, startOthello());
  for (const ply of plies) {
    assert.equal(player, ply.player === 1 ? BLACK : WHITE, `player of ply ${ply.t}`);
    assert.equal(passed, ply.passed, `pass before ply ${ply.t}`);
    assert.deepEqual(game.legalActions(), ply.legal);
    assert.deepEqual(legalOthello(board, player), ply.legal);
    assert.equal(ply.action, ply.legal[(15 * ply.t + 6) % ply.legal.length]);
    const { observation, info, terminated } = game.step(ply.action);
    assert.equal(info.flipped, ply.n_flips);
    assert.equal(terminated, ply.t === plies.length - 1);
    board = observation;
    passed = info.passed as boolean;
    player = info.player as Player;
    pictures += checkPictures(ply.t);
  }
  assert.equal(plies.length, 59);
  assert.equal(pictures, 3);
  assert.deepEqual(board, stones(final_board));
  assert.deepEqual([countStones(board, BLACK), countStones(board, WHITE)], [black, white]);
});
