/** Optimisers and the training loop. */
export { AdamW, type StepReport } from "./adamw.ts";
export { type Keeper, type Logged, type LoopOptions, type LoopResult, secondsOf, trainStages } from "./loop.ts";
export type { Plain, Stage, StagePlan } from "./stage.ts";
export { dataToTensors, tensorsToData } from "./state.ts";
