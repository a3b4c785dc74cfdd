/** The board games 2048 and Othello: rules, pictures, recording, truth about chance. */

export { type CellPatches, renderCells } from "./cell_patches.ts";
export { afterstate2048, type ChanceLabels, chanceLabels, labelChance2048, LATENT_CELLS } from "./chance_labels.ts";
export {
  ACTION_NAMES_2048,
  boardFromTiles,
  Game2048,
  isOver2048,
  slide2048,
  spawn2048,
  type State2048,
  VALUES_2048,
} from "./game_2048.ts";
export { GRID_GAME_NAMES, type GridGame, gridGame, type GridGameName } from "./grid_game.ts";
export {
  BLACK,
  countStones,
  EMPTY,
  legalOthello,
  opponent,
  Othello,
  type Player,
  playOthello,
  startOthello,
  type StateOthello,
  WHITE,
} from "./othello.ts";
export { record, type RecordOptions } from "./record.ts";
export { cellPatches2048, renderBatch2048 } from "./render_2048.ts";
export { cellPatchesOthello, renderBatchOthello } from "./render_othello.ts";
