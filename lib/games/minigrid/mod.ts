/** MiniGrid: worlds of cells, seen from above or through the eyes of the agent. */

export { levelNamed, LEVELS, MINIGRID_NAMES } from "./levels/list.ts";
export type { Level } from "./levels/level.ts";
export { MiniGrid, type MiniGridObservation, type MiniGridOptions, type StateMiniGrid } from "./minigrid.ts";
export {
  canPickUp,
  canStandOn,
  type CellCode,
  cellCode,
  Colour,
  colourOf,
  contentsOf,
  DoorState,
  ObjectType,
  stateOf,
  typeOf,
} from "./objects.ts";
export {
  MINIGRID_POLICIES,
  type MiniGridPolicy,
  type PolicyName,
  policyNamed,
  type RecordedEpisode,
  recordMiniGrid,
  type RecordMiniGridOptions,
  recordOneMiniGrid,
} from "./record.ts";
export { renderView, renderWorld, resizeNearest } from "./render.ts";
export { act, Action, ACTION_NAMES_MINIGRID, type Outcome } from "./rules.ts";
export {
  type GroundState,
  type GroundTransition,
  type GroundTruth,
  groundTruth,
  type GroundTruthOptions,
} from "./ground_truth.ts";
export { drawTile } from "./tile.ts";
export { MiniGridVector, type VectorStep } from "./vector.ts";
export { litCells, symbolicView, symbolicWorld, type View, viewOf } from "./view.ts";
export { type Area, FORWARD, type Place, World } from "./world.ts";
