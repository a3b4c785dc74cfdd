/** Cartridges for tests: one small game, and programs given by their bytes. */
import { join } from "node:path";
import { AtariAction, fromBcd, type GameDefinition } from "../../../lib/games/mod.ts";

const FOLDER = join(import.meta.dirname!, "fixtures");

/** The program of stick.asm: 2 KiB. */
export const STICK: Uint8Array = Deno.readFileSync(join(FOLDER, "stick.bin"));
export const STICK_SOURCE = join(FOLDER, "stick.asm");
/** Where stick.asm keeps what; offsets in RAM. */
export const AT = { score: 0, lives: 1, mode: 2, x: 3, y: 4, pot0: 5, pot1: 6, frames: 7 } as const;

/** A cartridge of 2 KiB (or more) that begins with this program at 0xf800 (or lower) and starts there. */
export function cartridge(program: readonly number[], size = 2048): Uint8Array {
  const rom = new Uint8Array(size).fill(0xea), start = 0x10000 - size;
  rom.set(program);
  rom.set([start & 0xff, start >> 8, start & 0xff, start >> 8], size - 4);
  return rom;
}

/** stick.asm as a game: score by FIRE, a life lost at the upper edge, over with the last one. */
export const STICK_GAME: GameDefinition = {
  name: "Stick",
  rom: { file: new URL("./fixtures/stick.bin", import.meta.url) },
  controller: "joystick",
  actions: [AtariAction.NOOP, AtariAction.FIRE, AtariAction.UP, AtariAction.RIGHT, AtariAction.LEFT],
  modes: [0, 1, 2, 3],
  select: { address: AT.mode, frames: 1 },
  difficulties: [0, 1],
  initial: { score: 0, reward: 0, lives: 3, terminal: false, started: true },
  status(ram, before) {
    const score = fromBcd(ram[AT.score]), gained = score - before.score;
    const lives = ram[AT.lives];
    return { score, reward: gained < 0 ? gained + 100 : gained, lives, terminal: lives === 0, started: true };
  },
};
