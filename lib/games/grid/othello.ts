/** The game Othello on bytes: 0 = empty, 1 = black, 2 = white; square 8·row + column. Spec 1 §2.2. */

import { type Environment, EpisodeOverError, IllegalActionError, type Info, type Step } from "../environment.ts";

/** Squares of a board, row by row. */
export const CELLS_OTHELLO = 64;
/** Number of byte values a square can have. */
export const VALUES_OTHELLO = 3;
/** Values of a square; black moves first. */
export const EMPTY = 0, BLACK = 1, WHITE = 2;

/** A player: `BLACK` or `WHITE`. */
export type Player = 1 | 2;

/** Distance between neighbours in each of the eight directions. */
const DIRECTIONS = Int8Array.of(-9, -8, -7, -1, 1, 7, 8, 9);

/** REACH[8·square + direction]: squares from this one to the edge, 0 where fewer than two (no line can close there). */
const REACH = Uint8Array.from({ length: 8 * CELLS_OTHELLO }, (_, i) => {
  const square = i >> 3, distance = DIRECTIONS[i & 7];
  const down = Math.round(distance / 8), right = distance - 8 * down;
  let row = (square >> 3) + down, column = (square & 7) + right, reach = 0;
  for (; row >= 0 && row < 8 && column >= 0 && column < 8; row += down, column += right) reach++;
  return reach < 2 ? 0 : reach;
});

/** The position before the first move. */
export function startOthello(): Uint8Array {
  const board = new Uint8Array(CELLS_OTHELLO);
  board[27] = board[36] = WHITE;
  board[28] = board[35] = BLACK;
  return board;
}

/** The other player. */
export function opponent(player: Player): Player {
  return player === BLACK ? WHITE : BLACK;
}

/** How many stones a stone of `player` on the square would flip in one direction. */
function flipsAlong(board: Uint8Array, square: number, direction: number, player: Player): number {
  const reach = REACH[8 * square + direction], distance = DIRECTIONS[direction], other = 3 - player;
  let at = square + distance;
  if (reach === 0 || board[at] !== other) return 0;
  let passed = 0;
  do {
    at += distance;
    passed++;
  } while (passed + 1 < reach && board[at] === other);
  return board[at] === player ? passed : 0;
}

/**
 * The squares where the player may put a stone, ascending.
 *
 * The board becomes two sets of stones of 64 bits, each in two halves (rows 0–3 and 4–7). From the player's stones a
 * flood runs along each direction over the other's stones, all lines at once; where it leaves them onto an empty square
 * is a legal move. The outer columns are kept out of the flood, so that no line runs round the board's edge.
 */
export function legalOthello(board: Uint8Array, player: Player): number[] {
  let ownLow = 0, ownHigh = 0, otherLow = 0, otherHigh = 0;
  for (let i = 0; i < 32; i++) {
    const low = board[i], high = board[i + 32];
    if (low === player) ownLow |= 1 << i;
    else if (low !== EMPTY) otherLow |= 1 << i;
    if (high === player) ownHigh |= 1 << i;
    else if (high !== EMPTY) otherHigh |= 1 << i;
  }
  let legalLow = 0, legalHigh = 0;
  for (let axis = 4; axis < 8; axis++) {
    const n = DIRECTIONS[axis], m = 32 - n; // `up` runs towards higher squares, `down` against it
    const columns = n === 8 ? -1 : 0x7e7e7e7e;
    const maskLow = otherLow & columns, maskHigh = otherHigh & columns;
    let upLow = (ownLow << n) & maskLow, upHigh = ((ownHigh << n) | (ownLow >>> m)) & maskHigh;
    let downLow = ((ownLow >>> n) | (ownHigh << m)) & maskLow, downHigh = (ownHigh >>> n) & maskHigh;
    for (let length = 2; length <= 6; length++) {
      upHigh |= ((upHigh << n) | (upLow >>> m)) & maskHigh;
      upLow |= (upLow << n) & maskLow;
      downLow |= ((downLow >>> n) | (downHigh << m)) & maskLow;
      downHigh |= (downHigh >>> n) & maskHigh;
    }
    legalLow |= (upLow << n) | (downLow >>> n) | (downHigh << m);
    legalHigh |= (upHigh << n) | (upLow >>> m) | (downHigh >>> n);
  }
  const legal: number[] = [];
  appendBits(legal, legalLow & ~(ownLow | otherLow), 0);
  appendBits(legal, legalHigh & ~(ownHigh | otherHigh), 32);
  return legal;
}

