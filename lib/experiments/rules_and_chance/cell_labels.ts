import type { CodeSequences } from "../../analysis/mod.ts";
import { type Episodes, observationSize } from "../../data/mod.ts";
import { gridGame, LATENT_CELLS, VALUES_2048 } from "../../games/mod.ts";
import type { GameName } from "./settings.ts";

/** What really lies under every latent cell: a tile of 2048, or a block of 2 × 2 squares of Othello (spec 1 §2.4). */
export interface CellLabels {
  /** [n, T+1, N], each below `values` */
  readonly labels: Uint8Array;
  /** 18 tiles (log2, 0 = empty), or 3⁴ = 81 blocks of empty, black and white squares. */
  readonly values: number;
}

const SIDE = Math.sqrt(LATENT_CELLS);

/** Labels of all cells of all frames. @throws RangeError if the boards are not those of the game */
export function cellLabels(game: GameName, episodes: Episodes): CellLabels {
  const { observations } = episodes, size = observationSize(episodes);
  const expected = game === "2048" ? LATENT_CELLS : 4 * LATENT_CELLS;
  if (size !== expected) {
    throw new RangeError(`${game}: expected boards of ${expected} bytes but found ${size}; check the name of the game`);
  }
  if (game === "2048") return { labels: observations, values: VALUES_2048 };
  const frames = observations.length / size, width = 2 * SIDE;
  const labels = new Uint8Array(frames * LATENT_CELLS);
  for (let i = 0; i < labels.length; i++) {
    const frame = Math.floor(i / LATENT_CELLS), cell = i % LATENT_CELLS;
    const corner = frame * size + 2 * width * Math.floor(cell / SIDE) + 2 * (cell % SIDE);
    for (const square of [corner, corner + 1, corner + width, corner + width + 1]) {
      labels[i] = 3 * labels[i] + observations[square];
    }
  }
  return { labels, values: 3 ** 4 };
}

/** Recorded games as if the encoder were exact: the label of each cell is its code. */
export function exactSequences(game: GameName, episodes: Episodes): CodeSequences {
  const { labels, values } = cellLabels(game, episodes);
  return {
    count: episodes.count,
    steps: episodes.steps,
    positions: LATENT_CELLS,
    codeCount: values,
    actionCount: gridGame(game).actionCount,
    codes: labels,
    actions: episodes.actions,
    lengths: episodes.lengths,
  };
}
