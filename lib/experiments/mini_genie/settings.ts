import type {
  BottleneckSettings,
  CodebookLearning,
  GenieSettings,
  Reconstruction,
} from "../../models/mini_genie/mod.ts";
import type { ResetSettings } from "../../train/mod.ts";

export const PRESETS = ["tiny", "small", "full"] as const;
export type PresetName = typeof PRESETS[number];

/**
 * `published`: the original's algorithm with only its crashes removed. `corrected`: with the repairs R1–R8. `relative`: also R9
 * and R11–R15, whose latent actions mean what the agent does and not where it then faces (docs/codes-that-mean-actions.md).
 */
export const MODES = ["published", "corrected", "relative"] as const;
export type Mode = typeof MODES[number];

/**
 * The repairs of spec 3 §9, one switch each, and Tessera's own from R11 on. R10 is about a revision that is no mode; it has none.
 */
export const REPAIRS = {
  R1: "moves recorded are left, right, forward; the original's are right, forward, pick up",
  R2: "the last action and the last frame of an episode are stored",
  R3: "reconstruction weighted towards saturated pixels, squared; the original's weight is the same nearly everywhere",
  R4: "codebook starts from the first batch, learns by moving averages, and dead codes are reset",
  R5: "the dynamics gets the likeliest latent action alone, and all latent actions are asked to be used",
  R6: "t-SNE also coloured by the true action",
  R7: "accuracy of latent actions after matching them with true ones",
  R8: "dreams follow the likeliest codes, any latent actions, from any start",
  R9: "the action net sees the pair in all four quarter turns at once, averages over places, and has few codes",
  R11: "one token for each cell, from the pixels of that cell alone",
  R12: "the cells that the agent sees are not lit",
  R13: "the action net sees only the tokens that change, each with its neighbours, wherever they are",
  R14:
    "rare pictures count: all different frames equally often; dead codes start again where the codebook is wrong, and only codes without any use are dead",
  R15: "the learning rate of action net and dynamics falls to 0 in the second half, so that no late leap is kept",
} as const;
export type Repair = keyof typeof REPAIRS;

/** Length of a stage: passes over its data, or steps. One of both is null. */
export interface StageSettings {
  readonly epochs: number | null;
  readonly steps: number | null;
  readonly batch: number;
  readonly learningRate: number;
}

/** What is recorded (spec 3 §2.1). */
export interface DataSettings {
  /** "minigrid": recorded when needed. "files": given episodes, which the run folder keeps. */
  readonly source: "minigrid" | "files";
  /** Environment, without prefix and version: "Empty-5x5"; or the name of the given episodes. */
  readonly name: string;
  readonly episodes: number;
  /** Most steps of an episode. */
  readonly longest: number;
  /** Actions of which one is taken with probability `moveShare`; else any of the seven. */
  readonly moves: readonly number[];
  readonly moveShare: number;
  /** Pixels along a tile as it is rendered. */
  readonly tile: number;
  /** Whether the cells that the agent sees are lit, as the environment draws them. */
  readonly highlight: boolean;
  /** Whether the last action and frame are stored (R2). */
  readonly lastFrame: boolean;
  /** Whether steps that change nothing are learnt from. */
  readonly keepStatic: boolean;
}

/** Every setting of one training: what `config.json` stores. */
export interface Settings {
  readonly preset: PresetName;
  readonly mode: Mode;
  readonly repairs: Readonly<Record<Repair, boolean>>;
  readonly model: GenieSettings;
  readonly data: DataSettings;
  readonly vqVae: StageSettings & {
    readonly reconstruction: Reconstruction;
    readonly codebook: CodebookLearning;
    /** Codebook starts from latents of the first batch (R4). */
    readonly startFromData: boolean;
    /** Frames to learn from: as often as they were recorded, or every different one equally often (R14). */
    readonly frames: "recorded" | "different";
    /** `null`: dead codes stay dead. */
    readonly resets: ResetSettings | null;
  };
  readonly pair: StageSettings & BottleneckSettings & {
    /** Share of the stage, its last part, in which the learning rate falls to 0 in a line; 0: it stays. */
    readonly cooldown: number;
  };
}

/** Whether frames are also needed turned (R9). */
export function seesTurns({ model }: Pick<Settings, "model">): boolean {
  return model.actionNet.turns !== "none";
}

/** Steps of a stage with so many items to pass over. */
export function stepsOf({ steps, epochs, batch }: StageSettings, items: number): number {
  return steps ?? Math.ceil((epochs ?? 1) * items / batch);
}
