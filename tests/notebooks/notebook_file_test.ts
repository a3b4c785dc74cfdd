import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { FormatError } from "../../lib/data/format_error.ts";
import {
  codeCells,
  notebooksIn,
  notebookState,
  notebookText,
  readNotebook,
  writeNotebook,
} from "../../tasks/notebooks/notebook_file.ts";
import { notebookOf, withNotebooks } from "./scratch.ts";

const picture = (text: string) => ({
  output_type: "display_data" as const,
  data: { "image/png": "iVBOR", "text/plain": text },
  metadata: {},
});

Deno.test("notebook files: texts are stored in lines, pictures whole, and nothing is changed by reading and writing", async () => {
  const notebook = notebookOf(["a;\nb;\n", ""], [
    { output_type: "stream", name: "stdout", text: "1\n2\n" },
    picture("Figure x: y"),
  ]);
  await withNotebooks({}, async (folder) => {
    const path = join(folder, "n.ipynb");
    await writeNotebook(path, notebook);
    const text = await Deno.readTextFile(path);
    const stored = JSON.parse(text);
    assert.deepEqual(stored.cells[1].source, ["a;\n", "b;\n"]);
    assert.deepEqual(stored.cells[1].outputs[0].text, ["1\n", "2\n"]);
    assert.equal(stored.cells[1].outputs[1].data["image/png"], "iVBOR");
    assert.equal(notebookText(await readNotebook(path)), text);
    assert.deepEqual(codeCells(await readNotebook(path)).map(({ number, code }) => [number, code]), [[1, "a;\nb;\n"]]);
    assert.deepEqual(await notebooksIn(folder), [path]);
    assert.deepEqual(await notebooksIn(join(folder, "nothing")), []);
  });
});

Deno.test("notebook files: what the outputs say about the last run", () => {
  const outputs = [picture("Figure a-1: first"), picture("only a picture"), picture("Figure b: second"), {
    output_type: "error" as const,
  }];
  const notebook = notebookOf(["x;", "y;"], outputs);
  codeCells(notebook)[0].cell.execution_count = 1;
  assert.deepEqual(notebookState(notebook), {
    codeCells: 2,
    executed: 1,
    errors: 1,
    figures: ["a-1", "b"],
    pictures: 3,
  });
});

Deno.test("notebook files: malformed input gives a named error with place, expectation and advice", async () => {
  const cases: [string, RegExp][] = [
    ["{", /expected a notebook \(JSON\) but found .*JSON/],
    ["[]", /expected nbformat 4 but found \[\]/],
    ['{"nbformat": 3}', /expected nbformat 4 but found 3/],
    ['{"nbformat": 4, "cells": {}}', /expected a list of cells but found \{\}/],
    ['{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}', /expected cell 1 to have a type and a source/],
    [
      '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [1]}]}',
      /expected the outputs of cell 1 to be a list/,
    ],
  ];
  await withNotebooks({}, async (folder) => {
    const path = join(folder, "bad.ipynb");
    for (const [text, message] of cases) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(readNotebook(path), (error) => {
        assert.ok(error instanceof FormatError, String(error));
        assert.match(error.message, message);
        assert.match(error.message, /bad\.ipynb.*Open it in Jupyter/s);
        return true;
      });
    }
  });
});

Deno.test("notebook files: a damaged file is read or refused with a FormatError, never anything else", async () => {
  const whole = notebookText(notebookOf(["a;\nb;", "c;"], [picture("Figure x: y")]));
  await withNotebooks({}, async (folder) => {
    const path = join(folder, "n.ipynb");
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(40), fc.string({ maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([at, gone, put]) => {
        await Deno.writeTextFile(path, whole.slice(0, at) + put + whole.slice(at + gone));
        try {
          notebookState(await readNotebook(path));
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
