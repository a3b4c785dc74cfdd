/** What holds for every notebook of the project. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { checkNotebooks, problemText } from "../../tasks/notebooks/check_notebook.ts";
import { codeCells, readNotebook, sourceOf } from "../../tasks/notebooks/notebook_file.ts";

const folder = join(import.meta.dirname!, "..", "..", "notebooks");
const paths = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".ipynb")).sort()
  .map((name) => join(folder, name));

Deno.test("notebooks: the first cell says what it costs, what to expect, and how to run the short form", async () => {
  assert.ok(paths.length > 0);
  for (const path of paths) {
    const [first] = (await readNotebook(path)).cells;
    for (const needed of [/Time \|/, /Memory \|/, /Expected/, /TESSERA_SHORT=1/]) {
      assert.match(sourceOf(first), needed, path);
    }
  }
});

Deno.test("notebooks: every code cell settles, imports from the library alone, and is short", async () => {
  for (const path of paths) {
    for (const { number, code } of codeCells(await readNotebook(path))) {
      assert.match(code, /\nawait settle\(\);\s*$/, `${path}: code cell ${number} ends with await settle()`);
      for (const [, from] of code.matchAll(/from "([^"]+)"/g)) {
        assert.equal(from, "@tessera/worlds", `${path}: code cell ${number}`);
      }
      assert.ok(code.split("\n").length <= 35, `${path}: code cell ${number} is short`);
    }
  }
});

Deno.test("notebooks: the code is sound", async () => {
  assert.deepEqual((await checkNotebooks(paths)).map(problemText), []);
});

Deno.test("notebooks: each is stored executed, without an error", async () => {
  for (const path of paths) {
    for (const { number, cell } of codeCells(await readNotebook(path))) {
      assert.ok(cell.execution_count, `${path}: code cell ${number} was executed`);
      assert.ok(!(cell.outputs ?? []).some((output) => output.output_type === "error"), `${path}: code cell ${number}`);
    }
  }
});
