import { FormatError } from "../data/mod.ts";
import type { Device } from "../device/mod.ts";
import { loadCheckpoint, openWriter, type Progress, type Run, runPaths } from "../runs/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import {
  dataToTensors,
  type Logged,
  type LoopOptions,
  type LoopResult,
  secondsOf,
  type StagePlan,
  trainStages,
} from "../train/mod.ts";

/** What an opened experiment has in common with all others: a model on a device. */
export interface OpenExperiment {
  /** The networks, with everything that a checkpoint must hold of them. */
  readonly model: { readonly tensors: readonly (readonly [string, Tensor])[] };
  /** Gives all memory back. */
  dispose(): void;
}

/** How an experiment is opened and trained. */
export interface TrainingRecipe<E extends OpenExperiment> {
  /** As in `config.json` and on the command line. */
  readonly name: string;
  /** Data and a fresh model of a run, on the device. */
  open(run: Run, device: Device): E | Promise<E>;
  /** The stages, in order. */
  stages(experiment: E): readonly StagePlan[];
  /** Measures the model now and then while it trains. */
  evaluate?(experiment: E): LoopOptions["evaluate"];
}

/** How a training is watched and stopped. */
export interface TrainRunOptions {
  /** Shows how far a stage is; default: nothing. */
  readonly progress?: (total: number, label: string, from: number) => Progress;
  /** When aborted, the training saves and returns. */
  readonly signal?: AbortSignal;
  /** Stops, and saves, after this many steps in all stages. */
  readonly stopAfter?: number;
  /** Told after each logged step. */
  readonly onLog?: (logged: Logged) => void;
  /** Steps between checkpoints. */
  readonly checkpointEvery?: number;
  /** Steps between logged metrics. */
  readonly logEvery?: number;
  /** Told of damaged checkpoints that were passed over, and of what goes wrong in the training itself. */
  readonly warn?: (line: string) => void;
}

/**
 * Trains a run, from the start or from its newest whole checkpoint. Every checkpoint holds all that the next step depends on.
 * @returns the trained experiment; the caller disposes of it
 */
export async function trainWith<E extends OpenExperiment>(
  recipe: TrainingRecipe<E>,
  run: Run,
  device: Device,
  { warn = console.warn, ...options }: TrainRunOptions = {},
): Promise<{ experiment: E; result: LoopResult }> {
  const experiment = await recipe.open(run, device);
  using writer = await openWriter(run);
  for (const { path, reason } of writer.skipped) warn(`${path} was passed over: ${reason}`);
  const keeper = {
    log: (row: Parameters<typeof writer.log>[0]) => writer.log(row),
    save: (step: number, state: Parameters<typeof writer.save>[1]) => writer.save(step, state),
  };
  const evaluate = recipe.evaluate?.(experiment);
  const result = await trainStages(recipe.stages(experiment), {
    ...(evaluate ? { evaluate } : {}),
    ...options,
    model: experiment.model.tensors,
    keeper,
    resume: writer.resumed,
  });
  return { experiment, result };
}

/** Which checkpoints `loadWith` takes. */
export interface LoadRunOptions {
  /** Only that of a finished training: half a training says nothing of what was claimed. Default: any. */
  readonly finished?: boolean;
}

/**
 * A run's model as its newest whole checkpoint has it, with the run's data.
 * @throws FormatError when there is no checkpoint yet, or the training is to be finished and is not
 */
export async function loadWith<E extends OpenExperiment>(
  recipe: TrainingRecipe<E>,
  run: Run,
  device: Device,
  { finished = false }: LoadRunOptions = {},
): Promise<{ experiment: E; step: number; seconds: Record<string, number> }> {
  const { checkpoint } = await loadCheckpoint(runPaths.checkpoints(run));
  if (!checkpoint) {
    throw new FormatError({
      where: runPaths.checkpoints(run),
      expected: "a whole checkpoint",
      found: "none",
      advice: `Train the run first: deno task train ${recipe.name} --resume ${run.folder}`,
    });
  }
  const experiment = await recipe.open(run, device);
  const steps = recipe.stages(experiment).reduce((sum, plan) => sum + plan.steps, 0);
  if (finished && checkpoint.step < steps) {
    experiment.dispose();
    throw new FormatError({
      where: run.folder,
      expected: `a finished training of ${steps} steps`,
      found: `${checkpoint.step} steps`,
      advice: `Finish it first: deno task train ${recipe.name} --resume ${run.folder}`,
    });
  }
  dataToTensors(checkpoint.tensors, experiment.model.tensors, checkpoint.path);
  return { experiment, step: checkpoint.step, seconds: secondsOf(checkpoint) };
}
