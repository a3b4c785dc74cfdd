/** Players of Volley. Memory: head of roms/volley.asm. */
import { AtariAction as A } from "../actions.ts";
import type { AtariPlayer } from "./player.ts";

const AT = { batY: 5, ballY: 7, inPlay: 8, theirY: 13 } as const;
const MIDDLE = 78;
/** Lines that the bat moves in a frame are about 6, so it cannot stand nearer than this. */
const SLACK = 3;
/** Bat's top above the ball's: the ball meets the lower end and goes down, or the upper end and goes up. */
const LOWER_END = 14, UPPER_END = -2;

/** Keeps the bat level with the ball and returns it away from the computer's bat. */
export function volleyTracker(frameSkip: number): AtariPlayer {
  return {
    act(ram) {
      if (ram[AT.inPlay] === 0) return A.FIRE;
      const end = ram[AT.theirY] > MIDDLE ? LOWER_END : UPPER_END;
      const lines = ram[AT.ballY] - end - ram[AT.batY], slack = SLACK * frameSkip;
      return lines > slack ? A.LEFT : lines < -slack ? A.RIGHT : A.NOOP; // RIGHT is up
    },
  };
}

/** Keeps out of the ball's way. */
export const volleyLoser: AtariPlayer = {
  act: (ram) => ram[AT.ballY] < MIDDLE ? A.LEFTFIRE : A.RIGHTFIRE,
};
