/** Balls that roll about by themselves. */

import type { NumpyRandom } from "../../numpy_random.ts";
import { cellCode, Colour, EMPTY_CELL, ObjectType, typeOf } from "../objects.ts";
import type { World } from "../world.ts";
import { roomWithGoal } from "./empty.ts";
import type { Level } from "./level.ts";

const BALL = cellCode(ObjectType.ball, Colour.blue), TRIES = 100;

/** Dynamic-Obstacles-…: reach the goal; a step into a ball costs 1 and ends the episode. */
export function dynamicObstacles(size: number, wanted: number, randomStart: boolean): Level {
  const count = wanted <= size / 2 + 1 ? wanted : Math.floor(size / 2);
  return {
    width: size,
    height: size,
    maxSteps: 4 * size * size,
    seeThrough: true,
    actionCount: 3,
    generate(random) {
      const world = roomWithGoal(size);
      if (randomStart) world.placeAgent(random);
      else world.stand(1, 1, 0);
      for (let i = 0; i < count; i++) {
        const ball = world.place(random, BALL, undefined, { maxTries: TRIES });
        if (ball) world.obstacles.push(ball);
      }
      return world;
    },
  };
}

/** Whether a step ahead would hit something. */
export function blockedAhead(world: World): boolean {
  const { x, y } = world.front, type = typeOf(world.at(x, y));
  return type !== ObjectType.empty && type !== ObjectType.goal;
}

/** Each ball in order goes to a random empty cell of the nine around it, or stays if none is found. */
export function moveObstacles(world: World, random: NumpyRandom): void {
  world.obstacles.forEach(({ x, y }, i) => {
    const area = { x: x - 1, y: y - 1, width: 3, height: 3 };
    const place = world.place(random, BALL, area, { maxTries: TRIES });
    if (!place) return;
    world.set(x, y, EMPTY_CELL);
    world.obstacles[i] = place;
  });
}
