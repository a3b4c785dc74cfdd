/**
 * The game 2048 on bytes: a cell holds log2 of its tile, 0 if empty. Spec 1 §2.1.
 *
 * Actions have the real effect 0 = left, 1 = up, 2 = right, 3 = down (the original's comments name them otherwise, D15).
 */

import { Stream, type StreamState } from "../../random.ts";
import { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "../environment.ts";

/** Cells of a board, row by row. */
export const CELLS_2048 = 16;
/** Real effect of each action. */
export const ACTION_NAMES_2048: readonly string[] = ["left", "up", "right", "down"];
/** Number of byte values a cell can have: empty and 2^1 to 2^17, the largest tile that fits on the board. */
export const VALUES_2048 = 18;

const ALL_ACTIONS: readonly number[] = [0, 1, 2, 3];
// A move pushes four lines; `start` is the first cell of line 0 on the side pushed to, then steps to the next line and
// along a line. This equals turning the board anticlockwise `action` times, pushing left, and turning back.
const PUSHES = [
  { start: 0, line: 4, along: 1 },
  { start: 0, line: 1, along: 4 },
  { start: 3, line: 4, along: -1 },
  { start: 12, line: 1, along: -4 },
];

/**
 * Pushes a board in place, without the new tile: this is the afterstate of the move.
 *
 * @param board 16 bytes, changed
 * @returns the sum of the tiles made by merging, or -1 if nothing moved
 */
export function slide2048(board: Uint8Array, action: number): number {
  const { start, line, along } = PUSHES[action];
  let moved = false, merged = 0;
  for (let i = 0, first = start; i < 4; i++, first += line) {
    // `to` is where the next tile goes; `open` tells whether the tile just before it may still merge.
    let to = first, open = false;
    for (let j = 0, from = first; j < 4; j++, from += along) {
      const tile = board[from];
      if (tile === 0) continue;
      if (open && board[to - along] === tile) {
        board[to - along] = tile + 1;
        board[from] = 0;
        merged += 2 ** (tile + 1);
        moved = true;
        open = false;
        continue;
      }
      if (from !== to) {
        board[to] = tile;
        board[from] = 0;
        moved = true;
      }
      to += along;
      open = true;
    }
  }
  return moved ? merged : -1;
}

/** Puts a 2 (probability 0.9) or a 4 on a uniformly chosen empty cell, of which there must be one. */
export function spawn2048(board: Uint8Array, stream: Stream): void {
  let empty = 0;
  for (let cell = 0; cell < CELLS_2048; cell++) empty += board[cell] === 0 ? 1 : 0;
  let skip = stream.below(empty), cell = 0;
  while (board[cell] !== 0 || skip-- > 0) cell++;
  board[cell] = stream.uniform() < 0.9 ? 1 : 2;
}

/** True if no cell is empty and no two neighbours are equal. */
export function isOver2048(board: Uint8Array): boolean {
  for (let cell = 0; cell < CELLS_2048; cell++) {
    const tile = board[cell];
    if (tile === 0) return false;
    if ((cell & 3) < 3 && board[cell + 1] === tile) return false;
    if (cell < 12 && board[cell + 4] === tile) return false;
  }
  return true;
}

/** A board of tiles (0, 2, 4, 8, …), row by row, as bytes. */
export function boardFromTiles(tiles: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(tiles, (tile) => {
    const byte = tile === 0 ? 0 : Math.log2(tile);
    if (!Number.isInteger(byte) || byte < 0 || tile === 1 || byte >= VALUES_2048) {
      throw new RangeError(`2048 tile: expected 0 or a power of two from 2 to 131072 but found ${tile}`);
    }
    return byte;
  });
}

/** State of a `Game2048`; plain data. */
export interface State2048 {
  /** 16 bytes, log2 of each tile. */
  board: number[];
  /** True after the end, and before the first reset. */
  over: boolean;
  /** True once `reset` was called. */
  begun: boolean;
  /** Sum of all merged tiles so far. */
  score: number;
  /** The random stream of the new tiles. */
  stream: StreamState;
}

/**
 * The environment. Every action is legal until the end, also one that moves nothing (`info.moved` tells); the reward is
 * the sum of the merged tiles.
 *
 * @example
 * ```ts
 * import { Game2048 } from "@tessera/worlds";
 * const game = new Game2048();
 * game.reset(0);
 * const { observation, reward, terminated } = game.step(0); // left
 * ```
 */
export class Game2048 implements Environment<State2048> {
  /** "2048". */
  readonly name = "2048";
  readonly actionCount = 4;
  /** Rows and columns of the board. */
  readonly observationShape: readonly number[] = [4, 4];
  /** Byte values of a cell. */
  readonly observationValues: number = VALUES_2048;
  #board = new Uint8Array(CELLS_2048);
  #over = true;
  #begun = false;
  #score = 0;
  #stream = Stream.named(0, "2048");

  reset(seed: number): { observation: Uint8Array; info: Info } {
    this.#stream = Stream.named(seed, "2048");
    this.#board.fill(0);
    spawn2048(this.#board, this.#stream);
    spawn2048(this.#board, this.#stream);
    this.#over = false;
    this.#begun = true;
    this.#score = 0;
    return { observation: this.#board.slice(), info: { moved: false, score: 0 } };
  }

  /** Moves, then adds a tile if anything moved. See `Environment.step`. */
  step(action: number): Step {
    if (this.#over) throw new EpisodeOverError(this.name, this.#begun);
    if (!(action === 0 || action === 1 || action === 2 || action === 3)) {
      throw new IllegalActionError(this.name, action, ALL_ACTIONS);
    }
    const merged = slide2048(this.#board, action), moved = merged >= 0;
    const reward = moved ? merged : 0;
    this.#score += reward;
    if (moved) {
      spawn2048(this.#board, this.#stream);
      this.#over = isOver2048(this.#board);
    }
    return {
      observation: this.#board.slice(),
      reward,
      terminated: this.#over,
      truncated: false,
      info: { moved, score: this.#score },
    };
  }

  legalActions(): readonly number[] {
    return this.#over ? [] : ALL_ACTIONS;
  }

  snapshot(): State2048 {
    return {
      board: Array.from(this.#board),
      over: this.#over,
      begun: this.#begun,
      score: this.#score,
      stream: this.#stream.state(),
    };
  }

  restore(state: State2048): void {
    this.#board.set(state.board);
    this.#over = state.over;
    this.#begun = state.begun;
    this.#score = state.score;
    this.#stream = Stream.restore(state.stream);
  }

  clone(): Game2048 {
    const copy = new Game2048();
    copy.restore(this.snapshot());
    return copy;
  }
}
