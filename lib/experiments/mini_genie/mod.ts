/** Experiment 3, Mini-Genie: latent actions from unlabelled pixels, and dreams (spec 3). */
export { type GivenRecording, giveRecording, readRecording, recordFrames, worldSide } from "./data.ts";
export { estimateExperiment } from "./estimate.ts";
export { type EyesMeasured, measureEyes, measurePairs, nearestFrame, type PairsMeasured } from "./evaluation.ts";
export { checkGolden } from "./golden/mod.ts";
export { CollapseWatch, type Watched } from "./health.ts";
export { type GivenData, settingsFor } from "./presets.ts";
export {
  changingSteps,
  distinctFrames,
  type DistinctStep,
  distinctSteps,
  type Recording,
  RecordingBuilder,
  withTurns,
} from "./recording.ts";
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
export { type Experiment, openExperiment, stagesOf, trainExperiment } from "./train.ts";
