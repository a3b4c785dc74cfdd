import assert from "node:assert/strict";
import { join } from "node:path";
import { checkNotebooks, problemText } from "../../tasks/notebooks/check_notebook.ts";
import { withNotebooks } from "./scratch.ts";

Deno.test("checker: type errors, syntax errors, missing modules, lint and unsettled prints, each with its cell and line", async () => {
  const notebooks = {
    "1-good": [
      "const a = 1;",
      "",
      "const print = console.log;\nprint(a);\nconst settle = async () => {};\nawait settle();",
    ],
    "2-types": ["const a = 1;", "   ", "const b = a;\nconst c: string = b;\nnope(c);"],
    "3-syntax": ["const a = 1;", "const b = a;\nconst c = 3 +* b;"],
    "4-module": ['import { x } from "./missing.ts";\nconst y = x;'],
    "5-lint": ["let unchanging = 1;", "console.log(unchanging);"],
  };
  await withNotebooks(notebooks, async (folder) => {
    const path = (name: string) => join(folder, `${name}.ipynb`);
    const before = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const found = await checkNotebooks(Object.keys(notebooks).map(path));
    const brief = found.map(({ notebook, cell, line, column, code }) => [notebook, cell, line, column, code]);
    assert.deepEqual(brief, [
      [path("2-types"), 2, 2, 7, "TS2322"],
      [path("2-types"), 2, 3, 1, "TS2304"],
      [path("3-syntax"), 2, 2, 14, "syntax"],
      [path("4-module"), 1, 1, 19, "TS2307"],
      [path("5-lint"), 1, 1, 5, "prefer-const"],
      [path("5-lint"), 2, 1, 1, "settle"],
    ]);
    assert.equal(
      problemText(found[0]),
      `${path("2-types")}, code cell 2, line 2, column 7: TS2322 Type 'number' is not assignable to type 'string'.`,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), before);
  });
});

Deno.test("checker: an error in an imported module is reported too", async () => {
  await withNotebooks({ n: ['import { x } from "./module.ts";\nconst y = x;'] }, async (folder) => {
    await Deno.writeTextFile(join(folder, "module.ts"), 'export const x: number = "text";\n');
    const problems = await checkNotebooks([join(folder, "n.ipynb")]);
    assert.deepEqual(problems.map(({ code }) => code), ["check"]);
    assert.match(problems[0].message, /TS2322[^]*module\.ts/);
  });
});
