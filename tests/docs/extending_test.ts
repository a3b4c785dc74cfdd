/** The examples of docs/extending.md are real: their files are put in their places and their tests run, in a process of its own. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname!, "../..");

/** The code blocks that follow a line with nothing but a file's path, by path. */
function filesOf(markdown: string): Map<string, string> {
  const blocks = markdown.matchAll(/^`([\w./]+)`:\n\n```\w+\n([^]*?)^```$/gm);
  return new Map([...blocks].map(([, path, text]) => [path, text]));
}

/** Imports of files that exist in the project point there; those of the page's own files stay. */
function withImports(path: string, text: string, own: ReadonlyMap<string, string>): string {
  return text.replace(/ from "(\.[^"]+)"/g, (all, specifier) => {
    const target = join(dirname(path), specifier);
    return own.has(target) ? all : ` from "${pathToFileURL(join(root, target))}"`;
  });
}

Deno.test("docs/extending.md: its files compile, and their tests pass on every device", async () => {
  const files = filesOf(await Deno.readTextFile(join(root, "docs/extending.md")));
  const tests = [...files.keys()].filter((path) => path.endsWith("_test.ts"));
  assert.equal(files.size, 4);
  assert.equal(tests.length, 1);
  const folder = await Deno.makeTempDir({ prefix: "tessera-extending-" });
  try {
    for (const [path, text] of files) {
      assert.throws(
        () => Deno.statSync(join(root, path)),
        Deno.errors.NotFound,
        `${path} exists: choose another example`,
      );
      await Deno.mkdir(join(folder, dirname(path)), { recursive: true });
      await Deno.writeTextFile(join(folder, path), withImports(path, text, files));
    }
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--config", join(root, "deno.json"), ...tests.map((path) => join(folder, path))],
      env: { NO_COLOR: "1" },
    }).output();
    const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.ok(success, told);
    assert.match(told, /ok \| [1-9]\d* passed/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/extending.md: what it refers to exists", async () => {
  const text = await Deno.readTextFile(join(root, "docs/extending.md")), own = filesOf(text);
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => join("docs", link));
  const named = [...text.matchAll(/`((?:lib|tests|kernels)\/[\w./]+\.\w+)`/g)].map(([, path]) => path);
  for (const path of new Set([...links, ...named])) {
    if (!own.has(path)) assert.ok(Deno.statSync(join(root, path)).isFile, path);
  }
});
