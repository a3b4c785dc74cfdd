/** Where cartridges are: those of Tessera's own games beside the program, the user's in a folder outside of it. Nothing is ever downloaded. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "../../data/files.ts";
import type { GameDefinition, UserRom } from "./game_definition.ts";
import { ATARI_GAMES } from "./games/list.ts";

/** A cartridge is missing, or not the right one. */
export class RomError extends Error {
  /** "RomError". */
  override readonly name = "RomError";
}

/** Where one game's cartridge is. */
export interface RomEntry {
  /** The game. */
  readonly game: GameDefinition;
  /** The file, or null if there is none. */
  readonly path: string | null;
  /** Whether it comes with Tessera. */
  readonly bundled: boolean;
}

/** A file that no game of the list is on. */
export interface UnknownRom {
  /** The file. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly reason: string;
}

/** What an import did. */
export interface RomImport {
  /** Cartridges found, and where they are now. */
  readonly imported: readonly { game: GameDefinition; from: string; to: string }[];
  /** Files that look like cartridges but are none of these. */
  readonly unknown: readonly UnknownRom[];
}

/** Folders below folders that an import looks into. */
const DEEPEST = 8;
/** An import gives up after so many files, so that "/" is no trap. */
const MOST_FILES = 100_000;

/**
 * The user's folder of cartridges: `TESSERA_ROMS` if that is set, else "tessera/roms" where this system keeps the data of programs.
 *
 * @throws RomError if nothing says where the user's folder is
 */
export function romFolder(): string {
  const chosen = Deno.env.get("TESSERA_ROMS");
  if (chosen) return chosen;
  const under = (variable: string, ...path: string[]) => {
    const folder = Deno.env.get(variable);
    return folder ? join(folder, ...path, "tessera", "roms") : null;
  };
  const found = Deno.build.os === "windows"
    ? under("LOCALAPPDATA")
    : Deno.build.os === "darwin"
    ? under("HOME", "Library", "Application Support")
    : under("XDG_DATA_HOME") ?? under("HOME", ".local", "share");
  if (found === null) throw new RomError("there is no home folder; set TESSERA_ROMS to a folder for cartridges");
  return found;
}

/** The checksum by which cartridges are known, in hexadecimal. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** Where the cartridges of all games are. */
export function listRoms(folder: string = romFolder(), games: readonly GameDefinition[] = ATARI_GAMES): RomEntry[] {
  return games.map((game) =>
    "file" in game.rom
      ? { game, path: exists(game.rom.file) ? fileURLToPath(game.rom.file) : null, bundled: true }
      : { game, path: findRom(game.rom, folder), bundled: false }
  );
}

function filesIn(folder: string): string[] {
  return exists(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)) : [];
}

/** The cartridge's file in the folder, whatever its name. */
function findRom(rom: UserRom, folder: string): string | null {
  return filesIn(folder).find((path) => sizeOf(path) === rom.bytes && md5(Deno.readFileSync(path)) === rom.md5) ?? null;
}

/**
 * The cartridge's bytes.
 *
 * @throws RomError that says how to bring the cartridge in
 */
export function readRom(game: GameDefinition, folder?: string): Uint8Array {
  if ("file" in game.rom) {
    try {
      return Deno.readFileSync(game.rom.file);
    } catch (cause) {
      throw new RomError(
        `${game.name}: expected its cartridge at ${fileURLToPath(game.rom.file)} but could not read it`,
        {
          cause,
        },
      );
    }
  }
  const where = folder ?? romFolder(), path = findRom(game.rom, where);
  if (path !== null) return Deno.readFileSync(path);
  const rom = game.rom, { title, bytes, md5: sum } = rom;
  const near = filesIn(where).find((file) => isNamedAfter(file, game, rom));
  const found = near === undefined ? "found none" : `found ${near}: ${whyNot(near, [{ game, rom }])}`;
  throw new RomError(
    `${game.name}: expected the cartridge ${title}, ${bytes} bytes with MD5 ${sum}, in ${where} but ${found}. ` +
      `Tessera cannot ship it. If you own it: deno task roms --import FOLDER. Which games are here: deno task roms --list`,
  );
}

/**
 * Looks through a folder (or at one file) for cartridges of the games, by checksum, and copies them to the user's folder.
 *
 * @throws RomError if there is nothing at `from`
 */
export async function importRoms(
  from: string,
  to: string = romFolder(),
  games: readonly GameDefinition[] = ATARI_GAMES,
): Promise<RomImport> {
  if (!exists(from)) throw new RomError(`expected a folder or a file at ${from} but there is none`);
  const wanted = games.flatMap((game) => "md5" in game.rom ? [{ game, rom: game.rom }] : []);
  const imported: { game: GameDefinition; from: string; to: string }[] = [], unknown: UnknownRom[] = [];
  for (const path of filesBelow(from)) {
    const reason = whyNot(path, wanted);
    if (reason !== null) {
      unknown.push({ path, reason });
      continue;
    }
    const bytes = await Deno.readFile(path), sum = md5(bytes);
    const { game } = wanted.find(({ rom }) => rom.md5 === sum)!;
    if (imported.some((done) => done.game === game)) continue;
    const target = join(to, `${game.name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase()}.bin`);
    await Deno.mkdir(to, { recursive: true });
    await writeFileAtomic(target, bytes);
    imported.push({ game, from: path, to: target });
  }
  return { imported, unknown };
}

/** Null for a file that is one of the cartridges. */
function whyNot(path: string, wanted: readonly { game: GameDefinition; rom: UserRom }[]): string | null {
  const size = sizeOf(path), sizes = [...new Set(wanted.map(({ rom }) => rom.bytes))].sort((a, b) => a - b);
  if (!sizes.includes(size)) {
    const advice = /\.(zip|7z|gz|rar)$/i.test(path) ? "; unpack archives first" : "";
    return `expected a cartridge of ${sizes.join(" or ")} bytes but found ${size}${advice}`;
  }
  const sum = md5(Deno.readFileSync(path));
  if (wanted.some(({ rom }) => rom.md5 === sum)) return null;
  const meant = wanted.find(({ game, rom }) => isNamedAfter(path, game, rom));
  return meant === undefined
    ? `expected a cartridge of the list but found one with MD5 ${sum}`
    : `expected MD5 ${meant.rom.md5} for ${meant.rom.title} but found ${sum}: another edition, or a damaged file`;
}

/** Whether a file's name holds the first word of the game's name or the cartridge's title. */
function isNamedAfter(path: string, game: GameDefinition, rom: UserRom): boolean {
  const words = [game.name, rom.title].map((name) => name.split(/[ (]|(?<=[a-z])(?=[A-Z])/)[0].toLowerCase());
  return words.some((word) => basename(path).toLowerCase().includes(word));
}

function* filesBelow(root: string, depth = 0, count = { files: 0 }): Generator<string> {
  if (statSync(root).isFile()) {
    yield root;
    return;
  }
  for (const entry of readdirSync(root, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(root, entry.name);
    if (entry.isDirectory() && depth < DEEPEST) yield* filesBelow(path, depth + 1, count);
    else if (entry.isFile()) {
      if (++count.files > MOST_FILES) {
        throw new RomError(`${root}: expected at most ${MOST_FILES} files but found more; name a smaller folder`);
      }
      yield path;
    }
  }
}

/** In bytes; -1 for what is no file. */
function sizeOf(path: string): number {
  const found = statSync(path);
  return found.isFile() ? found.size : -1;
}

function exists(path: string | URL): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
