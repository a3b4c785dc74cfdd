/** Experiment 3, Mini-Genie: latent actions from unlabelled pixels, and dreams (spec 3). */
export { type CodeNames, HEADING_NAMES, nameCodes, nameOfCode } from "./code_names.ts";
export { type GivenRecording, giveRecording, readRecording, recordFrames, worldSide } from "./data.ts";
export { estimateExperiment } from "./estimate.ts";
export { type EyesMeasured, measureEyes, measurePairs, nearestFrame, type PairsMeasured } from "./evaluation.ts";
export { checkGolden } from "./golden/mod.ts";
export { CollapseWatch, type Watched } from "./health.ts";
export { type KnownMove, type KnownWorld, knownWorld, recordedWorld } from "./known_world.ts";
export { type DreamModel, type DreamMoment, LiveDream, type Verdict } from "./live_dream.ts";
export { type GivenData, settingsFor } from "./presets.ts";
export {
  changingSteps,
  distinctFrames,
  type DistinctStep,
  distinctSteps,
  type Recording,
  RecordingBuilder,
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
