/** Batches for the training steps, from random play of 2048 after a burn-in (spec 1 §2, C7). */
import { isOver2048, slide2048, spawn2048 } from "../../../lib/games/grid/game_2048.ts";
import { Stream } from "../../../lib/random.ts";
import { gridOf, type ModelSizes } from "./model.ts";

/** Frames [batch, side, side, 1], grey in [0, 1]. */
export type FrameBatch = Float32Array;

export interface TransitionBatch {
  /** Codes of the cells before the move, [batch, tokens]. */
  readonly before: Int32Array;
  /** [batch] */
  readonly actions: Int32Array;
  /** Codes after the move and the new tile, [batch, tokens]. */
  readonly after: Int32Array;
}

const BURN_IN = 80;

/** As many batches of rendered boards. */
export function frameBatches(sizes: ModelSizes, batch: number, count: number, seed = 0): FrameBatch[] {
  const moves = play(batch * count, seed);
  return Array.from({ length: count }, (_, i) => {
    const frames = new Float32Array(batch * sizes.side ** 2);
    for (let j = 0; j < batch; j++) drawBoard(moves[i * batch + j].before, sizes.side, frames, j * sizes.side ** 2);
    return frames;
  });
}

/** As many batches of transitions, one code per tile value; tiles beyond the last code share it. */
export function transitionBatches(sizes: ModelSizes, batch: number, count: number, seed = 0): TransitionBatch[] {
  const tokens = gridOf(sizes) ** 2, moves = play(batch * count, seed);
  if (tokens !== 16) throw new RangeError(`a board of 2048 has 16 cells, not ${tokens}`);
  const codesOf = (boards: readonly Uint8Array[]) =>
    Int32Array.from(boards.flatMap((board) => [...board]), (tile) => Math.min(tile, sizes.codes - 1));
  return Array.from({ length: count }, (_, i) => {
    const part = moves.slice(i * batch, (i + 1) * batch);
    return {
      before: codesOf(part.map((move) => move.before)),
      actions: Int32Array.from(part, (move) => move.action),
      after: codesOf(part.map((move) => move.after)),
    };
  });
}

/** 1 / variance of all pixels: the weight of the reconstruction (C2). */
export function reconstructionWeight(batches: readonly FrameBatch[]): number {
  let count = 0, sum = 0, squares = 0;
  for (const frames of batches) {
    for (const pixel of frames) [count, sum, squares] = [count + 1, sum + pixel, squares + pixel * pixel];
  }
  return 1 / (squares / count - (sum / count) ** 2);
}

interface Move {
  readonly before: Uint8Array;
  readonly action: number;
  readonly after: Uint8Array;
}

/** Random moves from boards past the burn-in. */
function play(count: number, seed: number): Move[] {
  const stream = Stream.named(seed, "bench/2048"), moves: Move[] = [];
  let board = new Uint8Array(16), age = 0;
  while (moves.length < count) {
    if (age === 0 || isOver2048(board)) {
      board = new Uint8Array(16);
      spawn2048(board, stream);
      spawn2048(board, stream);
      age = 0;
    }
    const before = board.slice(), action = stream.below(4);
    if (slide2048(board, action) >= 0) spawn2048(board, stream);
    if (++age > BURN_IN) moves.push({ before, action, after: board.slice() });
  }
  return moves;
}

/** Spec 1 §2.4: black grid, cells 0.1 when empty, else min(0.1 + 0.07·log2(tile), 0.95). */
function drawBoard(board: Uint8Array, side: number, out: Float32Array, start: number): void {
  const cell = side / 4, border = Math.max(1, Math.floor(cell / 8));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const inside = [y % cell, x % cell].every((at) => at >= border && at < cell - border);
      const tile = board[4 * Math.floor(y / cell) + Math.floor(x / cell)];
      out[start + y * side + x] = inside ? Math.min(0.1 + 0.07 * tile, 0.95) : 0;
    }
  }
}
