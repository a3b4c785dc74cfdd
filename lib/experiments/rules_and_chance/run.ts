import type { Device } from "../../device/mod.ts";
import { createRun, type Run } from "../../runs/mod.ts";
import type { LoopResult } from "../../train/mod.ts";
import { checkLike, pickConfig, pickKnown, repairsLeftOut } from "../settings_check.ts";
import {
  type LoadRunOptions,
  loadWith,
  type TrainingRecipe,
  type TrainRunOptions,
  trainWith,
} from "../training_run.ts";
import { settingsFor } from "./presets.ts";
import { GAMES, MODES, PRESETS, REPAIRS, type Settings } from "./settings.ts";
import { evaluator } from "./study.ts";
import { type Experiment, openExperiment, stagesOf } from "./train.ts";

export const EXPERIMENT = "rules-and-chance";

const recipe: TrainingRecipe<Experiment> = {
  name: EXPERIMENT,
  open: (run, device) => openExperiment(device, settingsOf(run), run.config.seed),
  stages: stagesOf,
  evaluate: evaluator,
};

/** Makes the folder of a new run. */
export function startRun(
  { settings, seed, device, out, runs }: {
    settings: Settings;
    seed: number;
    device: Device;
    out?: string;
    runs?: string;
  },
): Promise<Run> {
  const { game, preset, mode } = settings;
  return createRun({
    experiment: EXPERIMENT,
    game,
    preset,
    mode,
    seed,
    device: device.name,
    settings,
    ...(out === undefined ? {} : { out }),
    ...(runs === undefined ? {} : { runs }),
  });
}

/** Trains a run, from the start or from its newest whole checkpoint. @see trainWith */
export function trainRun(
  run: Run,
  device: Device,
  options: TrainRunOptions = {},
): Promise<{ experiment: Experiment; result: LoopResult }> {
  return trainWith(recipe, run, device, options);
}

/** A run's model as its newest whole checkpoint has it, with the run's training games. @see loadWith */
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
  const game = pickKnown("game", config.game, GAMES);
  const template = settingsFor(game, preset, mode, { without: repairsLeftOut(run, REPAIRS) });
  checkLike(config.settings, template, "config.json, settings");
  return config.settings as unknown as Settings;
}
