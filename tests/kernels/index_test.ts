/** kernels/README.md lists every page, truthfully, and every page has the fixed head. */
import assert from "node:assert/strict";
import { join } from "node:path";

const root = join(import.meta.dirname!, "../..");
const pages = [...Deno.readDirSync(join(root, "kernels"))].map(({ name }) => name).filter((n) => n.endsWith(".wgsl"))
  .sort();
const HEAD = ["Computes", "Shapes", "Bindings", "Overrides", "Grid", "Tolerance", "Source"];

interface Row {
  readonly page: string;
  readonly formula: string;
  readonly usedBy: readonly string[];
  readonly testedBy: readonly string[];
}

/** The rows of the index. A cell of files is a list of `code`. */
function indexRows(): Row[] {
  const lines = Deno.readTextFileSync(join(root, "kernels/README.md")).split("\n").filter((line) =>
    line.startsWith("| `")
  );
  return lines.map((line) => {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    assert.equal(cells.length, 4, `expected four cells in: ${line}`);
    const files = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
    return { page: files(cells[0])[0], formula: cells[1], usedBy: files(cells[2]), testedBy: files(cells[3]) };
  });
}

/** Files below a folder that import the page. */
function importersOf(page: string, folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return importersOf(page, path);
    return entry.name.endsWith(".ts") && Deno.readTextFileSync(join(root, path)).includes(`kernels/${page}"`)
      ? [path]
      : [];
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(join(root, path)).isFile;
  } catch {
    return false;
  }
}

Deno.test("the index of kernels lists every page once, in order", () => {
  assert.deepEqual(indexRows().map(({ page }) => page), pages);
});

Deno.test("the index says who uses and who tests each page", () => {
  for (const { page, formula, usedBy, testedBy } of indexRows()) {
    assert.ok(formula.length > 5, `${page} has no formula`);
    assert.deepEqual([...usedBy].sort(), importersOf(page, "lib").sort(), `${page}: used by`);
    assert.ok(testedBy.length > 0, `${page} is tested by nobody`);
    for (const file of testedBy) {
      assert.ok(/^tests\/.*_test\.ts$/.test(file) && isFile(file), `${page}: there is no test ${file}`);
    }
  }
});

for (const page of pages) {
  Deno.test(`${page} begins with the fixed head`, () => {
    const lines = Deno.readTextFileSync(join(root, "kernels", page)).split("\n");
    const head = lines.slice(0, lines.findIndex((line) => !line.startsWith("//")));
    assert.match(head[0], new RegExp(`^// ${page.replace(".wgsl", "")} — .{10,}`));
    const parts = head.flatMap((line) => /^\/\/ ([A-Z][a-z]+) {2,}\S/.exec(line)?.[1] ?? []);
    assert.deepEqual(parts, HEAD);
    for (const line of head) assert.ok(line.length <= 140, `a line of ${line.length} characters: ${line}`);
  });
}
