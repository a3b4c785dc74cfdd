/** Experiment 1: a VQ world model that tells deterministic rules from chance (spec 1). */
export { analyse, type AnalyseOptions, type Analysis, howToAnalyse, type PredictedGames } from "./analyse.ts";
export { cardOf, claimsOf, gameSummary, gameTitle, judgeClaims, type JudgedClaim } from "./claims.ts";
export { type CoarseSweep, coarseSweep, coarseSweeps } from "./coarse.ts";
export { type DeviceData, type GameData, gameData, pixelVariance, recordGames, uploadGames } from "./data.ts";
export { encodeAll } from "./encode.ts";
export { estimateExperiment } from "./estimate.ts";
export { evaluationMetrics } from "./evaluation.ts";
export { type ExampleStep, type ExampleSteps, exampleSteps } from "./example_steps.ts";
export * from "./figures/mod.ts";
export { checkGolden } from "./golden/mod.ts";
export { predictGames, type Predictions } from "./predict.ts";
export { settingsFor } from "./presets.ts";
export { coarseTable, type ReportedModel, rulesTextOf, writeExperimentReport } from "./report.ts";
export { EXPERIMENT, loadRun, settingsOf, startRun, trainRun } from "./run.ts";
export {
  type GameName,
  GAMES,
  type Mode,
  MODES,
  type PresetName,
  PRESETS,
  type Repair,
  REPAIRS,
  type Settings,
} from "./settings.ts";
export { type WrittenReport } from "../report_parts.ts";
export { runMetrics } from "../run_metrics.ts";
export { evaluator, type Study, study, writeRunCard } from "./study.ts";
export { type PlainTable } from "../plain_table.ts";
export { experimentSummary, measuresTable, rulesTable, verdictLine, verdictTable } from "./summary.ts";
export { type Experiment, openExperiment, stagesOf, trainExperiment } from "./train.ts";
