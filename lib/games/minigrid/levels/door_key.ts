/** A locked door between two rooms, and its key. */

import { cellCode, Colour, DoorState, ObjectType, WALL } from "../objects.ts";
import { roomWithGoal } from "./empty.ts";
import type { Level } from "./level.ts";

/** DoorKey-…: take the key, open the door, reach the goal. */
export function doorKey(size: number): Level {
  return {
    width: size,
    height: size,
    maxSteps: 10 * size * size,
    seeThrough: false,
    generate(random) {
      const world = roomWithGoal(size), split = random.integers(2, size - 2);
      world.fill({ x: split, y: 0, width: 1, height: size }, WALL);
      const left = { x: 0, y: 0, width: split, height: size };
      world.placeAgent(random, left);
      const door = random.integers(1, size - 2);
      world.set(split, door, cellCode(ObjectType.door, Colour.yellow, DoorState.locked));
      world.place(random, cellCode(ObjectType.key, Colour.yellow), left);
      return world;
    },
  };
}
