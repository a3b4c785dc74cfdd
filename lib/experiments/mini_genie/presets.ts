import type { GenieSettings } from "../../models/mini_genie/mod.ts";
import { tokensPerPicture } from "../../models/mini_genie/mod.ts";
import {
  type DataSettings,
  type Mode,
  type PresetName,
  type Repair,
  REPAIRS,
  type Settings,
  type StageSettings,
} from "./settings.ts";

/** What differs between the presets; everything else follows from the mode and the repairs. */
interface Sizes {
  readonly model: GenieSettings;
  readonly tile: number;
  readonly episodes: number;
  readonly vqVae: StageSettings;
  readonly pair: StageSettings;
  /** Share of the first stage in which dead codes are reset, and steps between checks (R4). */
  readonly resets: { readonly every: number; readonly until: number };
  /** What `relative` has instead: its pictures are small, and a code that no cell needs is never used. */
  readonly relative: {
    readonly eyes: Pick<GenieSettings["vqVae"], "codes" | "hidden" | "residual">;
    readonly vqVae: StageSettings;
    readonly pair: StageSettings;
    readonly resets: { readonly every: number; readonly until: number };
  };
}

const SIZES: Readonly<Record<PresetName, Sizes>> = {
  tiny: {
    model: {
      imageSide: 40,
      vqVae: { hidden: 8, residual: 4, codeWidth: 8, codes: 32, decay: 0.97, patches: false },
      actionNet: {
        actions: 8,
        width: 4,
        channels: [8, 8, 8],
        hidden: 16,
        pooled: false,
        changes: false,
        turns: "none",
      },
      dynamics: { width: 16, heads: 2, layers: 1, inner: 32, dropout: 0 },
    },
    tile: 8,
    episodes: 10,
    vqVae: { epochs: null, steps: 40, batch: 8, learningRate: 2e-3 },
    pair: { epochs: null, steps: 40, batch: 8, learningRate: 1e-3 },
    resets: { every: 10, until: 24 },
    relative: {
      eyes: { codes: 16, hidden: 8, residual: 4 },
      vqVae: { epochs: null, steps: 40, batch: 8, learningRate: 2e-3 },
      pair: { epochs: null, steps: 40, batch: 8, learningRate: 2e-3 },
      resets: { every: 10, until: 24 },
    },
  },
  // Config S of spec 3 §10, whose second stage is twice as long: 600 steps leave some seeds a step short of their claims.
  small: {
    model: {
      imageSide: 40,
      vqVae: { hidden: 32, residual: 8, codeWidth: 16, codes: 64, decay: 0.97, patches: false },
      actionNet: {
        actions: 8,
        width: 16,
        channels: [32, 64, 64],
        hidden: 64,
        pooled: false,
        changes: false,
        turns: "none",
      },
      dynamics: { width: 64, heads: 4, layers: 2, inner: 128, dropout: 0 },
    },
    tile: 8,
    episodes: 200,
    vqVae: { epochs: null, steps: 600, batch: 16, learningRate: 2e-3 },
    pair: { epochs: null, steps: 1200, batch: 16, learningRate: 1e-3 },
    resets: { every: 50, until: 360 },
    relative: {
      eyes: { codes: 32, hidden: 64, residual: 16 },
      vqVae: { epochs: null, steps: 1500, batch: 32, learningRate: 2e-3 },
      pair: { epochs: null, steps: 1500, batch: 32, learningRate: 2e-3 },
      resets: { every: 10, until: 900 },
    },
  },
  // The seed's sizes (spec 3 §3, §6).
  full: {
    model: {
      imageSide: 64,
      vqVae: { hidden: 128, residual: 32, codeWidth: 64, codes: 512, decay: 0.99, patches: false },
      actionNet: {
        actions: 8,
        width: 64,
        channels: [64, 128, 128],
        hidden: 256,
        pooled: false,
        changes: false,
        turns: "none",
      },
      dynamics: { width: 256, heads: 4, layers: 4, inner: 2048, dropout: 0.1 },
    },
    tile: 32,
    episodes: 1000,
    vqVae: { epochs: 20, steps: null, batch: 64, learningRate: 1e-3 },
    pair: { epochs: 30, steps: null, batch: 32, learningRate: 1e-4 },
    resets: { every: 50, until: 11000 },
    relative: {
      eyes: { codes: 32, hidden: 128, residual: 32 },
      vqVae: { epochs: 20, steps: null, batch: 64, learningRate: 1e-3 },
      pair: { epochs: 30, steps: null, batch: 32, learningRate: 1e-4 },
      resets: { every: 50, until: 11000 },
    },
  },
};

