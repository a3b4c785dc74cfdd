import assert from "node:assert/strict";
import { join } from "node:path";
import { Stream } from "../../lib/random.ts";
import { createRun, loadCheckpoint, readMetrics, runPaths } from "../../lib/runs/mod.ts";
import { inFolder, newRun } from "./helpers.ts";
import { train } from "./trains.ts";

const KILLS = 12;
const STEPS = 240;

function start(folder: string): { child: Deno.ChildProcess; saved: AsyncIterator<number> } {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", join(import.meta.dirname!, "trains.ts"), folder, String(STEPS)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  async function* steps(): AsyncGenerator<number> {
    let text = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (text + part).split("\n");
      text = lines.pop()!;
      for (const line of lines) yield Number(line.replace("saved ", ""));
    }
  }
  return { child, saved: steps() };
}

function writing(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some((entry) => entry.name.startsWith(".new-"));
}

Deno.test(`killed ${KILLS} times with -9 and resumed, a run ends exactly like one that was never stopped`, () =>
  inFolder(async (root) => {
    const whole = await createRun({ ...newRun, out: join(root, "whole") });
    await train(whole.folder, STEPS);
    const run = await createRun({ ...newRun, out: join(root, "killed") });
    const chance = Stream.named(0, "kills");
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, saved } = start(run.folder);
      let told = 0, ended = false;
      child.status.then(() => ended = true);
      for (let count = 1 + chance.below(5); count > 0; count--) told = (await saved.next()).value as number;
      // In turn: anywhere at all, or as soon as the next checkpoint is being written.
      if (kill % 2 === 0) await new Promise((resolve) => setTimeout(resolve, chance.uniform() * 12));
      else while (!ended && !writing(runPaths.checkpoints(run))) await new Promise((resolve) => setTimeout(resolve, 0));
      child.kill("SIGKILL");
      for (let next = await saved.next(); !next.done; next = await saved.next()) told = next.value;
      assert.equal((await child.status).signal, "SIGKILL");
      const { checkpoint, skipped } = await loadCheckpoint(runPaths.checkpoints(run));
      assert.deepEqual(skipped, []);
      assert.ok(
        checkpoint !== null && checkpoint.step >= told,
        `step ${told} was saved, but ${checkpoint?.step} was found`,
      );
      const rows = await readMetrics(runPaths.metrics(run));
      assert.ok(rows.length >= checkpoint.step, "a checkpoint stands without its metrics");
    }
    await train(run.folder, STEPS);
    const [expected, found] = await Promise.all([whole, run].map((r) => loadCheckpoint(runPaths.checkpoints(r))));
    assert.deepEqual({ ...found.checkpoint, path: "" }, { ...expected.checkpoint, path: "" });
    assert.equal(found.checkpoint?.step, STEPS);
    assert.deepEqual(await Deno.readFile(runPaths.metrics(run)), await Deno.readFile(runPaths.metrics(whole)));
    const left = (await Array.fromAsync(Deno.readDir(runPaths.checkpoints(run)))).map((entry) => entry.name).sort();
    assert.deepEqual(left, ["step-00000237", "step-00000240"]);
  }));
