/** `deno task estimate`: what a training will need, before anything runs. */
import { clock, textTable } from "../lib/runs/mod.ts";
import { sharedFlags } from "./cli.ts";
import { mainGroup } from "./command_group.ts";
import { experimentGroup } from "./experiments/list.ts";

export const estimate = experimentGroup({
  name: "estimate",
  summary: "Prints parameters, FLOPs per step, memory and stored data of a preset. Runs nothing and needs no device.",
  examples: ({ examples }) => examples.estimate,
  flags: {
    gflops: {
      kind: "number",
      min: 0.001,
      help: "GFLOP/s that your device reaches (see: deno task profile), for the time",
    },
    json: sharedFlags.json,
  },
  async run(experiment, flags, own) {
    const { title, estimate } = await experiment.choose(own), found = estimate();
    if (flags.json) return console.log(JSON.stringify(found, null, 2));
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    const total = found.stages.reduce((sum, { steps, flops }) => sum + steps * flops, 0);
    const temporary = Math.max(...found.stages.map((s) => s.temporaryBytes + s.ownBytes));
    console.log(`${title}: ${found.parameters.toLocaleString("en")} parameters\n`);
    console.log(textTable(
      ["stage", "steps", "GFLOP per step", "kernels per step", "temporary memory", "without reuse"],
      found.stages.map((
        s,
      ) => [
        s.stage,
        s.steps,
        (s.flops / 1e9).toFixed(3),
        s.dispatches,
        mib(s.temporaryBytes),
        mib(s.temporaryBytesWithoutReuse),
      ]),
    ));
    console.log(
      `\nDevice memory: ${mib(found.stateBytes)} of parameters, moments and codebook state, ${
        mib(found.dataBytes)
      } of recorded data, ` +
        `${mib(temporary)} of temporary values: ${mib(found.stateBytes + found.dataBytes + temporary)} in all.`,
    );
    console.log(`Disk: ${mib(found.checkpointBytes)} per checkpoint, the newest two are kept.`);
    console.log(
      `Work: ${(total / 1e12).toFixed(2)} TFLOP.${
        flags.gflops ? ` At ${flags.gflops} GFLOP/s: ${clock(total / flags.gflops / 1e9)}.` : ""
      }`,
    );
  },
});

if (import.meta.main) await mainGroup(estimate);
