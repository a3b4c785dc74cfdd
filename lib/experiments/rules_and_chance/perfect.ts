import { changedFlags, type PerfectPredictor, perfectPredictor } from "../../analysis/mod.ts";
import type { Episodes } from "../../data/mod.ts";
import { chanceLabels, LATENT_CELLS } from "../../games/mod.ts";
import { exactSequences } from "./cell_labels.ts";
import type { GameName } from "./settings.ts";

/** What the rules of the game say about every cell of every step; padded steps are certain and change nothing. */
export interface TrueSteps {
  /** True entropy of the cell's next value, bits, [n, T, N]. */
  readonly bits: Float64Array;
  /** 1 where the cell changes on the board, [n, T, N]. */
  readonly changed: Uint8Array;
}

/** The truth about recorded games. */
export function trueSteps(game: GameName, episodes: Episodes): TrueSteps {
  const labels = chanceLabels(game, episodes), bits = new Float64Array(episodes.count * episodes.steps * LATENT_CELLS);
  labels.steps.forEach((step, row) => {
    bits.set(labels.bits.subarray(row * LATENT_CELLS, (row + 1) * LATENT_CELLS), step * LATENT_CELLS);
  });
  return { bits, changed: changedFlags(exactSequences(game, episodes)) };
}

/** A predictor that knows the game exactly. @param valid [n·T], 0 for steps to leave out */
export function perfectFor({ bits, changed }: TrueSteps, valid?: Uint8Array): PerfectPredictor {
  return perfectPredictor({ positions: LATENT_CELLS, truth: bits, changed, valid });
}

/**
 * Share of right guesses of a predictor that knows the game exactly and names the likeliest value of every cell. A rule cell is right
 * for certain. One of n chance cells gets a tile with probability 1/n, most often a 2 (0.9): the best guess is "stays empty" (1 − 1/n) or
 * "a 2" (0.9/n).
 */
export function perfectAccuracy({ bits }: TrueSteps, valid?: Uint8Array): number | null {
  let right = 0, cells = 0;
  for (let start = 0; start < bits.length; start += LATENT_CELLS) {
    if (valid && !valid[start / LATENT_CELLS]) continue;
    const n = bits.subarray(start, start + LATENT_CELLS).reduce((count, h) => count + (h > 0 ? 1 : 0), 0);
    cells += LATENT_CELLS;
    right += LATENT_CELLS - n + (n ? n * Math.max(1 - 1 / n, 0.9 / n) : 0);
  }
  return cells ? right / cells : null;
}

/** Share of the played steps that change nothing on the board: 2048 keeps moves that push nothing. */
export function idleShare({ changed }: TrueSteps, valid: Uint8Array): number | null {
  let steps = 0, idle = 0;
  for (let s = 0; s < valid.length; s++) {
    if (!valid[s]) continue;
    steps++;
    if (!changed.subarray(s * LATENT_CELLS, (s + 1) * LATENT_CELLS).includes(1)) idle++;
  }
  return steps ? idle / steps : null;
}
