import type { Device } from "../../device/mod.ts";
import { Dreamer, MiniGenie, withTurns } from "../../models/mini_genie/mod.ts";
import { type LoopOptions, type LoopResult, type StagePlan, trainStages } from "../../train/mod.ts";
import { recordFrames } from "./data.ts";
import { measureEyes, measurePairs } from "./evaluation.ts";
import { COLLAPSED, CollapseWatch, type Watched } from "./health.ts";
import { PairStage, recordedSteps } from "./pair_stage.ts";
import { type PictureSource, pictureSource } from "./pictures.ts";
import { distinctFrames, expectChanges, type Recording } from "./recording.ts";
import { seesTurns, type Settings, stepsOf } from "./settings.ts";
import { VqVaeStage } from "./vq_vae_stage.ts";

/** The stages of a training, in order. */
export const STAGES = ["vq-vae", "pair"] as const;
export type StageName = typeof STAGES[number];

/** Steps between logs, unless told otherwise: only a logged step is measured. */
const LOGGED = 50;

/** A model with the episodes that it learns from, on one device. */
export interface Experiment {
  readonly device: Device;
  readonly settings: Settings;
  readonly seed: number;
  readonly model: MiniGenie;
  readonly recording: Recording;
  /** Bytes [frames, S, S, 3]: the different frames, with R9 followed by their turned copies. */
  readonly frames: Uint8Array;
  readonly source: PictureSource;
  /** The model as it can be asked. */
  readonly dreamer: Dreamer;
  dispose(): void;
}

/**
 * Records the episodes, unless they are given, and puts frames and model on the device.
 * @param recording needed where `settings.data.source` is "files"
 */
export function openExperiment(device: Device, settings: Settings, seed: number, recording?: Recording): Experiment {
  if (!recording && settings.data.source === "files") {
    throw new Error("openExperiment: these settings are for given episodes; pass their recording");
  }
  const own = recording ?? recordFrames(settings, seed);
  expectChanges(own, settings.data.name);
  const { imageSide } = settings.model;
  if (own.side !== imageSide) {
    throw new RangeError(`openExperiment: expected frames of ${imageSide} pixels a side, but found ${own.side}`);
  }
  const frames = seesTurns(settings) ? withTurns(own.frames, imageSide) : own.frames;
  const source = pictureSource(device, frames, imageSide), model = new MiniGenie(settings.model, seed).place(device);
  const dreamer = new Dreamer(device, model);
  return {
    device,
    settings,
    seed,
    model,
    recording: own,
    frames,
    source,
    dreamer,
    dispose() {
      for (const part of [dreamer, model, source]) part.dispose();
    },
  };
}

/** The stages of a training, in order: first the VQ-VAE; with its codes, action net and dynamics. */
export function stagesOf({ device, settings, model, recording, frames, source, seed }: Experiment): StagePlan[] {
  return [
    {
      name: "vq-vae",
      steps: stepsOf(settings.vqVae, recording.shown.length),
      open: () =>
        Promise.resolve(new VqVaeStage(device, settings, model, source, shownFrames(settings, recording), seed)),
    },
    {
      name: "pair",
      steps: stepsOf(settings.pair, recordedSteps(settings, recording)),
      open: () => PairStage.open(device, settings, model, recording, frames, seed),
    },
  ];
}

/** Frames that the VQ-VAE learns from, each as often as it counts; where turns are seen, each of the four equally often. */
export function shownFrames(settings: Settings, { shown, ...recording }: Recording): Int32Array {
  const distinct = distinctFrames(recording);
  const chosen = settings.vqVae.frames === "recorded" ? shown : Int32Array.from({ length: distinct }, (_, i) => i);
  if (!seesTurns(settings)) return chosen;
  return Int32Array.from([0, 1, 2, 3].flatMap((turn) => [...chosen].map((frame) => frame + turn * distinct)));
}

/** How `trainExperiment` trains. */
export interface TrainOptions extends Omit<LoopOptions, "model"> {
  /** Told of codes that collapse. */
  readonly warn?: (line: string) => void;
  /** Only this stage, as a notebook trains them, one after the other; default both. */
  readonly stage?: StageName;
}

/** Trains an experiment, or continues it (spec 3 §6). */
export function trainExperiment(
  experiment: Experiment,
  { warn = () => {}, stage, ...options }: TrainOptions = {},
): Promise<LoopResult> {
  const plans = stagesOf(experiment).filter(({ name }) => stage === undefined || name === stage);
  return trainStages(plans, {
    model: experiment.model.tensors,
    evaluate: evaluator(experiment),
    ...options,
    onLog: watching(experiment, warn, options.onLog),
  });
}

/**
 * What the training loop takes as `evaluate`: about ten times in each stage, how well the VQ-VAE sees, or how well latent actions
 * foretell; `collapsed` is 1 where few codes are in use.
 */
export function evaluator({ dreamer, recording, settings }: Experiment): NonNullable<LoopOptions["evaluate"]> {
  const { vqVae, pair, model } = settings;
  const longest = Math.max(
    stepsOf(vqVae, recording.shown.length),
    stepsOf(pair, recordedSteps(settings, recording)),
  );
  const collapsed = (used: number, total: number) => Number(used / total < COLLAPSED);
  return {
    every: LOGGED * Math.max(1, Math.round(longest / (10 * LOGGED))),
    run: async (stage) => {
      if (stage === "vq-vae") {
        const measured = await measureEyes(dreamer, recording);
        return { ...measured, collapsed: collapsed(measured.codesUsed, model.vqVae.codes) };
      }
      const measured = await measurePairs(dreamer, recording);
      return { ...measured, collapsed: collapsed(measured.actionsUsed, model.actionNet.actions) };
    },
  };
}

/** `onLog` that also tells of collapses. */
export function watching(
  { settings }: Pick<Experiment, "settings">,
  warn: (line: string) => void,
  onLog: LoopOptions["onLog"],
): NonNullable<LoopOptions["onLog"]> {
  const watch = new CollapseWatch(watched(settings), warn);
  return (logged) => {
    watch.see(logged);
    onLog?.(logged);
  };
}

function watched({ model, repairs }: Settings): Watched[] {
  return [
    {
      stage: "vq-vae",
      metric: "codes",
      what: "codes of the codebook",
      total: model.vqVae.codes,
      advice: repairs.R4
        ? "A batch with few different patches needs few codes; check the reconstruction."
        : "Repair R4 (averages and resets) keeps codes alive.",
    },
    {
      stage: "pair",
      metric: "actions",
      what: "latent actions",
      total: model.actionNet.actions,
      advice: repairs.R5
        ? "A larger weight of the marginal entropy asks for more."
        : "Repair R5 asks for the use of all latent actions.",
    },
  ];
}
