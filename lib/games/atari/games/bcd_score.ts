/** What Tessera's own cartridges keep at the same places (roms/README.md). */
import { fromBcd, type GameStatus } from "../game_definition.ts";

/** RAM bytes of Rampart, Volley and Swarm; Volley has the computer's and the player's points where the others have the score. */
export const HEADER = { gameOver: 0, scoreHigh: 1, scoreLow: 2, lives: 3, frame: 4 } as const;

/** Four digits: the score begins again at 0 after 9,999. */
const SCORES = 10_000;

/** Bit 7 of the first byte: no game runs. */
export function isOver(ram: Uint8Array): boolean {
  return (ram[HEADER.gameOver] & 0x80) !== 0;
}

/** Status of the games that count one score and lives. */
export function scoreAndLives(ram: Uint8Array, before: GameStatus): GameStatus {
  const score = 100 * fromBcd(ram[HEADER.scoreHigh]) + fromBcd(ram[HEADER.scoreLow]), gained = score - before.score;
  const terminal = isOver(ram);
  return {
    score,
    reward: gained < 0 ? SCORES + gained : gained,
    lives: terminal ? 0 : ram[HEADER.lives],
    terminal,
    started: true,
  };
}
