/** From a file's bytes to a cartridge that can be put into the console. */
import { RomImageError } from "../console.ts";
import { type Cartridge, makeCartridge } from "./core.ts";

/** Cartridges with a processor of their own, whose state cannot be saved, or with a tape. */
const UNSUPPORTED = /dpc_plus|cdf|supercharger|unknown/;

/** @throws RomImageError for bytes that are no cartridge, or one that the console cannot run */
export function insertable(rom: Uint8Array): Cartridge {
  let cartridge: Cartridge;
  try {
    cartridge = makeCartridge(rom);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new RomImageError(
      `the ROM image of ${rom.length} bytes: expected a known kind of cartridge but found ${message}`,
      {
        cause,
      },
    );
  }
  if (!UNSUPPORTED.test(cartridge.getType())) return cartridge;
  throw new RomImageError(
    `the ROM image: expected a cartridge without a processor of its own but found ${cartridge.getType()}`,
  );
}

/** FNV-1a, 32 bits. */
export function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
