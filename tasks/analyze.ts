/** `deno task analyze`: analyses a trained run, writes figures, report and card. */
import {
  experimentSummary,
  loadRun,
  runMetrics,
  study,
  writeExperimentReport,
  writeRunCard,
} from "../lib/experiments/rules_and_chance/mod.ts";
import { openRun } from "../lib/runs/mod.ts";
import { defineCommand, main, sharedFlags } from "./cli.ts";
import { openChosenDevice } from "./open_device.ts";

export const analyze = defineCommand({
  name: "analyze",
  summary: "Analyses a trained run: entropies against change and truth, rule table, figures, report.html, card.json.",
  examples: ["deno task analyze runs/rules-and-chance/2048-small-corrected-seed0"],
  positionals: [{ name: "RUN", help: "folder of the run", required: true }],
  flags: {
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    json: { ...sharedFlags.json, help: "print the analysis as JSON" },
  },
  async run({ flags, positionals: [folder] }) {
    const run = await openRun(folder);
    using device = await openChosenDevice(flags);
    const { experiment, seconds } = await loadRun(run, device);
    const { analysis, examples, test } = await study(experiment);
    experiment.dispose();
    const card = await writeRunCard(run, analysis, Object.values(seconds).reduce((a, b) => a + b, 0));
    const model = { analysis, examples, games: test.games, metrics: await runMetrics(run) };
    const { html, figures } = await writeExperimentReport(run.folder, [model], [card]);
    console.log(
      flags.json
        ? JSON.stringify(analysis)
        : `${experimentSummary([analysis])}\n\n${figures.length} figures and ${html}`,
    );
    return 0;
  },
});

if (import.meta.main) await main(analyze);
