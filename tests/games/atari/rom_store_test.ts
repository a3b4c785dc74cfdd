/** Finding, importing and refusing cartridges; `deno task roms` as it is typed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AtariEnv, type GameDefinition, importRoms, listRoms, readRom, RomError } from "../../../lib/games/mod.ts";
import { md5 } from "../../../lib/games/atari/rom_store.ts";
import { STICK, STICK_GAME } from "./fixtures.ts";

const OWNED: GameDefinition = {
  ...STICK_GAME,
  name: "StickFigure",
  rom: { md5: md5(STICK), bytes: STICK.length, title: "Stick (Tessera, 2026)" },
};
const games = [OWNED, STICK_GAME];
const damaged = STICK.map((byte, i) => i === 7 ? byte ^ 1 : byte);

/** A folder with files by relative path. */
async function withFolder(files: Record<string, Uint8Array>, work: (folder: string) => Promise<void> | void) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeFile(join(folder, path), bytes);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("import finds a cartridge by its checksum, wherever it lies and whatever it is called, and plays it", () =>
  withFolder({ "old/deep/X.A26": STICK, "old/notes.txt": new Uint8Array(3), "twice.bin": STICK }, async (from) => {
    const to = join(from, "mine");
    assert.deepEqual(listRoms(to, games).map(({ path, bundled }) => [path !== null, bundled]), [[false, false], [
      true,
      true,
    ]]);
    const { imported, unknown } = await importRoms(from, to, games);
    assert.deepEqual(imported.map(({ game, to }) => [game.name, to]), [["StickFigure", join(to, "stick_figure.bin")]]);
    assert.deepEqual(unknown.map(({ path }) => path), [join(from, "old", "notes.txt")]);
    assert.deepEqual(readRom(OWNED, to), STICK);
    assert.equal(listRoms(to, games)[0].path, join(to, "stick_figure.bin"));
    const env = new AtariEnv(OWNED, { rom: readRom(OWNED, to) });
    assert.equal(env.reset(0).info.lives, 3);
    assert.deepEqual(
      [...Deno.readDirSync(to)].map(({ name }) => name),
      ["stick_figure.bin"],
      "nothing half written stays",
    );
    assert.equal((await importRoms(join(from, "twice.bin"), to, games)).imported.length, 1, "a file by name, again");
  }));

Deno.test("import says what is wrong: size, checksum, archives, nothing there", () =>
  withFolder({
    "stick (bad).bin": damaged,
    "other.bin": new Uint8Array(2048),
    "long.bin": new Uint8Array(4096),
    "all.zip": new Uint8Array(9),
  }, async (from) => {
    const { imported, unknown } = await importRoms(from, join(from, "to"), games);
    assert.deepEqual(imported, []);
    const reasons = Object.fromEntries(unknown.map(({ path, reason }) => [path.slice(from.length + 1), reason]));
    assert.match(reasons["all.zip"], /expected a cartridge of 2048 bytes but found 9; unpack archives first/);
    assert.match(reasons["long.bin"], /expected a cartridge of 2048 bytes but found 4096/);
    assert.match(reasons["other.bin"], /expected a cartridge of the list but found one with MD5 c99a74c5/);
    assert.match(
      reasons["stick (bad).bin"],
      /expected MD5 \w{32} for Stick \(Tessera, 2026\) but found \w{32}: another edition, or a damaged file/,
    );
    await assert.rejects(
      importRoms(join(from, "nowhere"), from, games),
      /expected a folder or a file at .*nowhere but there is none/,
    );
  }));

Deno.test("a game without its cartridge says which one, where, and how to bring it in", () =>
  withFolder({ "stick.bin": damaged }, (folder) => {
    assert.throws(
      () => readRom(OWNED, join(folder, "none")),
      (error: Error) =>
        error instanceof RomError &&
        /StickFigure: expected the cartridge Stick \(Tessera, 2026\), 2048 bytes with MD5 \w{32}, in .* but found none\. .*--import FOLDER/
          .test(error.message),
    );
    assert.throws(
      () => readRom(OWNED, folder),
      /but found .*stick\.bin: expected MD5 \w+ for .* but found \w+: another edition/,
    );
    const lost = { ...STICK_GAME, rom: { file: new URL("./fixtures/none.bin", import.meta.url) } };
    assert.throws(() => readRom(lost), /Stick: expected its cartridge at .*none\.bin but could not read it/);
  }));

Deno.test("deno task roms: lists, imports nothing from a folder without cartridges, keeps to TESSERA_ROMS", () =>
  withFolder({ "breakout.bin": damaged }, async (folder) => {
    const root = join(import.meta.dirname!, "../../..");
    const roms = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), join(root, "tasks/roms.ts"), ...args],
        env: { NO_COLOR: "1", TESSERA_ROMS: join(folder, "mine") },
      }).output();
      return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
    };
    const list = await roms("--list");
    assert.equal(list.code, 0, list.err);
    assert.match(
      list.out,
      /Breakout +missing: Breakout \(Atari, 1978\), 2048 bytes, MD5 f34f08e5eb96e500e851a80be3277a56/,
    );
    assert.ok(list.out.includes(join(folder, "mine")));
    const none = await roms("--import", folder);
    assert.equal(none.code, 1);
    assert.match(none.err, /left out .*breakout\.bin: expected MD5 f34f08e5.* another edition, or a damaged file/);
    assert.match(none.err, /expected a cartridge of Breakout, Pong, SpaceInvaders/);
    const wrong = await roms("--import", join(folder, "nowhere"));
    assert.deepEqual([wrong.code, /there is none/.test(wrong.err)], [2, true]);
  }));
