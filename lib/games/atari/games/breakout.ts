/** Breakout (Atari, 1978). Addresses: spec 2 §2.2. */
import { AtariAction as A } from "../actions.ts";
import { fromBcd, type GameDefinition } from "../game_definition.ts";

export const breakout: GameDefinition = {
  name: "Breakout",
  rom: { md5: "f34f08e5eb96e500e851a80be3277a56", bytes: 2048, title: "Breakout (Atari, 1978)" },
  controller: "paddles",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT],
  modes: Array.from({ length: 12 }, (_, i) => 4 * i),
  select: { address: 50, frames: 1 },
  difficulties: [0, 1],
  initial: { score: 0, reward: 0, lives: 5, terminal: false, started: false },
  status(ram, before) {
    const score = fromBcd(ram[77]) + 100 * (ram[76] & 15), lives = ram[57];
    const started = before.started || lives === 5, terminal = started && lives === 0;
    return { score, reward: score - before.score, lives: terminal ? 0 : lives, terminal, started };
  },
};
