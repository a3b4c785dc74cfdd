/** A corridor between rooms: a key in one, and a ball behind the locked door of another. */

import type { NumpyRandom } from "../../numpy_random.ts";
import { cellCode, Colour, DoorState, EMPTY_CELL, ObjectType, typeOf } from "../objects.ts";
import { type Area, type Place, World } from "../world.ts";
import type { Level } from "./level.ts";

/** The order in which MiniGrid lists its colours for a random choice. */
export const COLOUR_CHOICE = [
  Colour.blue,
  Colour.green,
  Colour.grey,
  Colour.purple,
  Colour.red,
  Colour.yellow,
] as const;

/** Sides of a room. */
const RIGHT = 0, DOWN = 1, LEFT = 2, UP = 3;
const COLUMNS = 3, TRIES = 1000;

/** Which rooms there are, where their doors may be, and which of them are open to each other. */
class Rooms {
  /** Door places by room and side; `null` on the outer wall. */
  readonly doors: (Place | null)[][];
  /** Whether a side has a door or an opening. */
  readonly connected: boolean[][];

  constructor(readonly size: number, readonly rows: number, readonly world: World, random: NumpyRandom) {
    const count = COLUMNS * rows;
    this.doors = Array.from({ length: count }, () => [null, null, null, null]);
    this.connected = Array.from({ length: count }, () => [false, false, false, false]);
    for (let at = 0; at < count; at++) world.frame(this.area(at));
    for (let at = 0; at < count; at++) {
      const { x, y } = this.area(at), i = at % COLUMNS, j = Math.floor(at / COLUMNS);
      if (i < COLUMNS - 1) this.#share(at, RIGHT, { x: x + size - 1, y: random.integers(y + 1, y + size - 1) });
      if (j < rows - 1) this.#share(at, DOWN, { x: random.integers(x + 1, x + size - 1), y: y + size - 1 });
    }
  }

  #share(room: number, side: number, place: Place): void {
    this.doors[room][side] = place;
    this.doors[this.neighbour(room, side)][(side + 2) % 4] = place;
  }

  at(i: number, j: number): number {
    return j * COLUMNS + i;
  }

  area(room: number): Area {
    const step = this.size - 1;
    return { x: (room % COLUMNS) * step, y: Math.floor(room / COLUMNS) * step, width: this.size, height: this.size };
  }

  neighbour(room: number, side: number): number {
    return room + [1, COLUMNS, -1, -COLUMNS][side];
  }

  connect(room: number, side: number): void {
    this.connected[room][side] = true;
    this.connected[this.neighbour(room, side)][(side + 2) % 4] = true;
  }

  /** Puts a door on a side. */
  addDoor(room: number, side: number, colour: number, state: number): void {
    const { x, y } = this.doors[room][side]!;
    this.world.set(x, y, cellCode(ObjectType.door, colour, state));
    this.connect(room, side);
  }

  /** Takes the wall between a room and the one below away. */
  openDown(room: number): void {
    const { x, y, width, height } = this.area(room);
    this.world.fill({ x: x + 1, y: y + height - 1, width: width - 2, height: 1 }, EMPTY_CELL);
    this.connect(room, DOWN);
  }

  /** How many rooms can be reached from one, locked doors counted as open. */
  reach(start: number): number {
    const seen = new Set([start]), next = [start];
    for (let room = next.pop(); room !== undefined; room = next.pop()) {
      for (const side of [RIGHT, DOWN, LEFT, UP]) {
        const other = this.neighbour(room, side);
        if (!this.connected[room][side] || seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    return seen.size;
  }
}

/** KeyCorridorS…R…: fetch the key, open the locked room, take the ball. */
export function keyCorridor(size: number, rows: number): Level {
  const step = size - 1, width = COLUMNS * step + 1, height = rows * step + 1;
  return {
    width,
    height,
    maxSteps: 30 * size * size,
    seeThrough: false,
    success: "picked up",
    generate(random) {
      const world = new World(width, height, false), rooms = new Rooms(size, rows, world, random);
      const colour = () => COLOUR_CHOICE[random.integers(0, COLOUR_CHOICE.length)];
      world.stand(step + (size >> 1), (rows >> 1) * step + (size >> 1), 0);
      for (let j = 0; j < rows - 1; j++) rooms.openDown(rooms.at(1, j));
      const nearAgent = ({ x, y }: Place) => Math.abs(x - world.x) + Math.abs(y - world.y) < 2;
      const put = (room: number, type: number, colour: number) =>
        world.place(random, cellCode(type, colour), rooms.area(room), { reject: nearAgent, maxTries: TRIES });
      const locked = rooms.at(2, random.integers(0, rows)), lock = colour();
      rooms.addDoor(locked, LEFT, lock, DoorState.locked);
      put(locked, ObjectType.ball, colour());
      put(rooms.at(0, random.integers(0, rows)), ObjectType.key, lock);
      const start = rooms.at(1, rows >> 1);
      placeFacingFree(world, random, rooms.area(start));
      connectAll(rooms, start, locked, random, colour);
      return world;
    },
  };
}

/** Until the cell in front of the agent is empty or a wall. */
function placeFacingFree(world: World, random: NumpyRandom, area: Area): void {
  for (;;) {
    world.placeAgent(random, area);
    const { x, y } = world.front, type = typeOf(world.at(x, y));
    if (type === ObjectType.empty || type === ObjectType.wall) return;
  }
}

/** Adds closed doors at random until every room can be reached. The locked room keeps its one door. */
function connectAll(rooms: Rooms, start: number, locked: number, random: NumpyRandom, colour: () => number): void {
  while (rooms.reach(start) < COLUMNS * rooms.rows) {
    const room = rooms.at(random.integers(0, COLUMNS), random.integers(0, rooms.rows)), side = random.integers(0, 4);
    if (!rooms.doors[room][side] || rooms.connected[room][side]) continue;
    if (room === locked || rooms.neighbour(room, side) === locked) continue;
    rooms.addDoor(room, side, colour(), DoorState.closed);
  }
}
