import assert from "node:assert/strict";
import { join } from "node:path";
import { FormatError } from "../../lib/data/format_error.ts";
import { RunError } from "../../lib/runs/run_folder.ts";
import { createRun, listRuns, openRun, runPaths } from "../../lib/runs/mod.ts";
import { inFolder, newRun, snapshot } from "./helpers.ts";

Deno.test("a new run has a telling name, opens again, and says nothing of the machine's folders", () =>
  inFolder(async (folder) => {
    const run = await createRun({ ...newRun, runs: folder });
    assert.equal(run.folder, join(folder, "rules-and-chance", "2048-tiny-corrected-seed3"));
    assert.deepEqual(await openRun(run.folder), run);
    assert.equal(run.config.versions.deno, Deno.version.deno);
    assert.match(run.config.versions.tessera, /^\d+\.\d+\.\d+$/);
    assert.equal(run.config.commit === null || /^[0-9a-f]{40}(-dirty)?$/.test(run.config.commit), true);
    const text = await Deno.readTextFile(runPaths.config(run));
    assert.ok(!text.includes(folder) && !text.includes(Deno.cwd()), text);
  }));

Deno.test("runs of the same name are counted, also when they start at the same moment", () =>
  inFolder(async (folder) => {
    const runs = await Promise.all(Array.from({ length: 6 }, () => createRun({ ...newRun, game: null, runs: folder })));
    const names = runs.map((run) => run.folder.split("tiny").at(-1)).sort();
    assert.deepEqual(names, [
      "-corrected-seed3",
      "-corrected-seed3-2",
      "-corrected-seed3-3",
      "-corrected-seed3-4",
      "-corrected-seed3-5",
      "-corrected-seed3-6",
    ]);
    assert.deepEqual((await listRuns(folder)).length, 6);
  }));

Deno.test("--out may be new or empty, never a folder or file in use", () =>
  inFolder(async (folder) => {
    const out = join(folder, "deep", "mine");
    const run = await createRun({ ...newRun, out });
    assert.equal(run.folder, out);
    const before = await snapshot(folder);
    await assert.rejects(createRun({ ...newRun, out }), (error: Error) => {
      assert.ok(error instanceof RunError);
      assert.match(error.message, /mine is not empty.*--resume/);
      return true;
    });
    await assert.rejects(createRun({ ...newRun, out: runPaths.config(run) }), /is a file/);
    assert.deepEqual(await snapshot(folder), before);
    await Deno.mkdir(join(folder, "empty"));
    await createRun({ ...newRun, out: join(folder, "empty") });
  }));

Deno.test("settings that JSON would lose, machine paths and wild names are refused before anything is made", () =>
  inFolder(async (folder) => {
    const make = (change: object) => createRun({ ...newRun, runs: folder, ...change });
    await assert.rejects(make({ settings: { rate: NaN } }), /config\.json, settings: rate is NaN/);
    await assert.rejects(make({ settings: { sizes: new Float32Array(2) } }), /sizes is a Float32Array/);
    await assert.rejects(make({ settings: { a: { b: [undefined] } } }), /a\.b\[0\] is undefined/);
    for (const path of ["/home/me/data", "C:\\data", "file:///data", "~/data", "\\\\server\\data"]) {
      await assert.rejects(
        make({ settings: { data: { from: path } } }),
        /settings\.data\.from is a path of this machine/,
      );
    }
    await assert.rejects(make({ preset: "../../etc" }), /preset "\.\.\/\.\.\/etc" cannot be part/);
    await assert.rejects(make({ seed: 1.5 }), /seed: expected an integer of at least 0 but found 1\.5/);
    assert.deepEqual(await snapshot(folder), {});
  }));

Deno.test("opening says what is missing, and lists the runs beside a mistyped one", () =>
  inFolder(async (folder) => {
    const run = await createRun({ ...newRun, out: join(folder, "good") });
    await assert.rejects(openRun(join(folder, "god")), (error: Error) => {
      assert.ok(error instanceof FormatError);
      assert.match(error.message, /god: expected the folder of a run but found nothing\..*Runs beside it: good\./);
      return true;
    });
    await assert.rejects(openRun(runPaths.config(run)), /found a file/);
    await Deno.mkdir(join(folder, "bare"));
    await assert.rejects(
      openRun(join(folder, "bare")),
      /config\.json: expected the settings of a run but found no such file/,
    );
  }));

Deno.test("a config of a newer Tessera asks for a newer Tessera", () =>
  inFolder(async (folder) => {
    const run = await createRun({ ...newRun, out: join(folder, "one") });
    await Deno.writeTextFile(runPaths.config(run), JSON.stringify({ ...run.config, format: 2 }));
    await assert.rejects(
      openRun(run.folder),
      /format: expected version 1 or older but found version 2\. .*update Tessera/,
    );
    await Deno.writeTextFile(runPaths.config(run), JSON.stringify({ ...run.config, somethingNew: 1 }));
    assert.deepEqual((await openRun(run.folder)).config, run.config);
  }));
