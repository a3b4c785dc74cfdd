/** The example of docs/atari.md runs. */
import assert from "node:assert/strict";
import { join } from "node:path";

Deno.test("docs/atari.md: the TypeScript example runs and prints what it says", async () => {
  const root = join(import.meta.dirname!, "../.."), page = await Deno.readTextFile(join(root, "docs/atari.md"));
  const [, code] = /```ts\n([\s\S]*?)```/.exec(page)!;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, code);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), path],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const [, said] = /console\.log\(.*\); \/\/ (.*)/.exec(code)!;
    assert.equal(new TextDecoder().decode(stdout).trim(), said);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("docs/atari.md: its table of cartridges is the list of games", async () => {
  const page = await Deno.readTextFile(join(import.meta.dirname!, "../../docs/atari.md"));
  const { ATARI_GAMES } = await import("../../lib/games/mod.ts");
  for (const { name, rom } of ATARI_GAMES) {
    if ("md5" in rom) assert.ok(page.includes(`| ${name} | ${rom.title} | ${rom.bytes} | \`${rom.md5}\` |`), name);
  }
});
