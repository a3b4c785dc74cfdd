/** An empty room with a goal in the lower right corner. */

import { GOAL } from "../objects.ts";
import { World } from "../world.ts";
import type { Level } from "./level.ts";

/** A room of size × size cells whose goal is in the lower right corner. */
export function roomWithGoal(size: number): World {
  const world = new World(size, size);
  world.set(size - 2, size - 2, GOAL);
  return world;
}

/** Empty-…: the agent starts in the upper left corner, or anywhere. */
export function emptyRoom(size: number, randomStart: boolean): Level {
  return {
    width: size,
    height: size,
    maxSteps: 4 * size * size,
    seeThrough: true,
    generate(random) {
      const world = roomWithGoal(size);
      if (randomStart) world.placeAgent(random);
      else world.stand(1, 1, 0);
      return world;
    },
  };
}
