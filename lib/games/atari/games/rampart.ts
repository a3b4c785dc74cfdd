/** Rampart (Tessera): bat, ball and a wall of bricks. Memory: head of roms/rampart.asm. */
import { AtariAction as A } from "../actions.ts";
import type { GameDefinition } from "../game_definition.ts";
import { scoreAndLives } from "./bcd_score.ts";

export const rampart: GameDefinition = {
  name: "Rampart",
  rom: { file: new URL("../../../../roms/rampart.bin", import.meta.url) },
  controller: "paddles",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT],
  initial: { score: 0, reward: 0, lives: 5, terminal: false, started: true },
  status: scoreAndLives,
};
