/** Cartridges for tests: one small game, and programs given by their bytes. */
import { join } from "node:path";

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
