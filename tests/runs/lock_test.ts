import assert from "node:assert/strict";
import { join } from "node:path";
import { lockRun } from "../../lib/runs/lock.ts";
import { RunError } from "../../lib/runs/run_folder.ts";
import { inFolder } from "./helpers.ts";

Deno.test("a run has one writer at a time, also inside one process", () =>
  inFolder(async (folder) => {
    const first = await lockRun(folder);
    await assert.rejects(lockRun(folder), (error: Error) => {
      assert.ok(error instanceof RunError);
      assert.ok(error.message.includes(`being written by process ${Deno.pid}.`), error.message);
      return true;
    });
    first.release();
    first.release();
    (await lockRun(folder)).release();
    {
      using _ = await lockRun(folder);
      await assert.rejects(lockRun(folder), RunError);
    }
    (await lockRun(folder)).release();
  }));

Deno.test("another process's lock holds while it lives and ends with it, even by kill -9", () =>
  inFolder(async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "-A", join(import.meta.dirname!, "holds_lock.ts"), folder],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "held\n");
    await assert.rejects(lockRun(folder), new RegExp(`written by process ${child.pid}`));
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    // The dead process's text is still in the file; the lock is not.
    assert.equal(await Deno.readTextFile(join(folder, "lock")), `process ${child.pid}\n`);
    (await lockRun(folder)).release();
  }));
