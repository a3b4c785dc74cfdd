/** `deno task roms --build`: what it writes, and what it says of programs that are none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BuildError, buildRoms, hasDasm } from "../../tasks/roms/build.ts";

const ignore = !hasDasm(), note = ignore ? " (skipped: dasm is not installed)" : "";
const program = (colour: string) =>
  `  processor 6502\n  include "names.inc"\n  org $f000\n  lda #${colour}\n  sta BACKGROUND\n  org $fffc\n  .word $f000, $f000\n`;

async function withFolder(files: Record<string, string>, work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "a build writes what has changed, and only that" + note,
  ignore,
  fn: () =>
    withFolder(
      { "a.asm": program("$10"), "b.asm": program("$20"), "names.inc": "BACKGROUND = $09\n" },
      async (folder) => {
        const said = async () => (await buildRoms(folder)).map(({ path, bytes, changed }) => [path, bytes, changed]);
        const [a, b] = [join(folder, "a.bin"), join(folder, "b.bin")];
        assert.deepEqual(await said(), [[a, 4096, true], [b, 4096, true]]);
        assert.deepEqual([...Deno.readFileSync(b).subarray(0, 4)], [0xa9, 0x20, 0x85, 0x09]);
        await Deno.writeTextFile(join(folder, "b.asm"), program("$30"));
        assert.deepEqual(await said(), [[a, 4096, false], [b, 4096, true]]);
        assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
          ...["a.asm", "a.bin", "b.asm", "b.bin", "names.inc"],
        ]);
      },
    ),
});

Deno.test({
  name: "programs that are none: the assembler's line, a wrong size, an empty folder" + note,
  ignore,
  async fn() {
    await withFolder({ "a.asm": "  processor 6502\n  org $f000\n  lda (1\n" }, async (folder) => {
      await assert.rejects(
        buildRoms(folder),
        (error) => error instanceof BuildError && /a\.asm \(3\)/.test(error.message),
      );
      await assert.rejects(Deno.stat(join(folder, "a.bin")), "nothing is written");
    });
    await withFolder({ "a.asm": "  processor 6502\n  org $f000\n  nop\n" }, async (folder) => {
      await assert.rejects(buildRoms(folder), /expected a cartridge of 4096 bytes but found 1$/);
    });
    await withFolder({}, async (folder) => {
      await assert.rejects(buildRoms(folder), /expected programs \(\*\.asm\) in .* but found none/);
    });
  },
});
