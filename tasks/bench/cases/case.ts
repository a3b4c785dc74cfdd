/** What is measured. A case is plain data that every peer makes ready in its own way. */
import type { ModelSizes } from "./model.ts";

interface CaseBase {
  /** As typed after `--case`. */
  readonly id: string;
  readonly title: string;
  /** Floating-point operations per run; an addition and a multiplication are two. */
  readonly flops: number;
  /** Part of `--quick`. */
  readonly quick: boolean;
  /** Largest share by which the numbers of two peers may differ. */
  readonly tolerance: number;
}

/** C = A·B, all [size, size]. */
export interface MatmulCase extends CaseBase {
  readonly kind: "matmul";
  readonly size: number;
}

/**
 * A stack of convolutions 4×4, stride 2, padding 1, each with bias and ReLU: the encoder of spec 1 §3. With `backward` also
 * the gradients of all weights and biases of mean(y²).
 */
export interface ConvCase extends CaseBase {
  readonly kind: "conv";
  readonly batch: number;
  /** Pictures are [batch, side, side, channels[0]]. */
  readonly side: number;
  readonly channels: readonly number[];
  readonly backward: boolean;
}

/** One step of stage 1 (spec 1 §9, C5): the VQ-VAE on a batch of frames. */
export interface AutoencoderCase extends CaseBase {
  readonly kind: "autoencoder step";
  readonly sizes: ModelSizes;
  readonly batch: number;
}

/** One step of stage 2: dynamics and chance transformer on a batch of transitions. */
export interface TransitionCase extends CaseBase {
  readonly kind: "transition step";
  readonly sizes: ModelSizes;
  readonly batch: number;
}

export type Case = MatmulCase | ConvCase | AutoencoderCase | TransitionCase;