/** A code is dead when it is used less than this share of the mean (spec 3 §5). */
const DEAD_SHARE = 0.01;

/** Pixels along a tile with R11: those of one token. A tile of that size has no grid lines, so a turned tile is a tile (spec 3 §2.3). */
const TOKEN_TILE = 4;

/** Latent actions with R9 (spec 3 §9). */
const FEW_ACTIONS = 4;

/** Cells along a side of Empty-5x5. */
const EMPTY_CELLS = 5;

/** Repairs of `relative` alone. */
const RELATIVE: readonly Repair[] = ["R9", "R11", "R12", "R13", "R14", "R15"];

/** Episodes that Tessera did not record. */
export interface GivenData {
  /** Their name, without a folder. */
  readonly name: string;
  readonly episodes: number;
  /** Side of their frames in pixels. */
  readonly side: number;
}

/**
 * All settings of a training.
 *
 * @param environment recorded from; default "Empty-5x5", the original's
 * @param side of its frames in pixels with the preset's tiles; needed for other environments than the default
 * @param given episodes to learn from instead
 * @param without repairs to leave out of `corrected` or `relative`: an ablation
 */
export function settingsFor(
  preset: PresetName,
  mode: Mode,
  { environment = "Empty-5x5", side, given, without = [] }: {
    readonly environment?: string;
    readonly side?: number;
    readonly given?: GivenData;
    readonly without?: readonly Repair[];
  } = {},
): Settings {
  const sizes = SIZES[preset], repairs = repairsOf(mode, without);
  const { vqVae, pair, resets } = mode === "relative" ? sizes.relative : sizes;
  const model = modelOf(sizes, repairs, given?.side ?? side), { codes } = model.vqVae;
  const uses = resets.every * vqVae.batch * tokensPerPicture(model);
  return {
    preset,
    mode,
    repairs,
    model,
    data: dataOf(sizes, repairs, environment, given),
    vqVae: {
      ...vqVae,
      reconstruction: repairs.R3 ? "saturated" : "absolute",
      codebook: repairs.R4 ? "averages" : "gradient",
      startFromData: repairs.R4,
      frames: repairs.R14 ? "different" : "recorded",
      resets: repairs.R4
        ? {
          ...resets,
          least: repairs.R14 ? 1 : DEAD_SHARE * uses / codes,
          most: null,
          clear: "always",
          ...(repairs.R14 ? { draw: "by error" } : {}),
        }
        : null,
    },
    pair: {
      ...pair,
      bottleneck: repairs.R5 ? "hard" : "soft",
      conditional: repairs.R5 ? 0.1 : 0.001,
      marginal: repairs.R5 ? 0.5 : 0,
      cooldown: repairs.R15 ? 0.5 : 0,
    },
  };
}

function modelOf(
  { model, relative }: Sizes,
  { R9, R11, R13 }: Readonly<Record<Repair, boolean>>,
  side: number | undefined,
): GenieSettings {
  const { vqVae, actionNet } = model;
  return {
    ...model,
    imageSide: side ?? (R11 ? EMPTY_CELLS * TOKEN_TILE : model.imageSide),
    vqVae: R11 ? { ...vqVae, ...relative.eyes, patches: true } : vqVae,
    actionNet: {
      ...actionNet,
      ...(R9 ? { actions: FEW_ACTIONS, pooled: true, turns: "all" } : {}),
      ...(R13 ? { changes: true } : {}),
    },
  };
}

function repairsOf(mode: Mode, without: readonly Repair[]): Record<Repair, boolean> {
  const has = (repair: Repair) => mode === "relative" || (mode === "corrected" && !RELATIVE.includes(repair));
  return Object.fromEntries(
    (Object.keys(REPAIRS) as Repair[]).map((repair) => [repair, has(repair) && !without.includes(repair)]),
  ) as Record<Repair, boolean>;
}

function dataOf(
  sizes: Sizes,
  repairs: Readonly<Record<Repair, boolean>>,
  environment: string,
  given: GivenData | undefined,
): DataSettings {
  return {
    source: given ? "files" : "minigrid",
    name: given?.name ?? environment,
    episodes: given?.episodes ?? sizes.episodes,
    longest: 100,
    moves: repairs.R1 ? [0, 1, 2] : [1, 2, 3],
    moveShare: 0.8,
    tile: repairs.R11 ? TOKEN_TILE : sizes.tile,
    highlight: !repairs.R12,
    lastFrame: repairs.R2,
    keepStatic: false,
  };
}
