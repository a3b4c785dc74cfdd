/** Recording board games with random play. Spec 1 §2.1–2.3 and repairs C7, D11 of §9. */

import type { Episodes } from "../../data/episodes.ts";
import { Stream } from "../../random.ts";
import { isOver2048, slide2048, spawn2048 } from "./game_2048.ts";
import { gridGame, type GridGameName } from "./grid_game.ts";
import { BLACK, legalOthello, opponent, type Player, playOthello, startOthello } from "./othello.ts";

/** What to record. */
export interface RecordOptions {
  /** Number of trajectories, n; the set always has exactly so many. */
  trajectories: number;
  /** Longest trajectory, in actions, from 2 to 65,535. */
  steps: number;
  /** Random steps to play before the recording starts; default 0. Games that end earlier are played again (C7). */
  burnIn?: number;
  /** Any safe integer. */
  seed: number;
  /** Name of the random stream, so that one seed gives unlike sets, say "data/test"; default "record". */
  stream?: string;
}

/** A game in progress under its random policy. */
interface RandomPlay {
  board: Uint8Array;
  /**
   * Plays one random action on `board`. Returns it, or -1 if the trajectory stops before this step: 2048 does not record
   * the step that ends the game; Othello records its last move and stops when nobody can move.
   */
  advance(): number;
}

const PLAYS: Record<GridGameName, (stream: Stream) => RandomPlay> = { "2048": play2048, othello: playRandomOthello };
const MAX_ATTEMPTS = 10_000;

/**
 * Records trajectories of uniformly random play. Trajectories with fewer than two actions are discarded and played again.
 * All are padded to the longest of the set (last board repeated, action 0); `lengths` keeps the true number of actions.
 * The set is a function of the arguments alone, and its first k trajectories do not depend on how many follow, up to padding.
 *
 * @returns boards as bytes: log2 of the tile for 2048 [n, T+1, 4, 4]; 0, 1 = black, 2 = white for Othello [n, T+1, 8, 8]
 * @throws RangeError for counts out of range, or if games practically never last through the burn-in
 *
 * @example
 * ```ts
 * import { record } from "@tessera/worlds";
 * const training = record("2048", { trajectories: 500, steps: 10, burnIn: 80, seed: 0 });
 * ```
 */
export function record(game: GridGameName, options: RecordOptions): Episodes {
  const { trajectories, steps, burnIn = 0, seed, stream: name = "record" } = options;
  const { boardSide } = gridGame(game);
  checkCount("trajectories", trajectories, 1, 2 ** 31);
  checkCount("steps", steps, 2, 0xffff);
  checkCount("burnIn", burnIn, 0, 2 ** 31);
  const cells = boardSide * boardSide;
  const boards = new Uint8Array(trajectories * (steps + 1) * cells);
  const actions = new Uint8Array(trajectories * steps);
  const lengths = new Uint16Array(trajectories);
  let longest = 0;
  for (let i = 0; i < trajectories; i++) {
    // A stream for each trajectory, so that none depends on the length of those before it.
    const stream = Stream.named(seed, `${name}/${game}/${i}`);
    const rows = boards.subarray(i * (steps + 1) * cells, (i + 1) * (steps + 1) * cells);
    const length = recordOne(game, stream, burnIn, rows, actions.subarray(i * steps, (i + 1) * steps));
    for (let t = length + 1; t <= steps; t++) rows.copyWithin(t * cells, length * cells, (length + 1) * cells);
    lengths[i] = length;
    longest = Math.max(longest, length);
  }
  return {
    count: trajectories,
    steps: longest,
    observationShape: [boardSide, boardSide],
    observations: shorten(boards, trajectories, (steps + 1) * cells, (longest + 1) * cells),
    actions: shorten(actions, trajectories, steps, longest),
    lengths,
  };
}

/** Fills one trajectory's rows with boards and actions and returns its length; plays again until one is long enough. */
function recordOne(
  game: GridGameName,
  stream: Stream,
  burnIn: number,
  boards: Uint8Array,
  actions: Uint8Array,
): number {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const play = PLAYS[game](stream), cells = play.board.length;
    let burnt = 0;
    while (burnt < burnIn && play.advance() >= 0) burnt++;
    if (burnt < burnIn) continue;
    boards.set(play.board);
    actions.fill(0);
    let length = 0;
    for (let action = 0; length < actions.length && (action = play.advance()) >= 0;) {
      actions[length++] = action;
      boards.set(play.board, length * cells);
    }
    if (length >= 2) return length;
  }
  throw new RangeError(
    `record ${game}: none of ${MAX_ATTEMPTS} random games lasted ${burnIn + 2} steps; choose a smaller burnIn`,
  );
}

/** Any of the four actions, also those that move nothing. */
function play2048(stream: Stream): RandomPlay {
  const board = new Uint8Array(16);
  spawn2048(board, stream);
  spawn2048(board, stream);
  const advance = () => {
    const action = stream.below(4);
    if (slide2048(board, action) < 0) return action;
    spawn2048(board, stream);
    return isOver2048(board) ? -1 : action;
  };
  return { board, advance };
}

/** Any legal move; a player without one passes. */
function playRandomOthello(stream: Stream): RandomPlay {
  const board = startOthello();
  let player: Player = BLACK;
  const advance = () => {
    let legal = legalOthello(board, player);
    if (legal.length === 0) {
      player = opponent(player);
      legal = legalOthello(board, player);
      if (legal.length === 0) return -1;
    }
    const move = legal[stream.below(legal.length)];
    playOthello(board, move, player);
    player = opponent(player);
    return move;
  };
  return { board, advance };
}

/** Keeps the first `kept` of every `width` bytes. */
function shorten(rows: Uint8Array, count: number, width: number, kept: number): Uint8Array {
  if (kept === width) return rows;
  const out = new Uint8Array(count * kept);
  for (let i = 0; i < count; i++) out.set(rows.subarray(i * width, i * width + kept), i * kept);
  return out;
}

function checkCount(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`record, ${name}: expected an integer from ${least} to ${most} but found ${value}`);
  }
}
