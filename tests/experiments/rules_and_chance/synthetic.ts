/** Models that need no training: predictions made from the games' own truth, or from nothing. */
import { analyse, type Analysis, type PredictedGames } from "../../../lib/experiments/rules_and_chance/analyse.ts";
import { exactSequences } from "../../../lib/experiments/rules_and_chance/cell_labels.ts";
import { trueSteps } from "../../../lib/experiments/rules_and_chance/perfect.ts";
import type { Predictions } from "../../../lib/experiments/rules_and_chance/predict.ts";
import { settingsFor } from "../../../lib/experiments/rules_and_chance/presets.ts";
import type { GameName, Mode, Settings } from "../../../lib/experiments/rules_and_chance/settings.ts";
import { observationAt } from "../../../lib/data/mod.ts";
import type { ExampleSteps } from "../../../lib/experiments/rules_and_chance/example_steps.ts";
import { gridGame, record, renderCells } from "../../../lib/games/mod.ts";
import type { MetricsRow } from "../../../lib/runs/mod.ts";

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

const analyses = new Map<string, Analysis>();

/** The analysis of such a model, made once per test file. */
export function syntheticAnalysis(game: GameName, kind: Kind, mode: Mode = "corrected"): Analysis {
  const key = `${game} ${kind} ${mode}`, known = analyses.get(key) ?? analyse(syntheticModel(game, kind, mode));
  analyses.set(key, known);
  return known;
}

/** Rows of metrics as a training logs them, with an evaluation now and then. */
export function syntheticMetrics(): MetricsRow[] {
  const rows: MetricsRow[] = [];
  for (let step = 50; step <= 200; step += 50) {
    rows.push({ step, stage: "autoencoder", loss: 20 / step, reconstruction: 2 / step, commitment: 0.01, codes: 9 });
  }
  for (let step = 250; step <= 500; step += 50) {
    rows.push({ step, stage: "transition", loss: 200 / step, entropy: 1, gradientNorm: 1 });
    rows.push({
      step,
      stage: "transition",
      ratio: step / 250,
      chanceOverRule: step / 100,
      accuracy: 0.9,
      below01: 0.5,
    });
  }
  return rows;
}

/** Steps whose pictures are those of the games, as an exact decoder would paint them. */
export function syntheticSteps(game: GameName, count = 2): ExampleSteps {
  const settings = exactSettings(game),
    { games, predictions } = syntheticGames(settings, "perfect", { trajectories: 4 });
  const { bits } = trueSteps(game, games.episodes), side = settings.model.imageSide;
  const draw = (episode: number, t: number) =>
    renderCells(games.patches, observationAt(games.episodes, episode, t), 1, new Float32Array(side * side));
  return {
    imageSide: side,
    gridSide: 4,
    steps: Array.from({ length: count }, (_, i) => {
      const step = i * predictions.steps;
      return {
        action: predictions.actions[step],
        frame: draw(i, 0),
        reconstruction: draw(i, 0),
        next: draw(i, 1),
        predicted: draw(i, 1),
        entropy: predictions.entropy.slice(16 * step, 16 * step + 16),
        truth: bits.slice(16 * step, 16 * step + 16),
      };
    }),
  };
}
