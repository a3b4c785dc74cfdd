/** Sections of the golden file of experiment 3 about networks (spec 3 §12), as far as they are read. */

import type { GoldenAgreement, GoldenTsne } from "./analysis.ts";
import type { GoldenEnvironment } from "./environment.ts";

/** A tensor given by the formula off + a·sin(b·i + c·k), k its place in the list. */
export interface FormulaTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly a: number;
  readonly off: number;
}

/** Size, mean, norm and samples of a tensor. */
export interface Stats {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly l2: number;
  readonly idx: readonly number[];
  readonly val: readonly number[];
}

/** Norm and samples of a gradient; some sections have the norm alone, as a plain number. */
export type GradientStats = number | {
  readonly l2: number;
  readonly idx?: readonly number[];
  readonly val?: readonly number[];
};

/** What sections with trained parameters share. */
export interface Section {
  readonly config: Readonly<Record<string, number>>;
  readonly params: readonly FormulaTensor[];
  readonly n_params: number;
}

export interface VqLosses {
  readonly total: number;
  readonly rec: number;
  readonly codebook: number;
  readonly commit: number;
}

export interface GoldenVqVae extends Section {
  readonly input: Stats;
  readonly latent: Stats;
  readonly recon: Stats;
  readonly grads: Readonly<Record<string, GradientStats>>;
  readonly losses_after_0_1_2_3_steps: readonly VqLosses[];
  /** Absent in `vqvae_full_size`, whose codes are forced. */
  readonly indices?: readonly number[];
  readonly indices_after_step?: readonly (readonly number[])[];
  readonly codes_used?: number;
  readonly perplexity?: number;
}

export interface GoldenAverages {
  readonly steps: readonly {
    readonly losses: VqLosses;
    readonly perplexity: number;
    readonly count?: readonly number[];
    readonly cluster_size?: readonly number[];
    readonly codebook?: Stats;
  }[];
  readonly zero_start_one_update: {
    readonly sums_phase_index: number;
    readonly cluster_size: readonly number[];
    readonly codebook_l2: number;
    readonly codebook_max_abs: number;
  };
  readonly reset: {
    readonly usage: readonly number[];
    readonly threshold: number;
    readonly dead: readonly number[];
    readonly codebook: Stats;
  };
}

export interface PairBlock {
  readonly lambda_cond: number;
  readonly lambda_marg: number;
  readonly action_logits: readonly (readonly number[])[];
  readonly action_argmax: readonly number[];
  readonly token_logits: Stats;
  readonly token_accuracy: number;
  readonly grads: Readonly<Record<string, GradientStats>>;
  readonly losses_after_0_1_2_3_steps: readonly {
    readonly total: number;
    readonly ce: number;
    readonly cond_entropy: number;
    readonly marg_entropy: number;
  }[];
}

export interface GoldenPair extends Section {
  readonly config: Section["config"] & { readonly cc: number & readonly number[] };
  readonly tokens0: readonly number[];
  readonly tokens1: readonly number[];
  readonly soft: PairBlock;
  readonly straight_through: PairBlock;
  readonly dream: {
    readonly greedy: readonly { readonly code: number; readonly tokens: readonly number[] }[];
    readonly topk: {
      readonly code: number;
      readonly k: number;
      readonly temperature: number;
      readonly prob_row0: readonly number[];
      readonly picked: readonly number[];
    };
  };
}

export interface GoldenWindowCnn extends Section {
  readonly window_tokens: readonly number[];
  readonly target: readonly number[];
  readonly action_probs: readonly (readonly number[])[];
  readonly logits: Stats;
  readonly grads: Readonly<Record<string, GradientStats>>;
  readonly running_mean_n1: readonly number[];
  readonly running_var_n1: readonly number[];
  readonly ce_after_0_1_2_3_adamw_steps: readonly number[];
}

/** The whole file, as far as this folder reads it. */
export interface Golden {
  readonly env: GoldenEnvironment;
  readonly tsne: GoldenTsne;
  readonly agreement: GoldenAgreement;
  readonly vqvae: GoldenVqVae;
  readonly vqvae_full_size: GoldenVqVae;
  readonly vq_ema: GoldenAverages;
  readonly pair: GoldenPair;
  readonly cnn_later_revision: GoldenWindowCnn;
}
