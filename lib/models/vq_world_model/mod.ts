/** The VQ world model of experiment 1 (spec 1). */
export { Decoder, Encoder } from "./autoencoder.ts";
export {
  autoencoderLoss,
  type AutoencoderLosses,
  COMMITMENT,
  jointLoss,
  type JointLosses,
  type ReconstructedFrames,
  transitionLoss,
} from "./losses.ts";
export { VqWorldModel } from "./model.ts";
export { gridSide, type ModelSettings, tokenCount } from "./settings.ts";
export { type Transition, TransitionModel } from "./transition.ts";
