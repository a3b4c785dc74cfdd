import type { Quantised } from "../../nn/mod.ts";
import {
  abs,
  add,
  argmax,
  crossEntropy,
  greater,
  log,
  logSoftmax,
  maximum,
  mean,
  minimum,
  multiply,
  negate,
  oneHot,
  type RandomCounter,
  slice,
  softmax,
  square,
  straightThrough,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import type { ActionNet } from "./action_net.ts";
import type { Dynamics } from "./dynamics.ts";
import type { VqVae } from "./vq_vae.ts";

/** Weight of the commitment loss. */
const COMMITMENT = 0.25;

/** How reconstruction errors count (spec 3 §4.1, R3). */
export type Reconstruction =
  /** mean(w·|y − x|), w = 10 where x > 0.05: the original. */
  | "absolute"
  /** 10·mean(w·(y − x)²), w = 10 on saturated pixels: the agent and the objects. */
  | "saturated";

/** How the codebook learns. */
export type CodebookLearning =
  /** By its gradient: the original. */
  | "gradient"
  /** By moving averages (R4). */
  | "averages";

/** Losses of the VQ-VAE; all []. */
export interface VqVaeLosses {
  /** What is minimised. */
  readonly total: Tensor;
  /** Weighted difference of the pictures. */
  readonly reconstruction: Tensor;
  /** 0.25·mean((z − sg e)²). */
  readonly commitment: Tensor;
  /** mean((e − sg z)²); absent where the codebook learns by averages. */
  readonly codebook?: Tensor;
}

/**
 * Losses of the VQ-VAE without the perceptual term, whose pre-trained networks the original downloads (spec 3 §4.1); with
 * "averages" also the codebook's update, from the same latents, after they were looked up (§5).
 *
 * @param pictures [B, S, S, 3] in [0, 1]
 * @param forced codes i32 [B, g, g] to use instead of the nearest
 */
export function vqVaeLoss(
  vqVae: VqVae,
  pictures: Tensor,
  settings: { readonly reconstruction: Reconstruction; readonly codebook: CodebookLearning },
  forced?: Tensor,
): { losses: VqVaeLosses; quantised: Quantised; latents: Tensor; decoded: Tensor } {
  const latents = vqVae.encode(pictures), quantised = vqVae.quantizer.quantise(latents, forced);
  if (settings.codebook === "averages") vqVae.quantizer.updateAverages(latents, quantised);
  const decoded = vqVae.decode(quantised.output);
  const reconstruction = reconstructionLoss(decoded, pictures, settings.reconstruction);
  const commitment = multiply(quantised.commitment, COMMITMENT), both = add(reconstruction, commitment);
  const losses = settings.codebook === "averages"
    ? { total: both, reconstruction, commitment }
    : { total: add(both, quantised.codebook), reconstruction, commitment, codebook: quantised.codebook };
  return { losses, quantised, latents, decoded };
}

function reconstructionLoss(decoded: Tensor, pictures: Tensor, kind: Reconstruction): Tensor {
  const difference = subtract(decoded, pictures);
  if (kind === "absolute") {
    return mean(multiply(add(multiply(greater(pictures, 0.05), 9), 1), abs(difference)));
  }
  // Highest less lowest channel of each pixel, [B, S, S, 1].
  const [red, green, blue] = [0, 1, 2].map((channel) => slice(pictures, 3, channel, channel + 1));
  const saturation = subtract(maximum(maximum(red, green), blue), minimum(minimum(red, green), blue));
  const weight = add(multiply(greater(saturation, 0.2), 9), 1);
  return multiply(mean(multiply(weight, square(difference))), 10);
}

/** How the latent action reaches the dynamics, and what its entropies cost (spec 3 §4.2, §4.3). */
export interface BottleneckSettings {
  /** "soft": all A probabilities, the original. "hard": the likeliest code alone, with the gradient straight through (R5). */
  readonly bottleneck: "soft" | "hard";
  /** λ_c, weight of the entropy of each code. */
  readonly conditional: number;
  /** λ_m, weight of the entropy of all codes together, which is maximised. */
  readonly marginal: number;
}

/** A batch of token grids before and after, i32 [B, N] each. */
export interface GridPair {
  /** The grid that was. */
  readonly before: Tensor;
  /** The one that followed. */
  readonly after: Tensor;
}

/** Losses of action net and dynamics; all []. */
export interface PairLosses {
  /** What is minimised. */
  readonly total: Tensor;
  /** Mean cross-entropy of the next codes, nats. */
  readonly prediction: Tensor;
  /** H: mean entropy of each code's probabilities, nats. */
  readonly conditional: Tensor;
  /** H_m: entropy of the mean probabilities, nats. */
  readonly marginal: Tensor;
}

/** What one pass through action net and dynamics gives. */
export interface PairPass {
  /** What is minimised, and its parts. */
  readonly losses: PairLosses;
  /** [B, A] */
  readonly actionLogits: Tensor;
  /** [B, A] */
  readonly probabilities: Tensor;
  /** i32 [B]: the likeliest latent action. */
  readonly codes: Tensor;
  /** [B, N, V] */
  readonly logits: Tensor;
}

/**
 * Action net and dynamics on pairs of grids.
 *
 * @param seen what the action net sees instead of `pair`, for example the same pairs turned (R9)
 * @param random for dropout; `null` for evaluation
 */
export function pairLoss(
  actionNet: ActionNet,
  dynamics: Dynamics,
  pair: GridPair,
  settings: BottleneckSettings,
  { seen = pair, random = null }: { readonly seen?: GridPair; readonly random?: RandomCounter | null } = {},
): PairPass {
  const actionLogits = actionNet.apply(seen.before, seen.after);
  const probabilities = softmax(actionLogits), codes = argmax(actionLogits);
  const action = settings.bottleneck === "hard"
    ? straightThrough(oneHot(codes, actionNet.settings.actions), probabilities)
    : probabilities;
  const logits = dynamics.apply(pair.before, action, random);
  const prediction = mean(crossEntropy(logits, pair.after));
  const conditional = negate(mean(sum(multiply(probabilities, logSoftmax(actionLogits)), [1])));
  const average = mean(probabilities, [0]), marginal = negate(sum(multiply(average, log(add(average, 1e-8)))));
  const entropies = subtract(multiply(conditional, settings.conditional), multiply(marginal, settings.marginal));
  const losses = { total: add(prediction, entropies), prediction, conditional, marginal };
  return { losses, actionLogits, probabilities, codes, logits };
}
