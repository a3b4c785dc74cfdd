/** Exact resume of the real training, tiny preset: stopped and continued, copied and continued, and killed with -9. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Device } from "../../../lib/device/mod.ts";
import { type Mode, settingsFor, startRun, trainRun } from "../../../lib/experiments/rules_and_chance/mod.ts";
import type { TrainRunOptions } from "../../../lib/experiments/training_run.ts";
import { openRun, type Run, runPaths } from "../../../lib/runs/mod.ts";
import { testOnDevices } from "../../support/devices.ts";
import { inFolder } from "../../runs/helpers.ts";
import { copyFolder, stateOf, trainAndKill } from "../resuming.ts";
import { KEPT } from "./trains.ts";

const SEED = 5;

function newRun(device: Device, mode: Mode, out: string): Promise<Run> {
  const game = mode === "corrected" ? "2048" : "othello";
  return startRun({ settings: settingsFor(game, "tiny", mode), seed: SEED, device, out });
}

/** One session; the model is given back. */
async function session(run: Run, device: Device, options: TrainRunOptions) {
  const { experiment, result } = await trainRun(run, device, { logEvery: 4, ...options });
  experiment.dispose();
  return result;
}

/** Compiling both stages takes a software adapter half a minute: there, the first stage stands for both. */
function lengths(device: Device, mode: Mode): { stop: number; end: number; stage: string } {
  if (device.software) return { stop: 4, end: 9, stage: "autoencoder" };
  return mode === "corrected" ? { stop: 20, end: 40, stage: "transition" } : { stop: 12, end: 24, stage: "joint" };
}

testOnDevices(
  "trained, saved, trained on; reloaded, and trained on again: every bit of the state is equal",
  async (_, device) => {
    for (const mode of device.software ? ["corrected"] as const : ["corrected", "published"] as const) {
      await inFolder(async (root) => {
        const { stop, end, stage } = lengths(device, mode), run = await newRun(device, mode, join(root, "run"));
        const { step, finished } = await session(run, device, { stopAfter: stop });
        assert.deepEqual({ step, finished }, { step: stop, finished: false });
        const saved = join(root, "saved");
        await copyFolder(run.folder, saved);
        await session(run, device, { stopAfter: end });
        const first = await stateOf(run), again = await openRun(saved);
        assert.equal((await stateOf(again)).step, stop);
        await session(again, device, { stopAfter: end });
        assert.deepEqual(await stateOf(again), first, `${mode}: reloaded`);
        if (mode === "corrected") {
          const whole = await newRun(device, mode, join(root, "whole"));
          await session(whole, device, { stopAfter: end });
          assert.deepEqual(await stateOf(whole), first, "never stopped");
        }
        const state = ["first", "second", "step", ...stage === "autoencoder" ? [] : ["random"]];
        const codebook = ["embedding.weight", "ema_cluster_size", "ema_w", "code_usage"];
        const names = [...codebook.map((name) => `quantizer.${name}`), ...state.map((name) => `${stage}/${name}`)];
        for (const name of names) assert.ok(first.tensors[name], `${name} is missing in the checkpoint`);
        assert.ok(first.rows.length >= 2 && first.rows.every(({ loss }) => Number.isFinite(loss)));
      });
    }
  },
);

testOnDevices(
  "killed with -9 in the middle of both stages and continued, a training ends with the same bits",
  (_, device) =>
    inFolder(async (root) => {
      const run = await newRun(device, "corrected", join(root, "killed"));
      const kills: [string, number][] = device.software
        ? [["autoencoder 4", 5]]
        : [["autoencoder 5", 0], ["autoencoder 22", 20], ["transition 7", 3]];
      for (const [at, milliseconds] of kills) {
        await trainAndKill(join(import.meta.dirname!, "trains.ts"), run, device, at, milliseconds);
        const { step } = await stateOf(run),
          [stage, told] = at.split(" "),
          done = Number(told) + (stage === "transition" ? 24 : 0);
        assert.ok(step >= done - KEPT.checkpointEvery, `step ${step} was kept of ${done}`);
      }
      const stopAfter = device.software ? 7 : undefined;
      await session(run, device, { ...KEPT, stopAfter });
      const whole = await newRun(device, "corrected", join(root, "whole"));
      await session(whole, device, { ...KEPT, stopAfter });
      assert.deepEqual(await stateOf(run), await stateOf(whole));
      const bytes = (run: Run) => Deno.readFile(runPaths.metrics(run));
      assert.deepEqual(await bytes(run), await bytes(whole));
    }),
);
