/** Experiment 1 for the commands. */
import {
  checkGolden,
  estimateExperiment,
  EXPERIMENT,
  experimentSummary,
  GAMES,
  loadRun,
  MODES,
  openExperiment,
  PRESETS,
  type Repair,
  REPAIRS,
  runMetrics,
  settingsFor,
  stagesOf,
  startRun,
  study,
  trainRun,
  writeExperimentReport,
  writeRunCard,
} from "../../lib/experiments/rules_and_chance/mod.ts";
import { defineExperiment } from "./experiment.ts";
import { modeFlag, parseRepairs, presetFlag, withoutFlag } from "./flags.ts";

export const rulesAndChance = defineExperiment({
  name: EXPERIMENT,
  summary: "A VQ-VAE world model tells deterministic rules from chance on 2048 and Othello.",
  examples: {
    train: ["--game othello --preset small", "--resume runs/rules-and-chance/othello-small-corrected-seed0"],
    estimate: ["--preset full", "--gflops 5000"],
    profile: "--preset small --game othello",
  },
  flags: {
    game: { kind: "choice", choices: GAMES, default: "2048", help: "which game" },
    preset: presetFlag(PRESETS),
    mode: modeFlag(MODES),
    without: withoutFlag(REPAIRS),
  },
  choose({ game, preset, mode, without }) {
    const settings = settingsFor(game, preset, mode, { without: parseRepairs<Repair>(without, REPAIRS, mode) });
    return {
      title: `${game}, ${preset}, ${mode}`,
      estimate: () => estimateExperiment(settings),
      start: ({ seed, device, out }) => startRun({ settings, seed, device, ...(out === undefined ? {} : { out }) }),
      open: (device, seed) => {
        const experiment = openExperiment(device, settings, seed);
        return Promise.resolve({ stages: stagesOf(experiment), dispose: () => experiment.dispose() });
      },
    };
  },
  async train(run, device, options) {
    const { experiment, result } = await trainRun(run, device, options);
    experiment.dispose();
    return result;
  },
  async analyze(run, device) {
    const { experiment, seconds } = await loadRun(run, device, { finished: true });
    const { analysis, examples, test } = await study(experiment);
    experiment.dispose();
    const card = await writeRunCard(run, analysis, Object.values(seconds).reduce((a, b) => a + b, 0));
    const model = { analysis, examples, games: test.games, metrics: await runMetrics(run) };
    const { html, figures } = await writeExperimentReport(run.folder, [model], [card]);
    return { json: analysis, text: `${experimentSummary([analysis])}\n\n${figures.length} figures and ${html}` };
  },
  golden: checkGolden,
});
