/** The two board games by name: what recording, drawing and labelling need to know of each. */

import type { Environment } from "../environment.ts";
import type { CellPatches } from "./cell_patches.ts";
import { Game2048 } from "./game_2048.ts";
import { Othello } from "./othello.ts";
import { cellPatches2048 } from "./render_2048.ts";
import { cellPatchesOthello } from "./render_othello.ts";

/** Name of a board game. */
export type GridGameName = "2048" | "othello";

/** A board game. */
export interface GridGame {
  /** The name, as on the command line. */
  readonly name: GridGameName;
  /** Number of actions. */
  readonly actionCount: number;
  /** Squares per side of the board, whose bytes are the observation. */
  readonly boardSide: number;
  /** How to draw a board on `side` × `side` pixels; the renderers use the same table. */
  cellPatches(side: number): CellPatches;
  /** A new environment, to be `reset` before use. */
  createEnvironment(): Environment;
}

const GRID_GAMES: Readonly<Record<GridGameName, GridGame>> = {
  "2048": {
    name: "2048",
    actionCount: 4,
    boardSide: 4,
    cellPatches: cellPatches2048,
    createEnvironment: () => new Game2048(),
  },
  othello: {
    name: "othello",
    actionCount: 64,
    boardSide: 8,
    cellPatches: cellPatchesOthello,
    createEnvironment: () => new Othello(),
  },
};

/** The names of the board games. */
export const GRID_GAME_NAMES: readonly GridGameName[] = ["2048", "othello"];

/**
 * A board game by its name.
 *
 * @throws RangeError that lists the games
 *
 * @example
 * ```ts
 * import { gridGame } from "@tessera/worlds";
 * const { table, pixels } = gridGame("othello").cellPatches(64);
 * ```
 */
export function gridGame(name: string): GridGame {
  if (!Object.hasOwn(GRID_GAMES, name)) {
    throw new RangeError(`game: expected one of ${GRID_GAME_NAMES.join(", ")} but found "${name}"`);
  }
  return GRID_GAMES[name as GridGameName];
}
