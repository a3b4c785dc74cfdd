/** Players of Rampart. Memory: head of roms/rampart.asm. */
import { AtariAction as A } from "../actions.ts";
import type { AtariPlayer } from "./player.ts";

const AT = { frame: 4, batX: 5, ballX: 6, inPlay: 8 } as const;
const BAT = 16, BALL = 2;
/** Pixels that the bat moves in a frame are about 6, so it cannot stand nearer than this. */
const SLACK = 3;

/** Keeps the bat under the ball, each second of play with another part of it, so that the ball gets everywhere. */
export function rampartTracker(frameSkip: number): AtariPlayer {
  return {
    act(ram) {
      if (ram[AT.inPlay] === 0) return A.FIRE;
      const part = 3 * ((ram[AT.frame] >> 6) & 3) - 4; // pixels right of the bat's middle
      return towards(ram[AT.ballX] - (BAT - BALL) / 2 - part - ram[AT.batX], SLACK * frameSkip);
    },
  };
}

/** Serves, and keeps the bat on the other side of the field. */
export const rampartLoser: AtariPlayer = {
  act: (ram) => ram[AT.inPlay] === 0 ? A.FIRE : ram[AT.ballX] < 80 ? A.RIGHT : A.LEFT,
};

function towards(pixels: number, slack: number): number {
  return pixels > slack ? A.RIGHT : pixels < -slack ? A.LEFT : A.NOOP;
}
