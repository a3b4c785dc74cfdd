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
const FILES = [0x12, 0x17] as const; // of five ranks, even files and odd ones
const RANKS = 5, RANK_LINES = 14, FILE_WIDTH = 16, CANNON_Y = 155, SHOT_SPEED = 4, WIDTH = 8;
const NONE = 180;

/** Where each file's lowest invader will be when a shot arrives. */
function targets(ram: Uint8Array): number[] {
  const found: number[] = [];
  const pixelsPerFrame = 2 / Math.max(2, (ram[AT.alive] >> 1) + 3 - 2 * ram[AT.wave]);
  const speed = (ram[AT.goesLeft] & 0x80) !== 0 ? -pixelsPerFrame : pixelsPerFrame;
  for (let file = 0; file < 6; file++) {
    for (let rank = RANKS - 1; rank >= 0; rank--) {
      if (((ram[FILES[file & 1] + rank] >> (file >> 1)) & 1) === 0) continue;
      const flight = (CANNON_Y - ram[AT.swarmY] - RANK_LINES * (rank + 1)) / SHOT_SPEED;
      found.push(signed(ram[AT.swarmX]) + FILE_WIDTH * file + speed * flight);
      break;
    }
  }
  return found;
}

/** Pixels to go out of a bomb's way, 0 if none comes down on the cannon. */
function danger(ram: Uint8Array): number {
  for (const bomb of [0, 1]) {
    const y = ram[AT.bombY + bomb], off = ram[AT.bombX + bomb] + 1 - (ram[AT.cannonX] + WIDTH / 2);
    if (y !== NONE && y > CANNON_Y - 40 && Math.abs(off) < WIDTH) return off > 0 ? -WIDTH : WIDTH;
  }
  return 0;
}

/** Goes under the nearest invader, shoots ahead of it, and keeps out of the way of bombs. */
export function swarmTracker(frameSkip: number): AtariPlayer {
  return {
    act(ram) {
      const aims = targets(ram).map((x) => x - ram[AT.cannonX]).sort((a, b) => Math.abs(a) - Math.abs(b));
      const away = danger(ram), pixels = away !== 0 ? away : aims[0] ?? 0, slack = frameSkip / 2;
      const shoots = ram[AT.shotY] === NONE && Math.abs(aims[0] ?? WIDTH) < WIDTH / 2;
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
