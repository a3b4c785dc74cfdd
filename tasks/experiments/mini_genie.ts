/** Experiment 3 for the commands. */
import {
  checkGolden,
  estimateExperiment,
  EXPERIMENT,
  experimentSummary,
  loadRun,
  MODES,
  openExperiment,
  PRESETS,
  readRecording,
  type Repair,
  REPAIRS,
  runMetrics,
  settingsFor,
  stagesOf,
  startRun,
  study,
  trainRun,
  worldSide,
  writeExperimentReport,
  writeRunCard,
} from "../../lib/experiments/mini_genie/mod.ts";
import { MINIGRID_NAMES } from "../../lib/games/mod.ts";
import { unknownChoice, UsageError } from "../cli.ts";
import { defineExperiment } from "./experiment.ts";
import { modeFlag, parseRepairs, presetFlag, withoutFlag } from "./flags.ts";

export const miniGenie = defineExperiment({
  name: EXPERIMENT,
  summary: "Latent actions from unlabelled MiniGrid pixels, and dreams that follow them.",
  examples: {
    train: ["--preset small", "--preset small --mode published", "--data recordings/mine", "--env DoorKey-5x5"],
    estimate: ["--preset full"],
    profile: "--preset small",
  },
  flags: {
    env: { kind: "string", value: "NAME", help: "MiniGrid environment to record (default Empty-5x5, the original's)" },
    data: {
      kind: "string",
      value: "FOLDER",
      help: "learn from this folder of episodes instead (layout: docs/data.md)",
    },
    preset: presetFlag(PRESETS),
    mode: modeFlag(MODES),
    without: withoutFlag(REPAIRS),
  },
  async choose({ env, data, preset, mode, without }) {
    if (env !== undefined && data !== undefined) throw new UsageError("--env and --data exclude each other; give one");
    const repairs = parseRepairs<Repair>(without, REPAIRS, mode);
    const given = data === undefined ? null : await readRecording(data);
    const settings = given
      ? settingsFor(preset, mode, { given: given.given, without: repairs })
      : settingsFor(preset, mode, { ...worldOf(env, preset, mode, repairs), without: repairs });
    const recording = given ? { recording: given.recording } : {};
    return {
      title: `${settings.data.name}, ${preset}, ${mode}`,
      estimate: () => estimateExperiment(settings, given?.recording),
      start: ({ seed, device, out }) =>
        startRun({ settings, seed, device, ...recording, ...(out === undefined ? {} : { out }) }),
      open: (device, seed) => {
        const experiment = openExperiment(device, settings, seed, given?.recording);
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
    const { experiment, seconds } = await loadRun(run, device, { finished: true }), { recording } = experiment;
    const studied = await study(experiment), { analysis } = studied;
    experiment.dispose();
    const card = await writeRunCard(run, analysis, Object.values(seconds).reduce((a, b) => a + b, 0));
    const model = { study: studied, recording, metrics: await runMetrics(run) };
    const { html, figures } = await writeExperimentReport(run.folder, [model], [card]);
    return { json: analysis, text: `${experimentSummary([analysis])}\n\n${figures.length} figures and ${html}` };
  },
  golden: checkGolden,
});

/** The environment of `--env`, with the side of its pictures. @throws UsageError which lists what exists */
function worldOf(
  env: string | undefined,
  preset: typeof PRESETS[number],
  mode: typeof MODES[number],
  without: readonly Repair[],
): { environment?: string; side?: number } {
  if (env === undefined) return {};
  const name = env.replace(/^MiniGrid-/, "").replace(/-v0$/, "");
  if (!MINIGRID_NAMES.includes(name)) throw unknownChoice("--env", env, MINIGRID_NAMES);
  return { environment: name, side: worldSide(name, settingsFor(preset, mode, { without }).data.tile) };
}
