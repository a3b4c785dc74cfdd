import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BLACK,
  countStones,
  EMPTY,
  legalOthello,
  opponent,
  Othello,
  type Player,
  playOthello,
  startOthello,
  WHITE,
} from "../../../lib/games/mod.ts";

/** The rules word for word: the squares flipped by a stone, or none if the move is illegal. */
function referenceFlips(board: Uint8Array, square: number, player: Player): number[] {
  if (board[square] !== EMPTY) return [];
  const flips: number[] = [];
  for (const down of [-1, 0, 1]) {
    for (const right of [-1, 0, 1]) {
      const line: number[] = [];
      let row = Math.floor(square / 8) + down, column = square % 8 + right;
      const onBoard = () => row >= 0 && row < 8 && column >= 0 && column < 8;
      while ((down !== 0 || right !== 0) && onBoard() && board[8 * row + column] === opponent(player)) {
        line.push(8 * row + column);
        row += down;
        column += right;
      }
      if (onBoard() && board[8 * row + column] === player) flips.push(...line);
    }
  }
  return flips;
}

Deno.test("Othello: the start, and black's four moves", () => {
  const board = startOthello();
  assert.deepEqual([27, 28, 35, 36].map((square) => board[square]), [WHITE, BLACK, BLACK, WHITE]);
  assert.equal(countStones(board, BLACK) + countStones(board, WHITE), 4);
  assert.deepEqual(legalOthello(board, BLACK), [19, 26, 37, 44]);
});

Deno.test("Othello: number of legal sequences of length 1 to 6", () => {
  const count = (board: Uint8Array, player: Player, length: number): number => {
    if (length === 0) return 1;
    let total = 0;
    for (const move of legalOthello(board, player)) {
      const next = board.slice();
      playOthello(next, move, player);
      total += count(next, opponent(player), length - 1);
    }
    return total;
  };
  const counts = [1, 2, 3, 4, 5, 6].map((length) => count(startOthello(), BLACK, length));
  assert.deepEqual(counts, [4, 12, 56, 244, 1396, 8200]);
});

Deno.test("Othello: legal moves and flips of any board agree with the rules word for word", () => {
  const anyBoard = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(99), { minLength: 64, maxLength: 64 }));
  fc.assert(
    fc.property(anyBoard, fc.constantFrom<Player>(BLACK, WHITE), ([tenths, numbers], player) => {
      // From sparse to full boards; 0 to 4 of ten empty, 4 black or more.
      const board = Uint8Array.from(numbers, (n) => n < 10 * tenths - 10 ? EMPTY : n % 2 ? BLACK : WHITE);
      const legal: number[] = [];
      for (let square = 0; square < 64; square++) {
        const flips = referenceFlips(board, square, player), played = board.slice();
        assert.equal(playOthello(played, square, player), flips.length);
        if (flips.length > 0) legal.push(square);
        const expected = board.slice();
        if (flips.length > 0) [square, ...flips].forEach((stone) => expected[stone] = player);
        assert.deepEqual(played, expected);
      }
      assert.deepEqual(legalOthello(board, player), legal);
    }),
    { numRuns: 500, seed: 1 },
  );
});

Deno.test("Othello: the turn returns to the mover where the opponent cannot move, and the game ends where nobody can", () => {
  // Row 0: black, white, empty. After black's move at 2 white is gone from row 0; white has a stone far off.
  const board = new Array(64).fill(EMPTY);
  [board[0], board[1], board[8 * 7], board[8 * 7 + 1]] = [BLACK, WHITE, BLACK, WHITE];
  const game = new Othello();
  game.restore({ board, player: BLACK, passed: false, over: false, begun: true });
  assert.deepEqual(game.legalActions(), [2, 58]);
  const first = game.step(2);
  assert.deepEqual([first.info.player, first.info.passed, first.terminated, first.reward], [BLACK, true, false, 0]);
  assert.deepEqual(game.legalActions(), [58]);
  const second = game.step(58);
  assert.deepEqual([second.info.passed, second.terminated, second.reward], [false, true, 1]);
  assert.deepEqual(game.legalActions(), []);
});

Deno.test("Othello: the reward at the end is black's result", () => {
  for (const [player, winner, reward] of [[BLACK, BLACK, 1], [WHITE, WHITE, -1]] as const) {
    const board = new Array(64).fill(winner);
    [board[0], board[1]] = [EMPTY, opponent(player)];
    const game = new Othello();
    game.restore({ board, player, passed: false, over: false, begun: true });
    const { reward: found, terminated } = game.step(0);
    assert.deepEqual([found, terminated], [reward, true]);
  }
});
