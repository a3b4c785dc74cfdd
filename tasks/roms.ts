/** `deno task roms`: which cartridges this machine has, bringing in those that the user owns, building Tessera's own. */
import { importRoms, listRoms, RomError, romFolder } from "../lib/games/mod.ts";
import { defineCommand, main, UsageError } from "./cli.ts";
import { buildRoms } from "./roms/build.ts";

/** So many files that are no cartridges are named; the rest is counted. */
const NAMED = 12;

function list(): void {
  const folder = romFolder();
  const rows = listRoms(folder).map(({ game, path, bundled }) => ({
    name: game.name,
    what: path !== null
      ? bundled ? "comes with Tessera" : path
      : "md5" in game.rom
      ? `missing: ${game.rom.title}, ${game.rom.bytes} bytes, MD5 ${game.rom.md5}`
      : "missing: its file is not where it should be",
  }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(rows.map(({ name, what }) => `${name.padEnd(width)}  ${what}`).join("\n"));
  console.log(`\nYour cartridges are looked for in ${folder} (TESSERA_ROMS names another folder).`);
  if (rows.some(({ what }) => what.startsWith("missing"))) console.log("Bring them in: deno task roms --import FOLDER");
}

async function bringIn(from: string): Promise<number> {
  const { imported, unknown } = await importRoms(from);
  for (const { game, from, to } of imported) console.log(`${game.name}: ${from} is now ${to}`);
  for (const { path, reason } of unknown.slice(0, NAMED)) console.error(`left out ${path}: ${reason}`);
  if (unknown.length > NAMED) {
    console.error(`… and ${unknown.length - NAMED} more files that are no cartridges of these games`);
  }
  if (imported.length > 0) return 0;
  console.error(
    `roms: expected a cartridge of ${
      listRoms().filter(({ bundled }) => !bundled).map(({ game }) => game.name).join(", ")
    } ` +
      `in ${from} but found none among ${unknown.length} files. What is needed: deno task roms --list`,
  );
  return 1;
}

async function build(): Promise<void> {
  for (const { path, bytes, changed } of await buildRoms()) {
    console.log(`${path}: ${bytes} bytes, ${changed ? "written" : "unchanged"}`);
  }
}

export const command = defineCommand({
  name: "roms",
  summary:
    "Shows which cartridges for Atari games this machine has, brings in those that you own, or assembles Tessera's own. Nothing is downloaded.",
  examples: ["deno task roms --list", "deno task roms --import ~/cartridges", "deno task roms --build"],
  flags: {
    list: { kind: "boolean", help: "every game, and where its cartridge is; the default" },
    import: {
      kind: "string",
      value: "FOLDER",
      help: "look for cartridges in this folder (or at this file), by checksum, and copy them to your folder",
    },
    build: { kind: "boolean", help: "assemble Tessera's own games, roms/*.asm, with dasm" },
  },
  async run({ flags }) {
    try {
      if (flags.build) await build();
      const code = flags.import === undefined ? 0 : await bringIn(flags.import);
      if (flags.list || (flags.import === undefined && !flags.build)) list();
      return code;
    } catch (error) {
      if (error instanceof RomError) throw new UsageError(error.message);
      throw error;
    }
  },
});

if (import.meta.main) await main(command);
