/** What the commands need of an experiment. One file beside this one for each. */
import type { Device } from "../../lib/device/mod.ts";
import type { ExperimentEstimate, GoldenCheck } from "../../lib/experiments/mod.ts";
import type { Logged, LoopResult, StagePlan } from "../../lib/train/mod.ts";
import type { Progress, Run } from "../../lib/runs/mod.ts";
import type { Flags, Values } from "../cli.ts";

/** An experiment with its settings chosen. */
export interface Chosen {
  /** "2048, small, corrected". */
  readonly title: string;
  /** Plans every stage on a device that only counts. */
  estimate(): ExperimentEstimate;
  /** Makes the folder of a new run. */
  start(options: { seed: number; device: Device; out?: string }): Promise<Run>;
  /** The stages of a training that no run folder keeps: for `profile`. */
  open(device: Device, seed: number): Promise<{ readonly stages: readonly StagePlan[]; dispose(): void }>;
}

/** How a training is shown and stopped. */
export interface TrainOptions {
  readonly progress: (total: number, label: string, from: number) => Progress;
  readonly signal: AbortSignal;
  readonly stopAfter?: number;
  readonly onLog?: (logged: Logged) => void;
  /** Told of what goes wrong in the training itself, say a codebook that collapses. */
  readonly warn?: (line: string) => void;
}

/** An experiment as the commands see it. */
export interface TaskExperiment<F extends Flags = Flags> {
  /** As typed, and as `config.json` stores it. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Arguments for an example of each command, without the experiment's name. */
  readonly examples: {
    readonly train: readonly string[];
    readonly estimate: readonly string[];
    readonly profile: string;
  };
  /** What chooses the settings. */
  readonly flags: F;
  /** @throws UsageError for flags that do not go together */
  choose(flags: Values<F>): Chosen | Promise<Chosen>;
  /** Trains a run, from the start or from its newest whole checkpoint. */
  train(run: Run, device: Device, options: TrainOptions): Promise<LoopResult>;
  /** Analyses a trained run: writes figures, report and card. */
  analyze(run: Run, device: Device): Promise<{ readonly json: unknown; readonly text: string }>;
  /** Compares with a golden file. */
  golden(device: Device, text: string, where: string): Promise<GoldenCheck[]>;
}

/** Keeps the flags' exact types. */
export function defineExperiment<const F extends Flags>(experiment: TaskExperiment<F>): TaskExperiment {
  return experiment as unknown as TaskExperiment;
}
