import assert from "node:assert/strict";
import { join } from "node:path";
import { notebookState, readNotebook, writeNotebook } from "../../tasks/notebooks/notebook_file.ts";
import { command, FIGURES, printed, withNotebooks } from "./scratch.ts";

/** Debian's Python with nbclient, as continuous integration installs it. */
const PYTHON = "/usr/bin/python3";

const present = await (async () => {
  try {
    const { success } = await new Deno.Command(PYTHON, {
      args: ["-c", "import nbclient"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
})();

const CELLS = [
  `import { display, figure, histogram, print, settle } from ${FIGURES};`,
  'for (let i = 0; i < 200; i++) console.log("line", i);',
  'await display(figure("dist", "A histogram.", histogram({ values: [1, 2, 2], bins: 2 })));\nprint("after");\nawait settle();',
];

Deno.test({
  name: "nbclient: a real Jupyter client runs the notebook, loses nothing and finds the stored figures again",
  ignore: !present,
  async fn() {
    await withNotebooks({ good: CELLS }, async (folder) => {
      const path = join(folder, "good.ipynb");
      const first = await command(folder, "--run", "--jupyter", "--write", "--python", PYTHON);
      assert.equal(first.code, 0, first.err);
      assert.match(first.out, /executed by nbclient, 3 outputs, 1 figures \(0 expected\), no error/);
      const notebook = await readNotebook(path);
      assert.deepEqual(notebookState(notebook), {
        codeCells: 3,
        executed: 3,
        errors: 0,
        figures: ["dist"],
        pictures: 1,
      });
      assert.equal(printed(notebook)[1], Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join(""));
      // The stored outputs promise the figure "dist"; a notebook that no longer draws it must fail.
      notebook.cells.find((cell) => String(cell.source).includes("await display"))!.source = "1;";
      await writeNotebook(path, notebook);
      const before = await Deno.readTextFile(path);
      const second = await command(folder, "--run", "--jupyter", "--write", "--python", PYTHON);
      assert.equal(second.code, 1);
      assert.match(second.err, /expected figure dist but it is not among the outputs/);
      assert.equal(await Deno.readTextFile(path), before);
    });
  },
});

Deno.test({
  name: "nbclient: a failing cell fails the run and is told",
  ignore: !present,
  async fn() {
    await withNotebooks({ bad: ['throw new Error("boom");'] }, async (folder) => {
      const { code, err } = await command(folder, "--run", "--jupyter", "--python", PYTHON);
      assert.equal(code, 1);
      assert.match(err, /bad\.ipynb: Error: boom/);
    });
  },
});
