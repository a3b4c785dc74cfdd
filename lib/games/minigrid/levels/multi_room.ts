/**
 * A chain of rooms behind closed doors. Spec 3 does not describe this family; its rules are those of Minigrid's documentation
 * and source (Apache-2.0), read for the order of the random draws. Held to a second implementation in levels_test.ts.
 */

import type { NumpyRandom } from "../../numpy_random.ts";
import { cellCode, DoorState, GOAL, ObjectType } from "../objects.ts";
import { type Area, type Place, World } from "../world.ts";
import { COLOUR_CHOICE } from "./key_corridor.ts";
import type { Level } from "./level.ts";

const SIZE = 25, SMALLEST = 4, TRIES = 8;

/** A room and the door through which one comes in. */
interface Room extends Area {
  readonly entry: Place;
}

/** MultiRoom-…: `count` rooms of at most `largest` cells a side. */
export function multiRoom(count: number, largest: number): Level {
  return {
    width: SIZE,
    height: SIZE,
    maxSteps: 20 * count,
    seeThrough: false,
    generate(random) {
      const world = new World(SIZE, SIZE, false), rooms = chainOf(count, largest, random);
      let previous = -1;
      rooms.forEach((room, i) => {
        world.frame(room);
        if (i === 0) return;
        const choice = COLOUR_CHOICE.filter((colour) => colour !== previous);
        previous = choice[random.integers(0, choice.length)];
        world.set(room.entry.x, room.entry.y, cellCode(ObjectType.door, previous, DoorState.closed));
      });
      world.placeAgent(random, rooms[0]);
      world.place(random, GOAL, rooms.at(-1)!);
      return world;
    },
  };
}

/** Grows chains from random places until one is long enough. */
function chainOf(count: number, largest: number, random: NumpyRandom): Room[] {
  for (;;) {
    random.integers(count, count + 1); // the number of rooms is drawn from a range of one
    const rooms: Room[] = [], entry = { x: random.integers(0, SIZE - 2), y: random.integers(0, SIZE - 2) };
    grow(rooms, count, largest, 2, entry, random);
    if (rooms.length >= count) return rooms;
  }
}

/**
 * Puts a room behind the entry and tries to go on from it.
 * @param side of the new room on which the entry is: 0 right, 1 below, 2 left, 3 above
 * @returns whether the room fits; the chain may still end here
 */
function grow(
  rooms: Room[],
  left: number,
  largest: number,
  side: number,
  entry: Place,
  random: NumpyRandom,
): boolean {
  const width = random.integers(SMALLEST, largest + 1), height = random.integers(SMALLEST, largest + 1);
  let { x, y } = entry;
  if (rooms.length > 0) {
    if (side === 0 || side === 2) y = random.integers(entry.y - height + 2, entry.y);
    else x = random.integers(entry.x - width + 2, entry.x);
    if (side === 0) x = entry.x - width + 1;
    if (side === 1) y = entry.y - height + 1;
  }
  if (x < 0 || y < 0 || x + width > SIZE || y + height >= SIZE) return false;
  // The room that one comes from shares a wall with this one, so the last of the chain is not looked at.
  const apart = (other: Room) =>
    x + width < other.x || other.x + other.width <= x || y + height < other.y || other.y + other.height <= y;
  if (!rooms.slice(0, -1).every(apart)) return false;
  rooms.push({ x, y, width, height, entry });
  if (left === 1) return true;
  for (let tries = 0; tries < TRIES; tries++) {
    const walls = [0, 1, 2, 3].filter((wall) => wall !== side), exit = walls[random.integers(0, 3)];
    const across = exit === 0 || exit === 2;
    const along = across ? y + random.integers(1, height - 1) : x + random.integers(1, width - 1);
    const door = across
      ? { x: exit === 0 ? x + width - 1 : x, y: along }
      : { x: along, y: exit === 1 ? y + height - 1 : y };
    if (grow(rooms, left - 1, largest, (exit + 2) % 4, door, random)) break;
  }
  return true;
}
