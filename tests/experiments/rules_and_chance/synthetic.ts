/** Models that need no training: predictions made from the games' own truth, or from nothing. */
import type { PredictedGames } from "../../../lib/experiments/rules_and_chance/analyse.ts";
import { exactSequences } from "../../../lib/experiments/rules_and_chance/cell_labels.ts";
import { trueSteps } from "../../../lib/experiments/rules_and_chance/perfect.ts";
import type { Predictions } from "../../../lib/experiments/rules_and_chance/predict.ts";
import { settingsFor } from "../../../lib/experiments/rules_and_chance/presets.ts";
import type { GameName, Mode, Settings } from "../../../lib/experiments/rules_and_chance/settings.ts";
import { gridGame, record } from "../../../lib/games/mod.ts";

/** `perfect`: knows the game. `uniform`: all codes alike. `collapsed`: one code for everything. `copy`: sure that nothing changes. */
export type Kind = "perfect" | "uniform" | "collapsed" | "copy";

/** The settings of a small model with as many codes as there are cell contents. */
export function exactSettings(game: GameName, mode: Mode = "corrected"): Settings {
  const settings = settingsFor(game, "small", mode);
  return { ...settings, model: { ...settings.model, codes: game === "2048" ? 18 : 81 } };
}

/** Recorded games with such a model's predictions. */
export function syntheticGames(
  settings: Settings,
  kind: Kind,
  { split = "train", trajectories = 60, seed = 0 }: { split?: string; trajectories?: number; seed?: number } = {},
): PredictedGames {
  const { game, data, model } = settings;
  const episodes = record(game, { trajectories, steps: data.steps, burnIn: data.burnIn, seed, stream: split });
  const exact = exactSequences(game, episodes), { steps, positions } = exact, cells = trajectories * steps * positions;
  const codes = kind === "collapsed" ? new Int32Array(exact.codes.length) : Int32Array.from(exact.codes);
  const { bits } = trueSteps(game, episodes), likeliest = new Int32Array(cells), entropy = new Float32Array(cells);
  for (let i = 0; i < cells; i++) {
    const trajectory = Math.floor(i / (steps * positions)), now = i + trajectory * positions, next = now + positions;
    if (kind === "uniform") entropy[i] = Math.log2(model.codes);
    if (kind === "perfect") entropy[i] = bits[i];
    // On a chance cell the likeliest value is "empty" (label 0); elsewhere the rules say what comes.
    likeliest[i] = kind === "perfect" ? (bits[i] > 0 ? 0 : codes[next]) : codes[now];
  }
  const predictions: Predictions = {
    trajectories,
    steps,
    tokens: positions,
    codeCount: model.codes,
    actionCount: model.actions,
    lengths: episodes.lengths,
    codes,
    actions: Int32Array.from(episodes.actions),
    entropy,
    likeliest,
  };
  return { games: { episodes, patches: gridGame(game).cellPatches(model.imageSide) }, predictions };
}

/** Both sets of games for `analyse`. */
export function syntheticModel(game: GameName, kind: Kind, mode: Mode = "corrected", trajectories = 60) {
  const settings = exactSettings(game, mode);
  return {
    settings,
    train: syntheticGames(settings, kind, { split: "train", trajectories }),
    test: syntheticGames(settings, kind, { split: "test", trajectories }),
  };
}
