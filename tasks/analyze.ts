/** `deno task analyze`: analyses a trained run, writes figures, report and card. */
import { openRun } from "../lib/runs/mod.ts";
import { defineCommand, main, sharedFlags } from "./cli.ts";
import { experimentNamed } from "./experiments/list.ts";
import { openChosenDevice } from "./open_device.ts";

export const analyze = defineCommand({
  name: "analyze",
  summary: "Analyses a trained run of any experiment: figures, report.html, and the reproduction card card.json.",
  examples: ["deno task analyze runs/rules-and-chance/2048-small-corrected-seed0"],
  positionals: [{ name: "RUN", help: "folder of the run", required: true }],
  flags: {
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    json: { ...sharedFlags.json, help: "print the analysis as JSON" },
  },
  async run({ flags, positionals: [folder] }) {
    const run = await openRun(folder), experiment = experimentNamed(run.config.experiment);
    using device = await openChosenDevice(flags);
    const { json, text } = await experiment.analyze(run, device);
    console.log(flags.json ? JSON.stringify(json) : text);
    return 0;
  },
});

if (import.meta.main) await main(analyze);
