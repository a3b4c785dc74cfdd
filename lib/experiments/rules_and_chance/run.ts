import { FormatError } from "../../data/mod.ts";
import type { Device } from "../../device/mod.ts";
import { createRun, loadCheckpoint, openWriter, type Progress, type Run, runPaths } from "../../runs/mod.ts";
import { dataToTensors, type Logged, type LoopResult, secondsOf } from "../../train/mod.ts";
import { settingsFor } from "./presets.ts";
import { evaluator } from "./study.ts";
import { GAMES, MODES, PRESETS, type Repair, REPAIRS, type Settings } from "./settings.ts";
import { type Experiment, openExperiment, trainExperiment } from "./train.ts";

export const EXPERIMENT = "rules-and-chance";

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
    settings: settings as unknown as Parameters<typeof createRun>[0]["settings"],
    ...(out === undefined ? {} : { out }),
    ...(runs === undefined ? {} : { runs }),
  });
}

export interface TrainRunOptions {
  readonly progress?: (total: number, label: string, from: number) => Progress;
  readonly signal?: AbortSignal;
  /** Stops, and saves, after this many steps in all stages. */
  readonly stopAfter?: number;
  readonly onLog?: (logged: Logged) => void;
  readonly checkpointEvery?: number;
  readonly logEvery?: number;
  /** Told of damaged checkpoints that were passed over. */
  readonly warn?: (line: string) => void;
}

/**
 * Trains a run, from the start or from its newest whole checkpoint. Every checkpoint holds all that the next step depends on.
 * @returns the trained experiment; the caller disposes of it
 */
export async function trainRun(
  run: Run,
  device: Device,
  { warn = console.warn, ...options }: TrainRunOptions = {},
): Promise<{ experiment: Experiment; result: LoopResult }> {
  const experiment = openExperiment(device, settingsOf(run), run.config.seed);
  using writer = await openWriter(run);
  for (const { path, reason } of writer.skipped) warn(`${path} was passed over: ${reason}`);
  const keeper = {
    log: (row: Parameters<typeof writer.log>[0]) => writer.log(row),
    save: (step: number, state: Parameters<typeof writer.save>[1]) => writer.save(step, state),
  };
  const result = await trainExperiment(experiment, {
    evaluate: evaluator(experiment),
    ...options,
    keeper,
    resume: writer.resumed,
  });
  return { experiment, result };
}

/**
 * A run's model as its newest whole checkpoint has it, with the run's training games.
 * @throws FormatError when there is no checkpoint yet
 */
export async function loadRun(
  run: Run,
  device: Device,
): Promise<{ experiment: Experiment; step: number; seconds: Record<string, number> }> {
  const { checkpoint } = await loadCheckpoint(runPaths.checkpoints(run));
  if (!checkpoint) {
    throw new FormatError({
      where: runPaths.checkpoints(run),
      expected: "a whole checkpoint",
      found: "none",
      advice: `Train the run first: deno task train ${EXPERIMENT} --resume ${run.folder}`,
    });
  }
  const experiment = openExperiment(device, settingsOf(run), run.config.seed);
  dataToTensors(checkpoint.tensors, experiment.model.tensors, checkpoint.path);
  return { experiment, step: checkpoint.step, seconds: secondsOf(checkpoint) };
}

/** The settings in a run's `config.json`. @throws FormatError for a missing, unknown or mistyped one */
export function settingsOf({ config }: Run): Settings {
  const where = "config.json";
  const pick = <T extends string>(name: string, value: unknown, known: readonly T[]): T => {
    if (known.includes(value as T)) return value as T;
    const advice = "The run was made by another version, or the file was edited.";
    throw new FormatError({ where: `${where}, ${name}`, expected: known.join(", "), found: String(value), advice });
  };
  if (config.experiment !== EXPERIMENT) pick("experiment", config.experiment, [EXPERIMENT]);
  const game = pick("game", config.game, GAMES), preset = pick("preset", config.preset, PRESETS);
  const mode = pick("mode", config.mode, MODES);
  const repairs = (config.settings.repairs ?? {}) as Partial<Record<Repair, unknown>>;
  const without = (Object.keys(REPAIRS) as Repair[]).filter((repair) =>
    mode === "corrected" && repairs[repair] === false
  );
  checkLike(config.settings, settingsFor(game, preset, mode, { without }), `${where}, settings`);
  return config.settings as unknown as Settings;
}

/** Same keys and kinds as the template; list lengths and `null` for an optional number may differ. */
function checkLike(value: unknown, template: unknown, where: string): void {
  const kind = (x: unknown) => x === null ? "nothing" : Array.isArray(x) ? "a list" : typeof x;
  const problem = (expected: string, found: string): never => {
    const advice = "Restore the file, or start a new run; deno task train lists the presets.";
    throw new FormatError({ where, expected, found, advice });
  };
  const loose = [kind(value), kind(template)].every((k) => k === "nothing" || k === "number");
  if (kind(value) !== kind(template) && !loose) problem(kind(template), kind(value));
  if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) {
    problem("a number of at least 0", String(value));
  }
  if (Array.isArray(value)) {
    if (value.length === 0) problem("a list that is not empty", "an empty list");
    value.forEach((item, i) => checkLike(item, (template as unknown[])[0], `${where}[${i}]`));
  } else if (typeof value === "object" && value !== null && template !== null) {
    const wanted = Object.keys(template as object), found = Object.keys(value);
    for (const key of wanted) if (!found.includes(key)) problem(`a setting "${key}"`, "none");
    for (const key of found) if (!wanted.includes(key)) problem(`only ${wanted.join(", ")}`, `"${key}"`);
    for (const key of wanted) {
      checkLike((value as Record<string, unknown>)[key], (template as Record<string, unknown>)[key], `${where}.${key}`);
    }
  }
}
