import { ACTION_NAMES_2048 } from "../../../games/mod.ts";
import type { GameName } from "../settings.ts";

/** An action as people call it: "left" in 2048, the square "d3" in Othello (column a–h, row 1–8 from the top). */
export function actionName(game: GameName, action: number): string {
  if (game === "2048") return ACTION_NAMES_2048[action];
  return `${"abcdefgh"[action % 8]}${Math.floor(action / 8) + 1}`;
}

/** The content of a cell: the tile, or the number of an Othello block. */
export function contentName(game: GameName, content: number): string {
  if (game === "othello") return `block ${content}`;
  return content === 0 ? "empty" : String(2 ** content);
}

/** Grey that is drawn white: the tiles of 2048 are dark, 0.59 at 128, and hard to tell apart as they are. */
export const WHITE: Readonly<Record<GameName, number>> = { "2048": 0.7, othello: 1 };
