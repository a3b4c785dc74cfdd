/** What a cartridge's bytes must be before a console sees them. */
import { RomImageError } from "./console.ts";

/** Sizes of cartridges that the console runs, in bytes: 2, 4, 8, 12, 16, 32 and 64 KiB. */
export const ROM_SIZES: readonly number[] = [2, 4, 8, 12, 16, 32, 64].map((kib) => kib * 1024);

/**
 * Says clearly what is wrong with a file before an emulator trips over it.
 *
 * @param what for the message, say the file's name
 * @throws RomImageError
 */
export function checkRomSize(rom: Uint8Array, what = "the ROM image"): void {
  if (ROM_SIZES.includes(rom.length)) return;
  const sizes = ROM_SIZES.map((size) => size.toLocaleString("en-US")).join(", ");
  const advice = rom[0] === 0x50 && rom[1] === 0x4b
    ? "It is a ZIP archive: unpack it first"
    : rom.length === 0
    ? "The file is empty"
    : "Take the plain image of the cartridge, without a header";
  throw new RomImageError(
    `${what}: expected a cartridge of ${sizes} bytes but found ${rom.length.toLocaleString("en-US")} bytes. ${advice}.`,
  );
}
