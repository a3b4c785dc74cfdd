import type { Summary } from "../../golden_checks.ts";

/** The golden file of experiment 1 (spec 1 §12), as far as it is read. */
export interface Golden {
  readonly config: {
    readonly img: number;
    readonly chans: readonly number[];
    readonly K: number;
    readonly D: number;
    readonly hid: number;
    readonly layers: number;
    readonly heads: number;
    readonly nact: number;
    readonly B: number;
    readonly T: number;
    /** Constants of the parameters' and inputs' formulas. */
    readonly wb: number;
    readonly wc: number;
    readonly ib: number;
    readonly ic: number;
    readonly img_amp: number;
    readonly lr: number;
    readonly decay: number;
    readonly beta: number;
  };
  readonly n_params: number;
  readonly params: readonly {
    readonly k: number;
    readonly name: string;
    readonly shape: readonly number[];
    readonly a: number;
    readonly b: number;
    readonly plus: number;
  }[];
  readonly obs: Summary;
  readonly actions: readonly (readonly number[])[];
  readonly forward: Losses & {
    readonly transition_per_step: readonly number[];
    readonly indices: readonly number[];
    readonly counts: readonly number[];
    readonly z: Summary;
    readonly zq: Summary;
    readonly recon: Summary;
    readonly afterstate_t: readonly Summary[];
    readonly logits_t: readonly Summary[];
    readonly entropy_per_position_t: readonly (readonly number[])[];
    readonly codebook_after_ema: Summary;
    readonly ema_cluster_size: readonly number[];
    readonly ema_w: Summary;
  };
  readonly grads: readonly {
    readonly name: string;
    readonly l2: number;
    readonly idx: readonly number[];
    readonly val: readonly number[];
  }[];
  readonly steps: readonly (Losses & { readonly grad_norm?: number; readonly clip_coef?: number })[];
  readonly params_after_step_1: readonly ParameterAfter[];
  readonly params_after_step_3: readonly ParameterAfter[];
  readonly ema_after: { readonly cluster_size: readonly number[]; readonly w: Summary; readonly codebook: Summary };
  readonly eval_step: EvalStep & { readonly indices: readonly number[]; readonly decoded: Summary };
  readonly eval_step_pos: EvalStep;
  readonly quantizer_unit: {
    readonly M: number;
    readonly indices: readonly number[];
    readonly counts: readonly number[];
    readonly ema_cluster_size: readonly number[];
    readonly codebook: readonly number[];
    readonly dead: readonly number[];
    readonly n_reset: number;
    readonly perm: readonly number[];
    readonly codebook_after_reset: readonly number[];
    readonly ema_cluster_size_after_reset: readonly number[];
    readonly ema_w_after_reset: Summary;
  };
  readonly games: GoldenGames;
  readonly rules: GoldenRules;
}

export interface Losses {
  readonly total: number;
  readonly recon_all: number;
  readonly recon_t0: number;
  readonly recon_rows: number;
  readonly commit: number;
  readonly codebook: number;
  readonly vq: number;
  readonly transition: number;
  readonly entropy_bits: number;
  readonly perplexity: number;
}

interface ParameterAfter {
  readonly name: string;
  readonly l2: number;
  /** First and last element. */
  readonly val: readonly number[];
}

export interface EvalStep {
  readonly afterstate: Summary;
  readonly logits: Summary;
  readonly argmax: readonly number[];
  readonly entropy: readonly number[];
}

type Board = readonly (readonly number[])[];

interface Picture {
  readonly mean: number;
  readonly l2: number;
  readonly row_sums: readonly number[];
  readonly idx: readonly number[];
  readonly val: readonly number[];
}

export interface GoldenGames {
  readonly slides: readonly {
    readonly board: Board;
    readonly after: readonly Board[];
    readonly oracle_bits: readonly Board[];
  }[];
  readonly render2048: {
    readonly img: number;
    readonly images: readonly Picture[];
    readonly img_small: number;
    readonly images_small: readonly Picture[];
  };
  readonly othello: {
    readonly plies: readonly {
      readonly t: number;
      readonly player: 1 | -1;
      readonly legal: readonly number[];
      readonly action: number;
      readonly n_flips: number;
      readonly passed: boolean;
    }[];
    readonly final_board: Board;
    readonly black: number;
    readonly white: number;
    readonly after_ply_images: Readonly<Record<string, { readonly board: Board } & Readonly<Record<string, Picture>>>>;
  };
}

export interface GoldenRules {
  readonly n: number;
  readonly T: number;
  readonly N: number;
  readonly K: number;
  readonly A: number;
  /** Fewest observations of a table entry's pair come from §7.3 (5); this is the file's own parameter of the data. */
  readonly m: number;
  readonly codes: readonly number[];
  readonly actions: readonly number[];
  readonly counts_nonzero: readonly (readonly [number, number, number, number])[];
  readonly rules: readonly {
    readonly frm: number;
    readonly action: number;
    readonly to: number;
    readonly count: number;
    readonly H: number;
    readonly rule: boolean;
  }[];
  readonly n_rules: number;
  readonly n_chance: number;
  readonly entropy_stats: { readonly mean: number; readonly std: number; readonly min: number; readonly max: number };
  readonly hist50: readonly number[];
  readonly hist_first_edge: number;
  readonly hist_last_edge: number;
  readonly predicted: Readonly<Record<string, number>>;
}
