import assert from "node:assert/strict";
import { join } from "node:path";
import { codeCells } from "../../tasks/notebooks/notebook_file.ts";
import { runNotebook } from "../../tasks/notebooks/run_notebook.ts";
import { FIGURES, printed, withNotebooks } from "./scratch.ts";

Deno.test("runner: many and large outputs, back to back, with no pause at all: none is lost or under a wrong cell", async () => {
  const lines = (letter: string) => `for (let i = 0; i < 1500; i++) console.log("${letter}", i);`;
  const large =
    'await Deno.jupyter.display({ "image/png": "A".repeat(2_000_000), "text/plain": "large" }, { raw: true });';
  const cells = [lines("A"), lines("B"), large, `${large}\nconsole.log("after");`, 'console.log("last");', '"value"'];
  await withNotebooks({ many: cells }, async (folder) => {
    const { notebook, failed } = await runNotebook(join(folder, "many.ipynb"), { quietMs: 0 });
    assert.equal(failed, null);
    const all = (letter: string) => Array.from({ length: 1500 }, (_, i) => `${letter} ${i}\n`).join("");
    assert.deepEqual(printed(notebook), [all("A"), all("B"), "", "after\n", "last\n", ""]);
    const outputs = codeCells(notebook).map(({ cell }) => cell.outputs!);
    for (const i of [2, 3]) assert.equal((outputs[i][0].data!["image/png"] as string).length, 2_000_000);
    assert.deepEqual(outputs[5], [{
      output_type: "execute_result",
      data: { "text/plain": '"value"' },
      metadata: {},
      execution_count: 6,
    }]);
  });
});

Deno.test("runner: folder, environment, colours, streams, display updates, unawaited output, blank cells; the file is only read", async () => {
  const cells = [
    'import { answer } from "./module.ts";\nconsole.log(answer, Deno.env.get("TESSERA_SHORT"));',
    'console.log("\\x1b[31mred\\x1b[0m");\nconsole.error("to stderr");\nconsole.log("again");',
    'await Deno.jupyter.display({ "text/plain": "0 %" }, { raw: true, display_id: "bar" });',
    'await Deno.jupyter.display({ "text/plain": "100 %" }, { raw: true, display_id: "bar", update: true });\nsetTimeout(() => console.log("later"), 30);',
    "  \n",
    "await new Promise((done) => setTimeout(done, 60));",
  ];
  await withNotebooks({ mixed: cells }, async (folder) => {
    await Deno.writeTextFile(join(folder, "module.ts"), "export const answer: number = 42;\n");
    const path = join(folder, "mixed.ipynb"), before = await Deno.readTextFile(path);
    const seen: number[] = [];
    const { notebook, failed } = await runNotebook(path, {
      env: { TESSERA_SHORT: "1" },
      onCell: ({ number }) => void seen.push(number),
    });
    assert.equal(failed, null);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    const outputs = codeCells(notebook).map(({ cell }) => cell.outputs!);
    assert.deepEqual(outputs[0], [{ output_type: "stream", name: "stdout", text: "42 1\n" }]);
    assert.deepEqual(outputs[1], [
      { output_type: "stream", name: "stdout", text: "red\n" },
      { output_type: "stream", name: "stderr", text: "to stderr\n" },
      { output_type: "stream", name: "stdout", text: "again\n" },
    ]);
    assert.deepEqual(outputs[2], [{ output_type: "display_data", data: { "text/plain": "100 %" }, metadata: {} }]);
    assert.equal(printed(notebook).filter((text) => text === "later\n").length, 1);
    assert.deepEqual(notebook.cells.filter((c) => c.cell_type === "code").map((c) => c.execution_count), [
      1,
      2,
      3,
      4,
      null,
      5,
    ]);
    assert.equal(notebook.metadata.title, "kept");
    assert.deepEqual(notebook.metadata.kernelspec, { display_name: "Deno", language: "typescript", name: "deno" });
    assert.equal(await Deno.readTextFile(path), before);
  });
});

Deno.test("runner: figures, tables, print and progress of lib/figures", async () => {
  const cells = [
    `import { display, displayHtmlTable, displayImage, figure, greyPicture, histogram, notebookProgress, print, settle } from ${FIGURES};`,
    'for (let i = 0; i < 5000; i++) print("line", i);\nawait settle();',
    'await display(figure("dist", "A histogram.", histogram({ values: [1, 2, 2], bins: 2 })));',
    'const bar = notebookProgress(30, "work");\nfor (let i = 1; i <= 30; i++) await bar.update(i, "note");\nawait bar.finish();',
    'await displayHtmlTable({ columns: ["a"], rows: [[1]] });\nawait displayImage(greyPicture([0, 1], 2, 1), "two pixels");',
  ];
  await withNotebooks({ figures: cells }, async (folder) => {
    const { notebook, failed } = await runNotebook(join(folder, "figures.ipynb"));
    assert.equal(failed, null);
    const outputs = codeCells(notebook).map(({ cell }) => cell.outputs!);
    assert.equal(printed(notebook)[1], Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(""));
    const [shown] = outputs[2];
    assert.equal(shown.data!["text/plain"], "Figure dist: A histogram.");
    assert.match(shown.data!["image/png"] as string, /^iVBORw0KGgo/);
    assert.ok((shown.metadata!["image/png"] as { width: number }).width > 400);
    assert.equal(outputs[3].length, 1);
    assert.match(outputs[3][0].data!["text/plain"] as string, /^work █{30} 30\/30 · [\d.]+ s · note$/);
    assert.deepEqual(outputs[4].map((o) => Object.keys(o.data!)), [["text/html", "text/plain"], [
      "image/png",
      "text/plain",
    ]]);
    assert.deepEqual(outputs[4][1].metadata, { "image/png": { width: 2, height: 1 } });
  });
});

const FAILURES: Record<string, { cells: string[]; name: string; value: RegExp }> = {
  "a cell that throws": {
    cells: ["1;", 'console.log("before");\nthrow new TypeError("boom");', "never();"],
    name: "TypeError",
    value: /^boom$/,
  },
  "a syntax error": {
    cells: ["1;", "const y = 3 +* 4;", "never();"],
    name: "SyntaxError",
    value: /at line 1, column 14 of the cell/,
  },
  "a kernel that exits": {
    cells: ["1;", "Deno.exit(3);", "never();"],
    name: "KernelError",
    value: /the kernel is gone/,
  },
  "a cell that never ends": {
    cells: ["1;", "await new Promise(() => {});"],
    name: "KernelError",
    value: /expected the cell to end within 3 s/,
  },
};

for (const [what, { cells, name, value }] of Object.entries(FAILURES)) {
  Deno.test(`runner: ${what} stops the run, and the error is stored in the cell`, async () => {
    await withNotebooks({ bad: cells }, async (folder) => {
      const { notebook, failed } = await runNotebook(join(folder, "bad.ipynb"), { cellLimitMs: 3000 });
      assert.equal(failed?.cell, 2);
      const [first, second, third] = codeCells(notebook).map(({ cell }) => cell.outputs!);
      assert.ok(first.every((output) => output.output_type !== "error"));
      const error = second.at(-1)!;
      assert.equal(error.output_type, "error");
      assert.equal(error.ename, name);
      assert.match(error.evalue!, value);
      assert.ok(error.traceback!.length > 0);
      assert.deepEqual(third ?? [], []);
    });
  });
}
