import { join } from "node:path";
import type { Device } from "../../device/mod.ts";
import { createRun, type Run } from "../../runs/mod.ts";
import type { LoopResult } from "../../train/mod.ts";
import { checkLike, pickConfig, repairsLeftOut } from "../settings_check.ts";
import {
  type LoadRunOptions,
  loadWith,
  type TrainingRecipe,
  type TrainRunOptions,
  trainWith,
} from "../training_run.ts";
import { settingsFor } from "./presets.ts";
import type { Recording } from "./recording.ts";
import { loadRecording, saveRecording } from "./recording_file.ts";
import { MODES, PRESETS, REPAIRS, type Settings } from "./settings.ts";
import { evaluator, type Experiment, openExperiment, stagesOf, watching } from "./train.ts";

export const EXPERIMENT = "mini-genie";

/** Where a run keeps episodes that it was given. */
const RECORDING = "recording.npz";

const recipe: TrainingRecipe<Experiment> = {
  name: EXPERIMENT,
  open: openRunExperiment,
  stages: stagesOf,
  evaluate: evaluator,
};

async function openRunExperiment(run: Run, device: Device): Promise<Experiment> {
  const settings = settingsOf(run);
  const given = settings.data.source === "files" ? await loadRecording(join(run.folder, RECORDING)) : undefined;
  return openExperiment(device, settings, run.config.seed, given);
}

/**
 * Makes the folder of a new run.
 * @param recording given episodes; the run keeps them, so that it can go on without the files they came from
 */
export async function startRun(
  { settings, seed, device, out, runs, recording }: {
    settings: Settings;
    seed: number;
    device: Device;
    out?: string;
    runs?: string;
    recording?: Recording;
  },
): Promise<Run> {
  const { preset, mode, data } = settings;
  if ((data.source === "files") !== (recording !== undefined)) {
    throw new Error("startRun: settings for given episodes need their recording, and only these");
  }
  const run = await createRun({
    experiment: EXPERIMENT,
    game: data.name,
    preset,
    mode,
    seed,
    device: device.name,
    settings,
    ...(out === undefined ? {} : { out }),
    ...(runs === undefined ? {} : { runs }),
  });
  if (recording) await saveRecording(join(run.folder, RECORDING), recording);
  return run;
}

/** Trains a run, from the start or from its newest whole checkpoint; tells of collapsing codes. @see trainWith */
export function trainRun(
  run: Run,
  device: Device,
  options: TrainRunOptions = {},
): Promise<{ experiment: Experiment; result: LoopResult }> {
  const onLog = watching({ settings: settingsOf(run) }, options.warn ?? console.warn, options.onLog);
  return trainWith(recipe, run, device, { ...options, onLog });
}

/** A run's model as its newest whole checkpoint has it, with the run's episodes. @see loadWith */
export function loadRun(
  run: Run,
  device: Device,
  options: LoadRunOptions = {},
): Promise<{ experiment: Experiment; step: number; seconds: Record<string, number> }> {
  return loadWith(recipe, run, device, options);
}

/** The settings in a run's `config.json`. @throws FormatError for a missing, unknown or mistyped one */
export function settingsOf(run: Run): Settings {
  const { config } = run, { preset, mode } = pickConfig(run, EXPERIMENT, PRESETS, MODES);
  const template = settingsFor(preset, mode, { without: repairsLeftOut(run, REPAIRS) });
  checkLike(config.settings, template, "config.json, settings");
  return config.settings as unknown as Settings;
}
