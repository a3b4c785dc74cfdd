/** Pong, a game of the cartridge Video Olympics (Atari, 1977). The player has the right bat. Addresses: spec 2 §2.2. */
import { AtariAction as A } from "../actions.ts";
import type { GameDefinition } from "../game_definition.ts";

const COMPUTER = 13, PLAYER = 14, TO_WIN = 21;

export const pong: GameDefinition = {
  name: "Pong",
  rom: { md5: "60e0ea3cbe0913d39803477945e9e5ec", bytes: 2048, title: "Video Olympics (Atari, 1977)" },
  controller: "swapped paddles",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT, A.RIGHTFIRE, A.LEFTFIRE],
  modes: [0, 1],
  select: { address: 22, frames: 2 },
  difficulties: [0, 1, 2, 3],
  initial: { score: 0, reward: 0, lives: 0, terminal: false, started: true },
  status(ram, before) {
    const score = ram[PLAYER] - ram[COMPUTER], terminal = ram[PLAYER] === TO_WIN || ram[COMPUTER] === TO_WIN;
    return { score, reward: score - before.score, lives: 0, terminal, started: true };
  },
};
