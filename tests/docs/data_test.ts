/** The examples of docs/data.md run. */
import assert from "node:assert/strict";
import { join } from "node:path";

Deno.test("docs/data.md: the TypeScript example runs and prints what it says", async () => {
  const root = join(import.meta.dirname!, "../.."), page = await Deno.readTextFile(join(root, "docs/data.md"));
  const [, code] = /```ts\n([\s\S]*?)```/.exec(page)!;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, code);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), path],
      env: { NO_COLOR: "1" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stdout), /Uint32Array\(2\) \[ 0, 3 \]/);
  } finally {
    await Deno.remove(path);
  }
});