/** Appends the positions of the set bits, ascending, plus `offset`. */
function appendBits(list: number[], bits: number, offset: number): void {
  for (; bits !== 0; bits &= bits - 1) list.push(offset + 31 - Math.clz32(bits & -bits));
}

/**
 * Puts a stone and flips every line that it closes, in place.
 *
 * @returns the number of flipped stones; 0 means that the move is illegal and the board unchanged
 */
export function playOthello(board: Uint8Array, square: number, player: Player): number {
  if (board[square] !== EMPTY) return 0;
  let flipped = 0;
  for (let direction = 0; direction < 8; direction++) {
    const flips = flipsAlong(board, square, direction, player);
    for (let i = 1; i <= flips; i++) board[square + i * DIRECTIONS[direction]] = player;
    flipped += flips;
  }
  if (flipped > 0) board[square] = player;
  return flipped;
}

/** Number of stones of one player. */
export function countStones(board: Uint8Array, player: Player): number {
  let count = 0;
  for (let square = 0; square < CELLS_OTHELLO; square++) count += board[square] === player ? 1 : 0;
  return count;
}

/** State of an `Othello`; plain data. */
export interface StateOthello {
  /** 64 bytes: 0 = empty, 1 = black, 2 = white. */
  board: number[];
  /** Who moves next. */
  player: Player;
  /** True if the other player has just been passed over. */
  passed: boolean;
  /** True after the end, and before the first reset. */
  over: boolean;
  /** True once `reset` was called. */
  begun: boolean;
}

/**
 * The environment: one agent plays both colours in turn. The turn passes by itself where a player cannot move
 * (`info.passed` then is true, `info.player` is who moves next). The reward is 0 until the end, then 1, 0 or -1 as black has
 * more, as many or fewer stones. Nothing is random, so the seed has no effect.
 */
export class Othello implements Environment<StateOthello> {
  /** "othello". */
  readonly name = "othello";
  readonly actionCount = 64;
  /** Rows and columns of the board. */
  readonly observationShape: readonly number[] = [8, 8];
  /** Byte values of a cell. */
  readonly observationValues: number = VALUES_OTHELLO;
  #board = startOthello();
  #player: Player = BLACK;
  #legal: readonly number[] = [];
  #passed = false;
  #over = true;
  #begun = false;

  reset(_seed: number): { observation: Uint8Array; info: Info } {
    this.#board = startOthello();
    this.#player = BLACK;
    this.#legal = legalOthello(this.#board, BLACK);
    this.#passed = false;
    this.#over = false;
    this.#begun = true;
    return { observation: this.#board.slice(), info: this.#info(0) };
  }

  /** Puts a stone for the player to move and passes the turn on. See `Environment.step`. */
  step(action: number): Step {
    if (this.#over) throw new EpisodeOverError(this.name, this.#begun);
    const mover = this.#player;
    const flipped = playOthello(this.#board, action, mover);
    if (flipped === 0) throw new IllegalActionError(this.name, action, this.#legal);
    this.#player = opponent(mover);
    this.#legal = legalOthello(this.#board, this.#player);
    this.#passed = this.#legal.length === 0;
    if (this.#passed) {
      this.#player = mover;
      this.#legal = legalOthello(this.#board, mover);
      this.#over = this.#legal.length === 0;
    }
    const lead = this.#over ? countStones(this.#board, BLACK) - countStones(this.#board, WHITE) : 0;
    return {
      observation: this.#board.slice(),
      reward: Math.sign(lead),
      terminated: this.#over,
      truncated: false,
      info: this.#info(flipped),
    };
  }

  #info(flipped: number): Info {
    return { player: this.#player, flipped, passed: this.#passed && !this.#over };
  }

  legalActions(): readonly number[] {
    return this.#legal;
  }

  snapshot(): StateOthello {
    return {
      board: Array.from(this.#board),
      player: this.#player,
      passed: this.#passed,
      over: this.#over,
      begun: this.#begun,
    };
  }

  restore(state: StateOthello): void {
    this.#board.set(state.board);
    this.#player = state.player;
    this.#passed = state.passed;
    this.#over = state.over;
    this.#begun = state.begun;
    this.#legal = state.over ? [] : legalOthello(this.#board, state.player);
  }

  clone(): Othello {
    const copy = new Othello();
    copy.restore(this.snapshot());
    return copy;
  }
}
