import {
  changedFlags,
  type CodeSequences,
  type EntropyChange,
  entropyChange,
  type EntropyTruth,
  entropyTruth,
  type PredictionAccuracy,
  predictionAccuracy,
  splitByTruth,
  validSteps,
} from "../../analysis/mod.ts";
import type { Episodes } from "../../data/mod.ts";
import { LATENT_CELLS } from "../../games/mod.ts";
import { idleShare, perfectAccuracy, perfectFor, trueSteps } from "./perfect.ts";
import type { Predictions } from "./predict.ts";
import type { GameName } from "./settings.ts";

/** What a predictor that knows the game exactly shows on the same steps: the yardstick beside every number. */
export interface PerfectYardstick {
  /** Its entropies are the true ones; "changed" means that the board changes there. */
  readonly change: EntropyChange;
  /** `chanceOverRule` is null: its rule cells have 0 bits, the quotient is infinite. */
  readonly truth: EntropyTruth;
  /** Share of right guesses of the likeliest value. */
  readonly accuracy: number | null;
}

/** Predicted entropies of one set of games (spec 1 §7.1, §7.4) with their yardsticks. Plain data. */
export interface EntropyAnalysis {
  /** Trajectories that were looked at. */
  readonly trajectories: number;
  /** Steps per trajectory, T. */
  readonly steps: number;
  /** Steps that were really played. */
  readonly trueSteps: number;
  /** Share of the played steps that change nothing on the board. */
  readonly idleShare: number | null;
  /** Whether padded steps are left out of `change` and `accuracy` (D11). */
  readonly paddingMasked: boolean;
  /** Predicted entropy against change. */
  readonly change: EntropyChange;
  /** Predicted entropy against the truth, padded steps always left out. */
  readonly truth: EntropyTruth;
  /** How often the likeliest next code is right. */
  readonly accuracy: PredictionAccuracy;
  /** The same for a predictor that knows the game. */
  readonly perfect: PerfectYardstick;
}

/** Predicted entropies cell by cell, to four decimals, for histograms: one value per cell of that kind. */
export interface EntropyValues {
  /** Predicted entropies of cells that the rules decide. */
  readonly rule: readonly number[];
  /** Predicted entropies of cells that chance decides. */
  readonly chance: readonly number[];
  /** True entropies of the chance cells. */
  readonly trueChance: readonly number[];
}

/** Predictions as the analyses of codes take them. */
export function codeSequences(predictions: Predictions): CodeSequences {
  const { trajectories: count, steps, tokens: positions, codeCount, actionCount, codes, actions, lengths } =
    predictions;
  return { count, steps, positions, codeCount, actionCount, codes, actions, lengths };
}

/** The most trajectories that the original looks at (spec 1 §7.1). */
const PUBLISHED_LIMIT = 1000;

/**
 * Analyses the predictions for one set of games.
 *
 * @param masked leave padded steps out (D11) and take every trajectory; else as the original does: at most 1000, padding included
 * @throws RangeError if predictions and games do not belong together
 */
export function analyseEntropies(
  game: GameName,
  episodes: Episodes,
  predictions: Predictions,
  masked: boolean,
): { analysis: EntropyAnalysis; values: EntropyValues } {
  check(episodes, predictions);
  const { steps, tokens: positions, codeCount } = predictions;
  const trajectories = Math.min(predictions.trajectories, masked ? Infinity : PUBLISHED_LIMIT);
  const cells = trajectories * steps * positions,
    codes = predictions.codes.subarray(0, cells + trajectories * positions);
  const all = trueSteps(game, episodes);
  const real = { bits: all.bits.subarray(0, cells), changed: all.changed.subarray(0, cells) }, truth = real.bits;
  const played = validSteps(trajectories, steps, predictions.lengths.subarray(0, trajectories));
  const valid = masked ? played : undefined;
  const entropy = predictions.entropy.subarray(0, cells), predicted = predictions.likeliest.subarray(0, cells);
  const changed = changedFlags(codeSequences(predictions)).subarray(0, cells);
  const current = framesOf(codes, trajectories, steps, positions, 0);
  const next = framesOf(codes, trajectories, steps, positions, 1);
  const values = splitByTruth({ positions, entropy, truth, valid: played });
  return {
    analysis: {
      trajectories,
      steps,
      trueSteps: played.reduce((sum, flag) => sum + flag, 0),
      idleShare: idleShare(real, played),
      paddingMasked: masked,
      change: entropyChange({ positions, entropy, changed, valid }, codes, codeCount),
      truth: finite(entropyTruth({ positions, entropy, truth, valid: played })),
      accuracy: predictionAccuracy({ positions, predicted, current, next, valid }),
      perfect: {
        change: perfectFor(real, valid).change,
        truth: finite(perfectFor(real, played).truth),
        accuracy: perfectAccuracy(real, valid),
      },
    },
    values: {
      rule: rounded(values.rule),
      chance: rounded(values.chance),
      trueChance: rounded(splitByTruth({ positions, entropy: truth, truth, valid: played }).chance),
    },
  };
}

function check(episodes: Episodes, { trajectories, steps, tokens, lengths }: Predictions): void {
  if (trajectories !== episodes.count || steps !== episodes.steps || String(lengths) !== String(episodes.lengths)) {
    throw new RangeError(
      `expected predictions for ${episodes.count} trajectories of ${episodes.steps} steps but found ${trajectories} of ` +
        `${steps}, or other lengths; predict the games that you analyse`,
    );
  }
  if (tokens !== LATENT_CELLS) {
    throw new RangeError(`expected ${LATENT_CELLS} tokens per frame, one per cell of known truth, but found ${tokens}`);
  }
}

/** Codes of frames `first` … `first + T − 1` of every trajectory, [n, T, N], out of [n, T+1, N]. */
function framesOf(codes: Int32Array, count: number, steps: number, positions: number, first: number): Int32Array {
  const out = new Int32Array(count * steps * positions), width = steps * positions;
  for (let i = 0; i < count; i++) {
    const start = (i * (steps + 1) + first) * positions;
    out.set(codes.subarray(start, start + width), i * width);
  }
  return out;
}

/** JSON knows no infinity: a quotient without a denominator becomes null. */
function finite(truth: EntropyTruth): EntropyTruth {
  return { ...truth, chanceOverRule: Number.isFinite(truth.chanceOverRule) ? truth.chanceOverRule : null };
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Math.round(1e4 * value) / 1e4);
}
