/** The truth about chance: which cells of the next board are fixed by the rules, and how uncertain the others are. Spec 1 §7.4. */

import { type Episodes, observationAt } from "../../data/episodes.ts";
import { CELLS_2048, slide2048 } from "./game_2048.ts";
import { gridGame, type GridGameName } from "./grid_game.ts";

/** Cells of the latent grid: one per 2048 tile, one per 2×2 squares of Othello (spec 1 §2.4). */
export const LATENT_CELLS = 16;

/** Labels of M true (not padded) steps, in the order of the episodes. */
export interface ChanceLabels {
  /** Number of steps, M. */
  count: number;
  /** Latent cells per step, N = 16, row by row. */
  cells: number;
  /** Which step each label belongs to: episode · T + step, ascending, [M]. */
  steps: Uint32Array;
  /** 1 for a chance cell, 0 for a rule cell, [M, N]. */
  chance: Uint8Array;
  /** Entropy of the cell's next value given board and action, in bits, [M, N]. */
  bits: Float64Array;
}

/** The board after the move and before the new tile, as a new array. */
export function afterstate2048(board: Uint8Array, action: number): Uint8Array {
  const after = board.slice();
  slide2048(after, action);
  return after;
}

/**
 * Labels the 16 cells for one 2048 board and action. A move that changes nothing leaves rule cells only. Otherwise each of
 * the n empty cells of the afterstate gets a tile with probability 1/n, then a 2 with probability 0.9, so its entropy is
 * h(1/n) + h(0.9)/n bits, h the entropy of a coin.
 *
 * @param chance 16 elements, written: 1 for chance cells, else 0
 * @param bits 16 elements, written: entropies in bits
 */
export function labelChance2048(board: Uint8Array, action: number, chance: Uint8Array, bits: Float64Array): void {
  const after = board.slice();
  const moved = slide2048(after, action) >= 0;
  let empty = 0;
  for (let cell = 0; cell < CELLS_2048; cell++) empty += after[cell] === 0 ? 1 : 0;
  const entropy = coinBits(1 / empty) + coinBits(0.9) / empty;
  for (let cell = 0; cell < CELLS_2048; cell++) {
    const isChance = moved && after[cell] === 0;
    chance[cell] = isChance ? 1 : 0;
    bits[cell] = isChance ? entropy : 0;
  }
}

/**
 * Labels every true step of recorded episodes; padded steps are left out. In Othello nothing is random, so every cell is a
 * rule cell.
 *
 * @param episodes boards as `record` makes them
 * @throws RangeError if the observations are not boards of this game
 */
export function chanceLabels(game: GridGameName, episodes: Episodes): ChanceLabels {
  const side = gridGame(game).boardSide;
  if (String(episodes.observationShape) !== String([side, side])) {
    throw new RangeError(
      `chance labels of ${game}: expected boards of ${side} × ${side} but found [${episodes.observationShape}]`,
    );
  }
  const count = episodes.lengths.reduce((sum, length) => sum + length, 0);
  const steps = new Uint32Array(count);
  const chance = new Uint8Array(count * LATENT_CELLS), bits = new Float64Array(count * LATENT_CELLS);
  let row = 0;
  for (let episode = 0; episode < episodes.count; episode++) {
    for (let t = 0; t < episodes.lengths[episode]; t++, row++) {
      const step = episode * episodes.steps + t;
      steps[row] = step;
      if (game !== "2048") continue;
      const start = row * LATENT_CELLS, end = start + LATENT_CELLS;
      const board = observationAt(episodes, episode, t);
      labelChance2048(board, episodes.actions[step], chance.subarray(start, end), bits.subarray(start, end));
    }
  }
  return { count, cells: LATENT_CELLS, steps, chance, bits };
}

/** Entropy in bits of a coin that shows heads with probability p. */
function coinBits(p: number): number {
  if (p <= 0 || p >= 1) return 0;
  return -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}
