/** Experiment 3, Mini-Genie: latent actions from unlabelled pixels, and dreams (spec 3). */
export { type ActionMap, actionMap, type ActionMapOptions } from "./action_map.ts";
export { analyse, type Analysis, type PlainMeaning } from "./analyse.ts";
export { cardOf, claimsOf } from "./claims.ts";
export { type CodeNames, HEADING_NAMES, nameCodes, nameOfCode } from "./code_names.ts";
export { type GivenRecording, giveRecording, readRecording, recordFrames, worldSide } from "./data.ts";
export { type DreamFilm, dreamFilm, type DreamPlan, followWalk, realWalk, type Walk } from "./dream_film.ts";
export { type DreamPaths, dreamPaths, type DreamPlace } from "./dream_paths.ts";
export { type DreamValidity, type SeenDream } from "./dream_validity.ts";
export { estimateExperiment } from "./estimate.ts";
export { type Eyes, type EyesAnalysis, type MoveGrids } from "./eyes.ts";
export { type EyesMeasured, measureEyes, measurePairs, nearestFrame, type PairsMeasured } from "./evaluation.ts";
export * from "./figures/mod.ts";
export { checkGolden } from "./golden/mod.ts";
export { CollapseWatch, type Watched } from "./health.ts";
export { type Control, inferMoves, type InferredMoves, type JudgedModel } from "./control.ts";
export { judge, type Judged, type Judgement, type JudgeOptions } from "./judge.ts";
export { type KnownMove, type KnownWorld, knownWorld, recordedWorld } from "./known_world.ts";
export { type DreamModel, type DreamMoment, LiveDream } from "./live_dream.ts";
export { type Explanation, type Meaning } from "./meaning.ts";
export { type Recognised } from "./nearest_frames.ts";
export { type GivenData, settingsFor } from "./presets.ts";
export {
  changingSteps,
  distinctFrames,
  type DistinctStep,
  distinctSteps,
  type Recording,
  RecordingBuilder,
} from "./recording.ts";
export { type RecordingStatistics, recordingStatistics, recordingTable } from "./recording_statistics.ts";
export { type ReportedModel, writeExperimentReport } from "./report.ts";
export { EXPERIMENT, loadRun, settingsOf, startRun, trainRun } from "./run.ts";
export {
  type DataSettings,
  type Mode,
  MODES,
  type PresetName,
  PRESETS,
  type Repair,
  REPAIRS,
  type Settings,
  type StageSettings,
  stepsOf,
} from "./settings.ts";
export { settingsTable } from "./settings_table.ts";
export { seeFrames, type SeenFrame } from "./seen_frames.ts";
export { type EyesStudy, type Study, study, studyEyes, studyModel, type StudyOptions, writeRunCard } from "./study.ts";
export {
  agreementTable,
  comparisonTable,
  controlTable,
  dreamTable,
  experimentSummary,
  finding,
  verdictTable,
} from "./summary.ts";
export { runMetrics } from "../run_metrics.ts";
export { type WrittenReport } from "../report_parts.ts";
export { type PlainTable } from "../plain_table.ts";
export { type JudgedStep, stepJudge, type Verdict } from "./verdict.ts";
export {
  type Experiment,
  openExperiment,
  type StageName,
  STAGES,
  stagesOf,
  trainExperiment,
  type TrainOptions,
} from "./train.ts";
