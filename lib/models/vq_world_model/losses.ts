import {
  add,
  crossEntropy,
  entropyBits,
  mean,
  multiply,
  type RandomCounter,
  reshape,
  slice,
  square,
  subtract,
  type Tensor,
} from "../../tensor/mod.ts";
import type { Quantised } from "../../nn/mod.ts";
import type { VqWorldModel } from "./model.ts";
import type { Transition } from "./transition.ts";

/** Weight β of the commitment loss. */
export const COMMITMENT = 0.25;

/** Losses of encoder, codebook and decoder; all []. */
export interface AutoencoderLosses {
  /** What is minimised. */
  readonly total: Tensor;
  /** Mean squared pixel error. */
  readonly reconstruction: Tensor;
  /** mean((z − sg e)²). */
  readonly commitment: Tensor;
  /** mean((e − sg z)²). */
  readonly codebook: Tensor;
  /** 0.25·commitment + codebook. */
  readonly vq: Tensor;
}

/** Losses of a joint step; all []. */
export interface JointLosses extends AutoencoderLosses {
  /** Mean cross-entropy of the next codes, nats. */
  readonly transition: Tensor;
  /** Mean predicted entropy in bits. */
  readonly entropy: Tensor;
}

/** Which frames the joint loss reconstructs: all, the first of each window, or the original's first rows (D7). */
export type ReconstructedFrames = "all" | "t0" | "rows";

/**
 * Stage 1 (C5): reconstruction and codebook losses of single frames, and the codebook's EMA update.
 *
 * @param frames [B, S, S, 1]
 * @param reconstructionWeight C2: 1 / variance of the training pixels
 */
export function autoencoderLoss(
  model: VqWorldModel,
  frames: Tensor,
  reconstructionWeight: number,
): { losses: AutoencoderLosses; quantised: Quantised; tokens: Tensor } {
  const tokens = model.encoder.apply(frames), quantised = model.quantizer.quantise(tokens);
  model.quantizer.updateAverages(tokens, quantised);
  const reconstruction = mean(square(subtract(model.decoder.apply(quantised.output), frames)));
  const { commitment, codebook } = quantised, vq = vqLoss(quantised);
  const total = add(multiply(reconstruction, reconstructionWeight), vq);
  return { losses: { total, reconstruction, commitment, codebook, vq }, quantised, tokens };
}

/**
 * Stage 2 (C5): mean cross-entropy of the next codes, from codes that are fixed.
 *
 * @param codes i32 [B, N]
 * @param actions i32 [B]
 * @param next i32 [B, N]
 */
export function transitionLoss(
  model: VqWorldModel,
  codes: Tensor,
  actions: Tensor,
  next: Tensor,
  random: RandomCounter | null,
): { loss: Tensor; entropy: Tensor } {
  const { logits } = model.transition.apply(model.quantizer.lookup(codes), actions, random);
  return { loss: mean(crossEntropy(logits, next)), entropy: mean(entropyBits(logits)) };
}

/**
 * The original's joint loss (spec 1 §4): every frame is encoded, every step starts from the true frame.
 *
 * @param frames [B, u+1, S, S, 1]
 * @param actions i32 [B, u]
 */
export function jointLoss(
  model: VqWorldModel,
  frames: Tensor,
  actions: Tensor,
  { reconstruct, reconstructionWeight = 1, transitionWeight = 1, random = null }: {
    reconstruct: ReconstructedFrames;
    reconstructionWeight?: number;
    transitionWeight?: number | Tensor;
    random?: RandomCounter | null;
  },
): {
  losses: JointLosses;
  quantised: Quantised;
  tokens: Tensor;
  perStep: Tensor;
  transition: Transition;
  decoded: Tensor;
} {
  const [batch, length, ...picture] = frames.shape, unroll = length - 1;
  const flat = reshape(frames, [batch * length, ...picture]);
  const tokens = model.encoder.apply(flat), quantised = model.quantizer.quantise(tokens);
  model.quantizer.updateAverages(tokens, quantised);
  const [, count, width] = tokens.shape;
  const chosen = (x: Tensor) => chooseFrames(x, batch, length, reconstruct);
  const decoded = model.decoder.apply(chosen(quantised.output));
  const reconstruction = mean(square(subtract(decoded, chosen(flat))));
  const steps = reshape(quantised.output, [batch, length, count, width]);
  const from = reshape(slice(steps, 1, 0, unroll), [batch * unroll, count, width]);
  const targets = slice(reshape(quantised.indices, [batch, length, count]), 1, 1, length);
  const transition = model.transition.apply(from, reshape(actions, [batch * unroll]), random);
  const errors = crossEntropy(transition.logits, reshape(targets, [batch * unroll, count]));
  const perStep = mean(reshape(errors, [batch, unroll, count]), [0, 2]);
  const { commitment, codebook } = quantised, vq = vqLoss(quantised), loss = mean(perStep);
  const total = add(multiply(reconstruction, reconstructionWeight), add(vq, multiply(loss, transitionWeight)));
  return {
    losses: {
      total,
      reconstruction,
      commitment,
      codebook,
      vq,
      transition: loss,
      entropy: mean(entropyBits(transition.logits)),
    },
    quantised,
    tokens,
    perStep,
    transition,
    decoded,
  };
}

function vqLoss({ commitment, codebook }: Quantised): Tensor {
  return add(multiply(commitment, COMMITMENT), codebook);
}

function chooseFrames(x: Tensor, batch: number, length: number, reconstruct: ReconstructedFrames): Tensor {
  if (reconstruct === "all") return x;
  if (reconstruct === "rows") return slice(x, 0, 0, batch);
  const rest = x.shape.slice(1);
  return reshape(slice(reshape(x, [batch, length, ...rest]), 1, 0, 1), [batch, ...rest]);
}
