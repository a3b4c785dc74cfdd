/** Volley (Tessera): two bats; the player has the right one. Memory: head of roms/volley.asm. */
import { AtariAction as A } from "../actions.ts";
import { fromBcd, type GameDefinition } from "../game_definition.ts";
import { HEADER, isOver } from "./bcd_score.ts";

export const volley: GameDefinition = {
  name: "Volley",
  rom: { file: new URL("../../../../roms/volley.bin", import.meta.url) },
  controller: "paddles",
  actions: [A.NOOP, A.FIRE, A.RIGHT, A.LEFT, A.RIGHTFIRE, A.LEFTFIRE],
  initial: { score: 0, reward: 0, lives: 0, terminal: false, started: true },
  status(ram, before) {
    const score = fromBcd(ram[HEADER.scoreLow]) - fromBcd(ram[HEADER.scoreHigh]);
    return { score, reward: score - before.score, lives: 0, terminal: isOver(ram), started: true };
  },
};
