import assert from "node:assert/strict";
import { join } from "node:path";
import { codeCells, readNotebook } from "../../tasks/notebooks/notebook_file.ts";
import { command, printed, withNotebooks } from "./scratch.ts";

const NOTEBOOKS = {
  "1-good": ['console.log("short:", Deno.env.get("TESSERA_SHORT") ?? "no");'],
  "2-bad": ['console.log("before");', 'throw new Error("boom");'],
  "2-other": ["const a = 1;"],
};

Deno.test("notebooks: without flags lists what is there; wrong calls say what exists", async () => {
  await withNotebooks(NOTEBOOKS, async (folder) => {
    const { code, out } = await command(folder);
    assert.equal(code, 0);
    assert.match(out, /^1-good {2}not executed: 0 of 1 code cells, 0 pictures \(0 figures\)\n2-bad .*\n2-other /);
    const wrong: [string[], RegExp][] = [
      [["3"], /unknown notebook "3".*1-good, 2-bad, 2-other/],
      [["2"], /"2" fits several notebooks: 2-bad, 2-other/],
      [["--nope"], /--nope.*--check, --run/],
      [["--write"], /--write goes with --run/],
      [["--run", "--write", "--short"], /--write keeps the normal form/],
    ];
    for (const [args, message] of wrong) {
      const { code, err } = await command(folder, ...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, message);
    }
  });
});

Deno.test("notebooks --run: writes only when asked and only what succeeded; --out keeps a failed run too", async () => {
  await withNotebooks(NOTEBOOKS, async (folder) => {
    const path = (name: string) => join(folder, `${name}.ipynb`);
    const before = await Deno.readTextFile(path("2-bad"));
    const good = await command(folder, "--run", "--write", "1");
    assert.equal(good.code, 0, good.err);
    assert.match(good.out, /1-good: executed in [\d.]+ s, 0 pictures \(0 figures\), no error/);
    assert.deepEqual(printed(await readNotebook(path("1-good"))), ["short: no\n"]);
    const out = join(folder, "out");
    const bad = await command(folder, "--run", "--short", "--out", out, "2-bad", "1-good");
    assert.equal(bad.code, 1);
    assert.match(bad.err, /2-bad: code cell 2 failed: Error: boom/);
    assert.equal(await Deno.readTextFile(path("2-bad")), before);
    const kept = codeCells(await readNotebook(join(out, "2-bad.ipynb")));
    assert.deepEqual(kept.map(({ cell }) => cell.outputs!.map((o) => o.output_type)), [["stream"], ["error"]]);
    assert.deepEqual(printed(await readNotebook(join(out, "1-good.ipynb"))), ["short: 1\n"]);
    assert.deepEqual(printed(await readNotebook(path("1-good"))), ["short: no\n"]);
  });
});

Deno.test("notebooks --check: exit code 1 and the place of the problem", async () => {
  await withNotebooks({ n: ['const a: number = "x";'] }, async (folder) => {
    const { code, err } = await command(folder, "--check");
    assert.equal(code, 1);
    assert.match(err, /n\.ipynb, code cell 1, line 1, column 7: TS2322/);
  });
});
