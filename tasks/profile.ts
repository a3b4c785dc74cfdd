/** `deno task profile`: time, GFLOP/s and GB/s of every kernel in one training step. */
import { EXPERIMENT, openExperiment, settingsFor, stagesOf } from "../lib/experiments/rules_and_chance/mod.ts";
import { AutoencoderStage } from "../lib/experiments/rules_and_chance/autoencoder_stage.ts";
import { JointStage } from "../lib/experiments/rules_and_chance/joint_stage.ts";
import { TransitionStage } from "../lib/experiments/rules_and_chance/transition_stage.ts";
import { textTable } from "../lib/runs/mod.ts";
import type { KernelProfile } from "../lib/tensor/mod.ts";
import type { Stage } from "../lib/train/mod.ts";
import { defineCommand, main, sharedFlags } from "./cli.ts";
import { experimentFlags } from "./experiment_flags.ts";
import { openChosenDevice } from "./open_device.ts";

/** Steps before the measured ones, for caches and clocks. */
const WARM_UP = 3;

export const profile = defineCommand({
  name: "profile",
  summary:
    "Times every kernel of one training step on the device and prints GFLOP/s and GB/s. Medians of several steps.",
  examples: ["deno task profile rules-and-chance --preset small --game othello"],
  positionals: [{ name: "EXPERIMENT", help: "which experiment", choices: [EXPERIMENT], required: true }],
  flags: {
    game: experimentFlags.game,
    preset: experimentFlags.preset,
    mode: experimentFlags.mode,
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    steps: { kind: "integer", min: 1, default: 5, help: "steps to measure" },
    json: sharedFlags.json,
  },
  async run({ flags }) {
    using device = await openChosenDevice(flags);
    const experiment = openExperiment(device, settingsFor(flags.game, flags.preset, flags.mode), 0);
    const found: { stage: string; kernels: KernelProfile[] }[] = [];
    for (const plan of stagesOf(experiment)) {
      const stage = await plan.open();
      for (let i = 0; i < WARM_UP; i++) stage.step(i);
      const runs: KernelProfile[][] = [];
      for (let i = 0; i < flags.steps; i++) {
        const kernels = await profileStep(stage);
        if (!kernels) throw new Error(`${device.name} cannot measure kernels: its adapter has no timestamp queries`);
        runs.push(kernels);
      }
      found.push({ stage: plan.name, kernels: medianOf(runs) });
      stage.dispose();
    }
    experiment.dispose();
    if (flags.json) console.log(JSON.stringify({ device: device.name, stages: found }, null, 2));
    else for (const { stage, kernels } of found) print(device.name, stage, kernels);
  },
});

function profileStep(stage: Stage): Promise<KernelProfile[] | null> {
  if (stage instanceof JointStage) return stage.program.profile(stage.nextBatch(), 1);
  if (stage instanceof AutoencoderStage || stage instanceof TransitionStage) {
    return stage.program.profile(stage.nextBatch());
  }
  throw new Error("this stage cannot be profiled");
}

/** Median time of each kernel over the runs; slowest first. */
function medianOf(runs: readonly KernelProfile[][]): KernelProfile[] {
  return runs[0].map((kernel) => {
    const times = runs.map((run) => run.find(({ name }) => name === kernel.name)!.nanoseconds).sort((a, b) => a - b);
    return { ...kernel, nanoseconds: times[Math.floor(times.length / 2)] };
  }).sort((a, b) => b.nanoseconds - a.nanoseconds);
}

function print(device: string, stage: string, kernels: readonly KernelProfile[]): void {
  const total = kernels.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const flops = kernels.reduce((sum, k) => sum + k.flops, 0);
  console.log(
    `\n${stage} step on ${device}: ${(total / 1e6).toFixed(2)} ms in kernels, ${(flops / total).toFixed(2)} GFLOP/s`,
  );
  console.log(textTable(
    ["kernel", "runs", "ms", "share", "GFLOP/s", "GB/s"],
    kernels.map((k) => [
      k.name,
      k.calls,
      (k.nanoseconds / 1e6).toFixed(3),
      `${(100 * k.nanoseconds / total).toFixed(1)} %`,
      (k.flops / k.nanoseconds).toFixed(2),
      (k.bytes / k.nanoseconds).toFixed(2),
    ]),
  ));
}

if (import.meta.main) await main(profile);
