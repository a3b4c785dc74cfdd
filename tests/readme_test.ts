/** The examples of the README and of the CPU device's page run and do what they say. */
import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "..");

/** Fenced TypeScript blocks of a Markdown file. */
function examples(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
}

for (const file of ["README.md", "docs/cpu-device.md"]) {
  Deno.test(`${file}: every TypeScript example runs, and prints what its comments say`, async () => {
    const blocks = examples(await Deno.readTextFile(join(root, file))).filter((code) => /\bimport\b/.test(code));
    assert.ok(blocks.length > 0, `${file} has no example with imports`);
    for (const code of blocks) {
      const folder = await Deno.makeTempDir({ dir: root, prefix: ".example-" });
      try {
        await Deno.writeTextFile(join(folder, "example.ts"), code);
        const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", "--config", join(root, "deno.json"), join(folder, "example.ts")],
          env: { NO_COLOR: "1", TESSERA_DEVICE: "cpu" },
        }).output();
        assert.ok(success, `${file}\n${code}\n${new TextDecoder().decode(stderr)}`);
        const printed = new TextDecoder().decode(stdout).match(/-?\d+(\.\d+)?(e-?\d+)?/g)?.map(Number) ?? [];
        for (const [, text] of code.matchAll(/console\.log\(.*\/\/ (?:close to )?([-\d., e]+)$/gm)) {
          const wanted = text.split(",").map(Number).filter(Number.isFinite);
          const found = wanted.every((value) =>
            printed.some((p) => Math.abs(p - value) < 0.05 * Math.max(1, Math.abs(value)))
          );
          assert.ok(found, `${file}: expected ${text} but found ${new TextDecoder().decode(stdout)}`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  });
}
