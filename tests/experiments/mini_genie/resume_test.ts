/** Exact resume of the real training, tiny preset, recorded and given episodes; killed with -9; settings held to their form. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { frameEpisodeToArrays, writeNpz } from "../../../lib/data/mod.ts";
import type { Device } from "../../../lib/device/mod.ts";
import {
  loadRun,
  type Mode,
  readRecording,
  settingsFor,
  settingsOf,
  startRun,
  trainRun,
} from "../../../lib/experiments/mini_genie/mod.ts";
import type { TrainRunOptions } from "../../../lib/experiments/training_run.ts";
import { recordOneMiniGrid } from "../../../lib/games/mod.ts";
import { openRun, type Run, runPaths } from "../../../lib/runs/mod.ts";
import { inFolder } from "../../runs/helpers.ts";
import { testOnDevices } from "../../support/devices.ts";
import { copyFolder, stateOf, trainAndKill } from "../resuming.ts";
import { KEPT } from "./trains.ts";

const SEED = 5, STAGE = 40;

function newRun(device: Device, mode: Mode, out: string): Promise<Run> {
  return startRun({ settings: settingsFor("tiny", mode), seed: SEED, device, out });
}

/** One session; the model is given back. */
async function session(run: Run, device: Device, options: TrainRunOptions) {
  const { experiment, result } = await trainRun(run, device, { logEvery: 4, warn: () => {}, ...options });
  experiment.dispose();
  return result;
}

testOnDevices(
  "stopped in either stage, copied and continued, every mode ends with the same bits",
  async (_, device) => {
    const modes: Mode[] = device.software ? ["relative"] : ["published", "corrected", "relative"];
    for (const mode of modes) {
      const [stop, end] = device.software ? [3, 6] : mode === "published" ? [11, 22] : [STAGE + 7, STAGE + 15];
      await inFolder(async (root) => {
        const run = await newRun(device, mode, join(root, "run"));
        assert.deepEqual({ ...await session(run, device, { stopAfter: stop }), seconds: null }, {
          step: stop,
          finished: false,
          seconds: null,
        });
        const saved = join(root, "saved");
        await copyFolder(run.folder, saved);
        await session(run, device, { stopAfter: end });
        const first = await stateOf(run), again = await openRun(saved);
        await session(again, device, { stopAfter: end });
        assert.deepEqual(await stateOf(again), first, `${mode}: reloaded`);
        const whole = await newRun(device, mode, join(root, "whole"));
        await session(whole, device, { stopAfter: end });
        assert.deepEqual(await stateOf(whole), first, `${mode}: never stopped`);
        assert.ok(first.rows.length >= 1 && first.rows.every(({ loss }) => Number.isFinite(loss)));
        const { experiment, step } = await loadRun(run, device);
        assert.equal(step, end);
        assert.equal(experiment.dreamer.views, mode === "relative" ? 4 : 1);
        experiment.dispose();
      });
    }
  },
);

testOnDevices("killed with -9 in both stages and continued, a training ends with the same bits", async (_, device) => {
  if (device.software) return; // the CPU device runs the same code; compiling takes llvmpipe minutes
  await inFolder(async (root) => {
    const run = await newRun(device, "corrected", join(root, "killed")),
      program = join(import.meta.dirname!, "trains.ts");
    for (const [at, milliseconds] of [["vq-vae 7", 3], ["pair 11", 5]] as const) {
      await trainAndKill(program, run, device, at, milliseconds);
    }
    await session(run, device, KEPT);
    const whole = await newRun(device, "corrected", join(root, "whole"));
    await session(whole, device, KEPT);
    assert.deepEqual(await stateOf(run), await stateOf(whole));
    const bytes = (run: Run) => Deno.readFile(runPaths.metrics(run));
    assert.deepEqual(await bytes(run), await bytes(whole));
  });
});

testOnDevices("given episodes train, and go on when the files that they came from are gone", async (_, device) => {
  if (device.software) return;
  await inFolder(async (root) => {
    const folder = join(root, "my films!");
    await Deno.mkdir(folder);
    let index = 0;
    for (const episode of recordOneMiniGrid({ env: "Empty-6x6", episodes: 6, seed: 1, tile: 4, maxFrames: 30 })) {
      await Deno.writeFile(join(folder, `${index++}.npz`), writeNpz(frameEpisodeToArrays(episode)));
    }
    const { recording, given } = await readRecording(folder);
    assert.deepEqual(given, { name: "my-films-", episodes: 6, side: 24 });
    const settings = settingsFor("tiny", "corrected", { given });
    const run = await startRun({ settings, seed: 1, device, out: join(root, "run"), recording });
    await session(run, device, { stopAfter: 10 });
    await Deno.remove(folder, { recursive: true });
    assert.equal((await session(await openRun(run.folder), device, { stopAfter: STAGE + 5 })).step, STAGE + 5);
    const { experiment } = await loadRun(run, device);
    assert.deepEqual(experiment.recording, recording);
    experiment.dispose();
  });
});

testOnDevices("a config that was edited is refused by name", async (_, device) => {
  await inFolder(async (root) => {
    for (const mode of ["published", "corrected", "relative"] as const) {
      const run = await newRun(device, mode, join(root, mode));
      assert.deepEqual(settingsOf(run), settingsFor("tiny", mode));
      const changed = (settings: object) => ({ ...run, config: { ...run.config, settings } }) as unknown as Run;
      const { pair: _pair, ...rest } = run.config.settings;
      assert.throws(() => settingsOf(changed(rest)), /expected a setting "pair"/);
      assert.throws(
        () => settingsOf(changed({ ...run.config.settings, extra: 1 })),
        /config\.json, settings: expected only .* but found "extra"/,
      );
    }
    const ablation = settingsFor("tiny", "corrected", { without: ["R4", "R5"] });
    const run = await startRun({ settings: ablation, seed: 0, device, out: join(root, "ablation") });
    assert.deepEqual(settingsOf(run), ablation);
  });
});
