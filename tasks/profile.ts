/** `deno task profile`: time, GFLOP/s and GB/s of every kernel in one training step. */
import { textTable } from "../lib/runs/mod.ts";
import type { KernelProfile } from "../lib/tensor/mod.ts";
import { sharedFlags } from "./cli.ts";
import { mainGroup } from "./command_group.ts";
import { experimentGroup } from "./experiments/list.ts";
import { openChosenDevice } from "./open_device.ts";

/** Steps before the measured ones, for caches and clocks. */
const WARM_UP = 3;

export const profile = experimentGroup({
  name: "profile",
  summary:
    "Times every kernel of one training step on the device and prints GFLOP/s and GB/s. Medians of several steps.",
  examples: ({ examples }) => [examples.profile],
  flags: {
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    steps: { kind: "integer", min: 1, default: 5, help: "steps to measure" },
    json: sharedFlags.json,
  },
  async run(experiment, flags, own) {
    const chosen = await experiment.choose(own);
    using device = await openChosenDevice(flags);
    const opened = await chosen.open(device, 0);
    const found: { stage: string; kernels: KernelProfile[] }[] = [];
    for (const plan of opened.stages) {
      const stage = await plan.open();
      for (let i = 0; i < WARM_UP; i++) stage.step(i);
      const runs: KernelProfile[][] = [];
      for (let i = 0; i < flags.steps; i++) {
        const kernels = await stage.profile();
        if (!kernels) throw new Error(`${device.name} cannot measure kernels: its adapter has no timestamp queries`);
        runs.push(kernels);
      }
      found.push({ stage: plan.name, kernels: medianOf(runs) });
      stage.dispose();
    }
    opened.dispose();
    if (flags.json) console.log(JSON.stringify({ device: device.name, stages: found }, null, 2));
    else for (const { stage, kernels } of found) print(device.name, stage, kernels);
  },
});

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

if (import.meta.main) await mainGroup(profile);
