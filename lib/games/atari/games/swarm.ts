/** Swarm (Tessera): invaders that march and drop bombs. Memory: head of roms/swarm.asm. */
import { AtariAction as A } from "../actions.ts";
import type { GameDefinition } from "../game_definition.ts";
import { scoreAndLives } from "./bcd_score.ts";

export const swarm: GameDefinition = {
  name: "Swarm",
  rom: { file: new URL("../../../../roms/swarm.bin", import.meta.url) },
  controller: "joystick",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT, A.RIGHTFIRE, A.LEFTFIRE],
  initial: { score: 0, reward: 0, lives: 3, terminal: false, started: true },
  status: scoreAndLives,
};
