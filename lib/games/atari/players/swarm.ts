/** Players of Swarm. Memory: head of roms/swarm.asm. */
import { AtariAction as A } from "../actions.ts";
import { type AtariPlayer, signed } from "./player.ts";

const AT = {
  cannonX: 5,
  shotY: 7,
  swarmX: 8,
  swarmY: 9,
  goesLeft: 10,
  alive: 11,
  wave: 12,
  bombX: 14,
  bombY: 16,
} as const;
/** Five ranks each: files 0, 2, 4 and files 1, 3, 5. */
const FILES = [18, 23] as const;
const RANKS = 5, RANK_LINES = 14, FILE_WIDTH = 16, CANNON_Y = 155, SHOT_SPEED = 4, WIDTH = 8, NONE = 180;
/** Where invaders turn, and the middle. */
const LEFT = 9, RIGHT = 143, MIDDLE = 76;
/** Pixels a frame; a swarm as fast as this is waited for, not followed. */
const FAST = 0.5;

/** Pixels a frame: a step of two every so many frames. */
function swarmSpeed(ram: Uint8Array): number {
  return 2 / Math.max(2, (ram[AT.alive] >> 1) + 3 - ram[AT.wave]);
}

/** Where each file's lowest invader will be when a shot arrives, turning at the edges. */
function targets(ram: Uint8Array): number[] {
  const lowest = Array.from({ length: 6 }, (_, file) => {
    for (let rank = RANKS; rank > 0; rank--) {
      if ((ram[FILES[file & 1] + rank - 1] >> (file >> 1)) & 1) {
        return { x: signed(ram[AT.swarmX]) + FILE_WIDTH * file, rank };
      }
    }
    return null;
  }).filter((invader) => invader !== null);
  if (lowest.length === 0) return [];
  const least = LEFT - lowest[0].x, most = RIGHT - lowest.at(-1)!.x; // how far the swarm can go either way
  const speed = (ram[AT.goesLeft] & 0x80) !== 0 ? -swarmSpeed(ram) : swarmSpeed(ram);
  return lowest.map(({ x, rank }) => {
    const moved = speed * (CANNON_Y - ram[AT.swarmY] - RANK_LINES * rank) / SHOT_SPEED;
    return x + (moved > most ? 2 * most - moved : moved < least ? 2 * least - moved : moved);
  });
}

/** Pixels to go out of a bomb's way, 0 if none comes down on the cannon. */
function danger(ram: Uint8Array): number {
  for (const bomb of [0, 1]) {
    const y = ram[AT.bombY + bomb], off = ram[AT.bombX + bomb] + 1 - (ram[AT.cannonX] + WIDTH / 2);
    if (y !== NONE && y > CANNON_Y - 40 && Math.abs(off) < WIDTH) return off > 0 ? -WIDTH : WIDTH;
  }
  return 0;
}

/** Goes under the nearest invader, shoots ahead of it, and keeps out of the way of bombs; waits for the last ones in the middle. */
export function swarmTracker(frameSkip: number): AtariPlayer {
  return {
    act(ram) {
      const aims = targets(ram).map((x) => x - ram[AT.cannonX]).sort((a, b) => Math.abs(a) - Math.abs(b));
      const aim = aims[0] ?? 0, away = danger(ram), slack = frameSkip / 2;
      const pixels = away !== 0 ? away : swarmSpeed(ram) < FAST ? aim : MIDDLE - ram[AT.cannonX];
      const shoots = aims.length > 0 && ram[AT.shotY] === NONE && Math.abs(aim) < WIDTH / 2;
      if (pixels > slack) return shoots ? A.RIGHTFIRE : A.RIGHT;
      if (pixels < -slack) return shoots ? A.LEFTFIRE : A.LEFT;
      return shoots ? A.FIRE : A.NOOP;
    },
  };
}

/** Never shoots, and goes to where the bombs fall. */
export const swarmLoser: AtariPlayer = {
  act(ram) {
    const bomb = ram[AT.bombY] !== NONE ? 0 : 1;
    if (ram[AT.bombY + bomb] === NONE) return A.NOOP;
    const pixels = ram[AT.bombX + bomb] - 3 - ram[AT.cannonX];
    return pixels > 0 ? A.RIGHT : pixels < 0 ? A.LEFT : A.NOOP;
  },
};
