import { ANALYSIS_MODES } from "../../analysis/mod.ts";
import type { PredictedGames } from "./analyse.ts";
import { analyseEntropies } from "./entropy_analysis.ts";
import type { Settings } from "./settings.ts";

/**
 * The few numbers that show how a training goes, under the names that the training curves look for: add `step` and `stage` to make a row
 * of metrics. Numbers that do not exist (a ratio without a denominator) are left out.
 */
export function evaluationMetrics(
  { game, mode }: Pick<Settings, "game" | "mode">,
  { games, predictions }: PredictedGames,
): Record<string, number> {
  const masked = ANALYSIS_MODES[mode].maskPadding;
  const { change, truth, accuracy } = analyseEntropies(game, games.episodes, predictions, masked).analysis;
  const numbers: Record<string, number | null | undefined> = {
    meanEntropy: change.all?.mean,
    ratio: change.ratio,
    chanceOverRule: truth.chanceOverRule,
    chanceBits: truth.chance.mean,
    ruleBits: truth.chance.count > 0 ? truth.rule.mean : null, // without chance cells it is the mean again
    accuracy: accuracy.accuracy,
    changedAccuracy: accuracy.changedAccuracy,
    below01: change.shares?.below01,
  };
  return Object.fromEntries(
    Object.entries(numbers).filter((pair): pair is [string, number] => typeof pair[1] === "number"),
  );
}
