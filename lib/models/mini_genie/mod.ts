/** The three networks of experiment 3, Mini-Genie (spec 3). */
export { ActionNet } from "./action_net.ts";
export { constantScript, dream } from "./dream.ts";
export { type Choice, Dreamer, type InferredActions, type LatentActions } from "./dreamer.ts";
export { Dynamics } from "./dynamics.ts";
export {
  type BottleneckSettings,
  type CodebookLearning,
  type GridPair,
  pairLoss,
  type PairLosses,
  type PairPass,
  type Reconstruction,
  vqVaeLoss,
  type VqVaeLosses,
} from "./losses.ts";
export { MiniGenie } from "./model.ts";
export {
  type ActionNetSettings,
  type DynamicsSettings,
  type GenieSettings,
  tokenGridSide,
  tokensPerPicture,
  type Turns,
  type VqVaeSettings,
} from "./settings.ts";
export { likeliest, sampled, type TopK } from "./sampling.ts";
export { withTurns } from "./turns.ts";
export { VqVae } from "./vq_vae.ts";
export { WindowCnn, type WindowCnnSettings } from "./window_cnn.ts";
