/** One step of MiniGrid. Spec 3 §2.2. */

import {
  canPickUp,
  canStandOn,
  cellCode,
  colourOf,
  contentsOf,
  DoorState,
  EMPTY_CELL,
  GOAL,
  LAVA,
  ObjectType,
  stateOf,
  typeOf,
} from "./objects.ts";
import type { World } from "./world.ts";

/** Actions by their numbers. */
export const ACTION_NAMES_MINIGRID = ["left", "right", "forward", "pickup", "drop", "toggle", "done"] as const;

/** Numbers of the actions. */
export const Action = { left: 0, right: 1, forward: 2, pickup: 3, drop: 4, toggle: 5, done: 6 } as const;

/** What an action led to. */
export type Outcome = "goal" | "lava" | "picked up" | null;

/** Carries an action out. */
export function act(world: World, action: number): Outcome {
  if (action === Action.left) world.heading = (world.heading + 3) % 4;
  else if (action === Action.right) world.heading = (world.heading + 1) % 4;
  else if (action === Action.forward) return forward(world);
  else if (action === Action.pickup) return pickUp(world);
  else if (action === Action.drop) drop(world);
  else if (action === Action.toggle) toggle(world);
  return null;
}

function forward(world: World): Outcome {
  const { x, y } = world.front, cell = world.at(x, y);
  if (!canStandOn(cell)) return null;
  world.stand(x, y, world.heading);
  return cell === GOAL ? "goal" : cell === LAVA ? "lava" : null;
}

function pickUp(world: World): Outcome {
  const { x, y } = world.front, cell = world.at(x, y);
  if (!canPickUp(cell) || world.carrying !== 0) return null;
  world.carrying = cell;
  world.set(x, y, EMPTY_CELL);
  return "picked up";
}

function drop(world: World): void {
  const { x, y } = world.front;
  if (world.at(x, y) !== EMPTY_CELL || world.carrying === 0) return;
  world.set(x, y, world.carrying);
  world.carrying = 0;
}

/** A locked door opens for a key of its colour, which is kept; other doors open and close; a box gives its contents. */
function toggle(world: World): void {
  const { x, y } = world.front, cell = world.at(x, y), colour = colourOf(cell);
  if (typeOf(cell) === ObjectType.box) world.set(x, y, contentsOf(cell) || EMPTY_CELL);
  if (typeOf(cell) !== ObjectType.door) return;
  const state = stateOf(cell);
  const hasKey = typeOf(world.carrying) === ObjectType.key && colourOf(world.carrying) === colour;
  if (state === DoorState.locked && !hasKey) return;
  world.set(x, y, cellCode(ObjectType.door, colour, state === DoorState.open ? DoorState.closed : DoorState.open));
}
