/** Four rooms with a gap in each wall between them. */

import { EMPTY_CELL, GOAL, WALL } from "../objects.ts";
import { World } from "../world.ts";
import type { Level } from "./level.ts";

const SIZE = 19, ROOM = 9;

/** FourRooms: agent and goal anywhere. */
export const fourRooms: Level = {
  width: SIZE,
  height: SIZE,
  maxSteps: 100,
  seeThrough: false,
  generate(random) {
    const world = new World(SIZE, SIZE);
    for (const j of [0, 1]) {
      for (const i of [0, 1]) {
        const left = ROOM * i, top = ROOM * j;
        if (i === 0) {
          world.fill({ x: ROOM, y: top, width: 1, height: ROOM }, WALL);
          world.set(ROOM, random.integers(top + 1, top + ROOM), EMPTY_CELL);
        }
        if (j === 0) {
          world.fill({ x: left, y: ROOM, width: ROOM, height: 1 }, WALL);
          world.set(random.integers(left + 1, left + ROOM), ROOM, EMPTY_CELL);
        }
      }
    }
    world.placeAgent(random);
    world.place(random, GOAL);
    return world;
  },
};
