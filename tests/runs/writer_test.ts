import assert from "node:assert/strict";
import { join } from "node:path";
import { createRun, openWriter, readMetrics, type Run, RunError, runPaths } from "../../lib/runs/mod.ts";
import { inFolder, newRun, sampleState, snapshot } from "./helpers.ts";

/** Steps 1 to 6 logged, 2 and 4 saved. */
async function worked(folder: string): Promise<Run> {
  const run = await createRun({ ...newRun, out: join(folder, "run") });
  using writer = await openWriter(run);
  assert.deepEqual([writer.resumed, writer.skipped], [null, []]);
  for (let step = 1; step <= 6; step++) {
    writer.log({ step, loss: 1 / step });
    if (step === 2 || step === 4) await writer.save(step, sampleState(step));
  }
  return run;
}

Deno.test("a writer goes on from the newest checkpoint, with the metrics up to it and no further", () =>
  inFolder(async (folder) => {
    const run = await worked(folder);
    using writer = await openWriter(run);
    assert.equal(writer.resumed?.step, 4);
    assert.deepEqual(writer.resumed.json, sampleState(4).json);
    assert.deepEqual((await readMetrics(runPaths.metrics(run))).map((row) => row.step), [1, 2, 3, 4]);
    await assert.rejects(openWriter(run), RunError);
  }));

Deno.test("a damaged newest checkpoint is told, and the one before it taken", () =>
  inFolder(async (folder) => {
    const run = await worked(folder);
    await Deno.truncate(join(runPaths.checkpoints(run), "step-00000004", "state.safetensors"), 9);
    using writer = await openWriter(run);
    assert.equal(writer.resumed?.step, 2);
    assert.match(writer.skipped[0].reason, /state\.safetensors: expected \d+ bytes but found 9/);
    assert.equal((await readMetrics(runPaths.metrics(run))).length, 2);
  }));

Deno.test("a run whose checkpoints are all damaged is not started over by itself", () =>
  inFolder(async (folder) => {
    const run = await worked(folder);
    for (const step of ["step-00000002", "step-00000004"]) {
      await Deno.remove(join(runPaths.checkpoints(run), step, "done"));
    }
    const before = await snapshot(folder);
    await assert.rejects(openWriter(run), (error: Error) => {
      assert.ok(error instanceof RunError);
      assert.match(
        error.message,
        /holds no whole checkpoint\. To start over, delete it; nothing was changed\.\n.*done.*\n.*done/,
      );
      return true;
    });
    assert.deepEqual(await snapshot(folder), before);
    await Deno.remove(runPaths.checkpoints(run), { recursive: true });
    using writer = await openWriter(run);
    assert.equal(writer.resumed, null);
    assert.deepEqual(await readMetrics(runPaths.metrics(run)), []);
  }));

Deno.test("damaged metrics stop a resume, change nothing, and leave no lock behind", () =>
  inFolder(async (folder) => {
    const run = await worked(folder);
    const good = await Deno.readTextFile(runPaths.metrics(run));
    await Deno.writeTextFile(runPaths.metrics(run), good.replace('"step":3', '"stop":3'));
    const before = await snapshot(folder);
    await assert.rejects(openWriter(run), /metrics\.jsonl, line 3: expected step/);
    assert.deepEqual(await snapshot(folder), before);
    await Deno.writeTextFile(runPaths.metrics(run), good);
    const writer = await openWriter(run);
    writer.close();
    writer.close();
  }));
