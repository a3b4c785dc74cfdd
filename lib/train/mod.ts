/** Optimisers and the training loop. */
export { AdamW, type StepReport } from "./adamw.ts";
export { Batches, type PassState, ShuffledBatches } from "./batches.ts";
export { CodeResets, type Reseed, type ResetSettings, type TracedReseed } from "./code_resets.ts";
export { type Keeper, type Logged, type LoopOptions, type LoopResult, secondsOf, trainStages } from "./loop.ts";
export type { Plain, Stage, StagePlan } from "./stage.ts";
export { dataToTensors, tensorsToData } from "./state.ts";
