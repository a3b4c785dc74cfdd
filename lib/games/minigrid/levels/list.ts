/** All environments by their names in MiniGrid, without "MiniGrid-" and "-v0". Spec 3 §2.5. */

import { crossing, lavaGap } from "./crossing.ts";
import { doorKey } from "./door_key.ts";
import { dynamicObstacles } from "./dynamic_obstacles.ts";
import { emptyRoom } from "./empty.ts";
import { fourRooms } from "./four_rooms.ts";
import { keyCorridor } from "./key_corridor.ts";
import type { Level } from "./level.ts";
import { multiRoom } from "./multi_room.ts";

const sized = (prefix: string, sizes: readonly number[], make: (size: number) => Level): [string, Level][] =>
  sizes.map((size) => [`${prefix}${size}`, make(size)]);
const square = (prefix: string, sizes: readonly number[], make: (size: number) => Level): [string, Level][] =>
  sizes.map((size) => [`${prefix}-${size}x${size}`, make(size)]);

const CROSSINGS: readonly (readonly [number, number])[] = [[9, 1], [9, 2], [9, 3], [11, 5]];
const CORRIDORS: readonly (readonly [number, number])[] = [[3, 1], [3, 2], [3, 3], [4, 3], [5, 3], [6, 3]];
const OBSTACLES = { 5: 2, 6: 3, 8: 4, 16: 8 } as Readonly<Record<number, number>>;

/** Levels by name. */
export const LEVELS: Readonly<Record<string, Level>> = Object.fromEntries([
  ...square("Empty", [5, 6, 8, 16], (size) => emptyRoom(size, false)),
  ...square("Empty-Random", [5, 6], (size) => emptyRoom(size, true)),
  ...square("DoorKey", [5, 6, 8, 16], doorKey),
  ["FourRooms", fourRooms] as [string, Level],
  ...sized("LavaGapS", [5, 6, 7], lavaGap),
  ...CROSSINGS.map(([s, n]): [string, Level] => [`LavaCrossingS${s}N${n}`, crossing(s, n, "lava")]),
  ...CROSSINGS.map(([s, n]): [string, Level] => [`SimpleCrossingS${s}N${n}`, crossing(s, n, "wall")]),
  ...CORRIDORS.map(([s, r]): [string, Level] => [`KeyCorridorS${s}R${r}`, keyCorridor(s, r)]),
  // N4-S5 has six rooms: a slip in MiniGrid's registration that everybody's results rest on.
  ...[["MultiRoom-N2-S4", 2, 4], ["MultiRoom-N4-S5", 6, 5], ["MultiRoom-N6", 6, 10]].map((
    [name, n, s],
  ): [string, Level] => [name as string, multiRoom(n as number, s as number)]),
  ...square("Dynamic-Obstacles", [5, 6, 8, 16], (size) => dynamicObstacles(size, OBSTACLES[size], false)),
  ...square("Dynamic-Obstacles-Random", [5, 6], (size) => dynamicObstacles(size, OBSTACLES[size], true)),
]);

/** Names of all environments. */
export const MINIGRID_NAMES: readonly string[] = Object.keys(LEVELS);

/** The level of an environment. @param name with or without "MiniGrid-" and "-v0" @throws RangeError that lists what exists */
export function levelNamed(name: string): { readonly name: string; readonly level: Level } {
  const short = name.replace(/^MiniGrid-/, "").replace(/-v0$/, "");
  if (!Object.hasOwn(LEVELS, short)) {
    throw new RangeError(`MiniGrid: expected one of ${MINIGRID_NAMES.join(", ")} but found "${name}"`);
  }
  return { name: short, level: LEVELS[short] };
}
