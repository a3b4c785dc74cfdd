/** The experiments, one folder each. @module */

/** Experiment 3: latent actions and dreams. */
export * as miniGenie from "./mini_genie/mod.ts";
/** Experiment 1: rules and chance. */
export * as rulesAndChance from "./rules_and_chance/mod.ts";
export { type GoldenCheck, GoldenChecks, type Summary } from "./golden_checks.ts";
export { type ExperimentEstimate, StageCosts, type StageEstimate } from "./stage_costs.ts";
export { checkLike, pickConfig, pickKnown, repairsLeftOut } from "./settings_check.ts";
export {
  type LoadRunOptions,
  loadWith,
  type OpenExperiment,
  type TrainingRecipe,
  type TrainRunOptions,
  trainWith,
} from "./training_run.ts";
