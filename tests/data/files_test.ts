import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileAtomic } from "../../lib/data/mod.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) => Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();

Deno.test("writes text and bytes, replaces a file whole, and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config.json");
    await writeFileAtomic(path, '{"é":1}');
    assert.equal(await Deno.readTextFile(path), '{"é":1}');
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251);
    await writeFileAtomic(path, bytes.subarray(7));
    assert.deepEqual(new Uint8Array(await Deno.readFile(path)), bytes.subarray(7));
    await writeFileAtomic(path, "");
    assert.equal(await Deno.readTextFile(path), "");
    assert.deepEqual(names(folder), ["config.json"]);
  }));

Deno.test("a failure keeps what was there, names the target, and leaves nothing beside it", () =>
  inFolder(async (folder) => {
    const missing = join(folder, "none", "a.txt");
    await assert.rejects(writeFileAtomic(missing, "x"), (error) => {
      return error instanceof Deno.errors.NotFound && error.message.includes(`writing ${missing}:`);
    });
    // A file cannot be renamed onto a folder that is not empty.
    await Deno.mkdir(join(folder, "target", "inside"), { recursive: true });
    await assert.rejects(writeFileAtomic(join(folder, "target"), "x"), /writing .*target/);
    assert.deepEqual(names(folder), ["target"]);
    assert.deepEqual(names(join(folder, "target")), ["inside"]);
  }));

Deno.test("many writers at once: the target is always one of the contents, whole", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.txt");
    const contents = Array.from({ length: 20 }, (_, i) => String(i).repeat(50_000));
    await writeFileAtomic(path, contents[0]);
    const writing = Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    for (let i = 0; i < 20; i++) assert.ok(contents.includes(await Deno.readTextFile(path)));
    await writing;
    assert.deepEqual(names(folder), ["a.txt"]);
  }));
