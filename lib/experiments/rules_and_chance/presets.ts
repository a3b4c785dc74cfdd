import { gridGame } from "../../games/mod.ts";
import { type GameName, type Mode, type PresetName, type Repair, REPAIRS, type Settings } from "./settings.ts";

/** What differs between the presets; everything else follows from the game, the mode and the repairs. */
interface Sizes {
  readonly imageSide: number;
  readonly channels: readonly number[];
  readonly codeWidth: number;
  readonly hidden: number;
  readonly blocks: number;
  readonly heads: number;
  readonly trajectories: number;
  readonly testTrajectories: number;
  /** Per game: codes, trajectory length, last step with resets, steps of both stages. */
  readonly games: Readonly<
    Record<GameName, {
      readonly codes: number;
      readonly steps: number;
      readonly resetsUntil: number;
      readonly autoencoder: number;
      readonly transition: number;
    }>
  >;
  readonly transitionRate: number;
  readonly published: {
    readonly codes: number;
    readonly steps: number;
    readonly hidden: number;
    readonly unroll: number;
    readonly training: number;
    readonly reconstruct: "all" | "rows";
  };
}

const SIZES: Readonly<Record<PresetName, Sizes>> = {
  tiny: {
    imageSide: 32,
    channels: [4, 8, 8],
    codeWidth: 8,
    hidden: 16,
    blocks: 1,
    heads: 2,
    trajectories: 24,
    testTrajectories: 8,
    games: {
      "2048": { codes: 10, steps: 5, resetsUntil: 20, autoencoder: 24, transition: 24 },
      othello: { codes: 16, steps: 4, resetsUntil: 20, autoencoder: 24, transition: 24 },
    },
    transitionRate: 2e-3,
    published: { codes: 16, steps: 5, hidden: 16, unroll: 3, training: 24, reconstruct: "rows" },
  },
  small: {
    imageSide: 32,
    channels: [16, 32, 64],
    codeWidth: 32,
    hidden: 64,
    blocks: 2,
    heads: 4,
    trajectories: 500,
    testTrajectories: 100,
    games: {
      "2048": { codes: 10, steps: 10, resetsUntil: 60, autoencoder: 500, transition: 3000 },
      othello: { codes: 64, steps: 4, resetsUntil: 300, autoencoder: 600, transition: 1500 },
    },
    transitionRate: 2e-3,
    published: { codes: 64, steps: 10, hidden: 128, unroll: 3, training: 1500, reconstruct: "rows" },
  },
  full: {
    imageSide: 64,
    channels: [32, 64, 128, 256],
    codeWidth: 64,
    hidden: 256,
    blocks: 2,
    heads: 4,
    trajectories: 2000,
    testTrajectories: 200,
    games: {
      "2048": { codes: 32, steps: 30, resetsUntil: 300, autoencoder: 3000, transition: 20000 },
      othello: { codes: 512, steps: 30, resetsUntil: 600, autoencoder: 3000, transition: 20000 },
    },
    transitionRate: 1e-3,
    published: { codes: 512, steps: 30, hidden: 256, unroll: 5, training: 15000, reconstruct: "all" },
  },
};

/**
 * All settings of a training.
 *
 * @param without repairs to leave out of `corrected`: an ablation
 */
export function settingsFor(
  game: GameName,
  preset: PresetName,
  mode: Mode,
  { without = [] }: { without?: readonly Repair[] } = {},
): Settings {
  const sizes = SIZES[preset], own = sizes.games[game], { published } = sizes;
  const repairs = Object.fromEntries(
    (Object.keys(REPAIRS) as Repair[]).map((repair) => [repair, mode === "corrected" && !without.includes(repair)]),
  ) as Record<Repair, boolean>;
  const corrected = mode === "corrected", small = preset !== "full";
  return {
    game,
    preset,
    mode,
    repairs,
    model: {
      imageSide: sizes.imageSide,
      channels: sizes.channels,
      codes: corrected ? own.codes : published.codes,
      codeWidth: sizes.codeWidth,
      hidden: corrected ? sizes.hidden : published.hidden,
      blocks: sizes.blocks,
      heads: sizes.heads,
      actions: gridGame(game).actionCount,
      dropout: repairs.C8 && small ? 0 : 0.1,
      decay: 0.95,
      positions: repairs.C1 ? 0.5 : 0,
    },
    data: {
      trajectories: !corrected && preset === "full" ? 500 : sizes.trajectories,
      testTrajectories: sizes.testTrajectories,
      steps: corrected ? own.steps : published.steps,
      burnIn: repairs.C7 && game === "2048" ? 80 : 0,
    },
    resets: repairs.C4
      ? { every: 20, until: own.resetsUntil, least: 2, most: null, clear: "always" }
      : { every: 100, until: null, least: 2, most: 256, clear: "ifReset" },
    autoencoder: { steps: own.autoencoder, batch: 64, learningRate: 5e-4 },
    transition: { steps: own.transition, batch: 64, learningRate: sizes.transitionRate },
    joint: corrected
      ? {
        steps: own.autoencoder + own.transition,
        batch: 32,
        learningRate: 5e-4,
        unroll: 1,
        reconstruct: "all",
        warmUp: Math.round(own.autoencoder * 0.6),
      }
      : {
        steps: published.training,
        batch: 32,
        learningRate: 3e-4,
        unroll: published.unroll,
        reconstruct: published.reconstruct,
        warmUp: 0,
      },
    weightDecay: 0.01,
    clipNorm: 1,
  };
}
