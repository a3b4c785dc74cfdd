import { GRID_GAME_NAMES, type GridGameName } from "../../games/mod.ts";
import type { ResetSettings } from "../../train/mod.ts";
import type { ModelSettings, ReconstructedFrames } from "../../models/vq_world_model/mod.ts";

export const GAMES = GRID_GAME_NAMES;
export type GameName = GridGameName;

export const PRESETS = ["tiny", "small", "full"] as const;
export type PresetName = typeof PRESETS[number];

/** `published`: the original's algorithm with only its crashes removed. `corrected`: with the repairs C1–C10. */
export const MODES = ["published", "corrected"] as const;
export type Mode = typeof MODES[number];

/** The repairs of spec 1 §9, one switch each. */
export const REPAIRS = {
  C1: "position table for dynamics and chance",
  C2: "reconstruction weighted by 1 / variance of the pixels",
  C3: "codebook starts from tokens of the first batch",
  C4: "few, early code resets",
  C5: "two stages: autoencoder first, then the transition model on fixed codes",
  C6: "windows start at a random time",
  C7: "2048 recorded after a burn-in",
  C8: "no dropout",
  C9: "gallery and usage over all frames",
  C10: "true chance labels",
} as const;
export type Repair = keyof typeof REPAIRS;

/** Steps, batch and learning rate of one stage. */
export interface StageSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** The joint training of the original, and of `corrected` without C5. */
export interface JointSettings extends StageSettings {
  readonly unroll: number;
  readonly reconstruct: ReconstructedFrames;
  /** Steps at the start without the transition loss. */
  readonly warmUp: number;
}

/** Every setting of one training: what `config.json` stores. */
export interface Settings {
  readonly game: GameName;
  readonly preset: PresetName;
  readonly mode: Mode;
  readonly repairs: Readonly<Record<Repair, boolean>>;
  readonly model: ModelSettings;
  readonly data: {
    /** Training trajectories. */
    readonly trajectories: number;
    readonly testTrajectories: number;
    /** Steps per trajectory T. */
    readonly steps: number;
    /** Random steps before recording begins (C7; 2048 only). */
    readonly burnIn: number;
  };
  readonly resets: ResetSettings;
  readonly autoencoder: StageSettings;
  readonly transition: StageSettings;
  readonly joint: JointSettings;
  readonly weightDecay: number;
  readonly clipNorm: number;
}
