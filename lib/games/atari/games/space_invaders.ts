/** Space Invaders (Atari, 1980). Addresses: spec 2 §2.2. */
import { AtariAction as A } from "../actions.ts";
import { fromBcd, type GameDefinition } from "../game_definition.ts";

/** The score begins again at 0 after 9,999. */
const SCORES = 10_000;

export const spaceInvaders: GameDefinition = {
  name: "SpaceInvaders",
  rom: { md5: "72ffbef6504b75e69ee1045af9075f66", bytes: 4096, title: "Space Invaders (Atari, 1980)" },
  controller: "joystick",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT, A.RIGHTFIRE, A.LEFTFIRE],
  modes: Array.from({ length: 16 }, (_, i) => i),
  select: { address: 92, frames: 2 },
  difficulties: [0, 1],
  initial: { score: 0, reward: 0, lives: 3, terminal: false, started: true },
  status(ram, before) {
    const score = fromBcd(ram[104]) + 100 * fromBcd(ram[102]), gained = score - before.score;
    const terminal = (ram[24] & 0x80) !== 0 || ram[73] === 0;
    return {
      score,
      reward: gained < 0 ? SCORES + gained : gained,
      lives: terminal ? 0 : ram[73],
      terminal,
      started: true,
    };
  },
};
