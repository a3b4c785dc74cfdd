import { type Card, cardRun, type Run, writeCard } from "../../runs/mod.ts";
import { analyse, type Analysis, type PredictedGames } from "./analyse.ts";
import { cardOf } from "./claims.ts";
import { recordGames } from "./data.ts";
import { evaluationMetrics } from "./evaluation.ts";
import { type ExampleSteps, exampleSteps } from "./example_steps.ts";
import { predictGames } from "./predict.ts";
import type { Experiment } from "./train.ts";

/** A trained model examined: its analysis, and what the figures show besides. */
export interface Study {
  readonly analysis: Analysis;
  readonly examples: ExampleSteps;
  /** Games that the model was not trained on, with its predictions. */
  readonly test: PredictedGames;
}

/** Predicts the training games and fresh ones, and analyses the predictions (spec 1 §7). */
export async function study({ device, settings, model, games, seed }: Experiment): Promise<Study> {
  const train = { games, predictions: await predictGames(device, model, games) };
  const fresh = recordGames(settings, seed, "test");
  const test = { games: fresh, predictions: await predictGames(device, model, fresh) };
  const examples = await exampleSteps(device, model, settings.game, test);
  return { analysis: analyse({ settings, train, test }), examples, test };
}

/**
 * What `trainExperiment` takes as `evaluate`: every tenth of the last stage, ratio, chance against rule cells, and accuracy on
 * fresh games. The other stages have no predictions worth measuring.
 */
export function evaluator({ device, settings, model, seed }: Experiment): {
  every: number;
  run(stage: string): Promise<Record<string, number>>;
} {
  const fresh = recordGames(settings, seed, "test"), { repairs, transition, joint } = settings;
  const every = Math.max(1, Math.round((repairs.C5 ? transition.steps : joint.steps) / 10));
  return {
    every,
    run: async (stage) =>
      stage === "autoencoder"
        ? {}
        : evaluationMetrics(settings, { games: fresh, predictions: await predictGames(device, model, fresh) }),
  };
}

/** Writes the run's reproduction card. @param seconds of training */
export async function writeRunCard(run: Run, analysis: Analysis, seconds: number): Promise<Card> {
  const card = cardOf(analysis, await cardRun(run.config.seed, seconds, run.config.device));
  await writeCard(run.folder, card);
  return card;
}
