import type { Device } from "../device/device.ts";
import {
  add,
  assign,
  cast,
  divide,
  gatherRows,
  greater,
  histogram,
  less,
  max,
  maximum,
  mean,
  minimum,
  multiply,
  nearestCode,
  resetCodes,
  reshape,
  segmentSum,
  square,
  stopGradient,
  straightThrough,
  subtract,
  sum,
  type Tensor,
  where,
  zeros,
} from "../tensor/mod.ts";
import type { Initialiser, Parameters } from "./parameters.ts";

/** Added to the EMA counts so that no code's count is 0 (spec 1 §5). */
const SMOOTHING = 1e-5;

/** What one lookup gives. */
export interface Quantised {
  /** i32 [...]: the code of each token. */
  readonly indices: Tensor;
  /** [..., depth]: its vector, with the gradient sent straight through to the tokens. */
  readonly output: Tensor;
  /** mean((z − sg e)²), []: pulls the encoder to the codes. */
  readonly commitment: Tensor;
  /** mean((e − sg z)²), []: pulls the codes to the encoder. */
  readonly codebook: Tensor;
  /** [codes]: how many tokens took each code. */
  readonly counts: Tensor;
}

/**
 * A codebook with exponential moving averages (van den Oord et al. 2017, appendix A.1) and re-seeding of dead codes.
 * Parameter `<name>.embedding.weight` [codes, depth]; state: EMA counts [codes], EMA sums [codes, depth], usage [codes].
 */
export class VectorQuantizer {
  /** [codes, depth] */
  readonly codebook: Tensor;
  #state: { count: Tensor; sum: Tensor; usage: Tensor } | null = null;

  /**
   * Declares the codebook.
   * @param decay λ of the moving averages
   * @param leastCount smallest average count that a sum is divided by; 0 for no limit
   */
  constructor(
    parameters: Parameters,
    name: string,
    readonly codes: number,
    readonly depth: number,
    readonly decay: number,
    initialise: Initialiser,
    readonly leastCount: number = SMOOTHING,
  ) {
    this.codebook = parameters.add(`${name}.embedding.weight`, [codes, depth], initialise);
  }

  /** Takes memory for the state: zeros. */
  place(device: Device): void {
    this.#state = {
      count: zeros(device, [this.codes], "f32", "ema_cluster_size"),
      sum: zeros(device, [this.codes, this.depth], "f32", "ema_w"),
      usage: zeros(device, [this.codes], "f32", "code_usage"),
    };
  }

  /** EMA counts and sums, and uses since the last reset: part of a checkpoint. */
  get state(): { readonly count: Tensor; readonly sum: Tensor; readonly usage: Tensor } {
    if (!this.#state) throw new Error("the quantiser's state has no memory yet; call place(device) first");
    return this.#state;
  }

  /** i32 [...] of the nearest codes of tokens [..., depth]. */
  indices(tokens: Tensor): Tensor {
    return nearestCode(tokens, this.codebook);
  }

  /** Vectors [..., depth] of codes i32 [...]. */
  lookup(indices: Tensor): Tensor {
    return gatherRows(this.codebook, indices);
  }

  /** Looks up tokens [..., depth] with the codebook as it is now. @param indices i32 [...], other codes than the nearest */
  quantise(tokens: Tensor, indices: Tensor = this.indices(tokens)): Quantised {
    const vectors = this.lookup(indices);
    return {
      indices,
      output: straightThrough(vectors, tokens),
      commitment: mean(square(subtract(tokens, stopGradient(vectors)))),
      codebook: mean(square(subtract(vectors, stopGradient(tokens)))),
      counts: cast(histogram(indices, this.codes), "f32"),
    };
  }

  /** Moves the averages and with them the codebook, in place, after `quantise` (spec 1 §5). */
  updateAverages(tokens: Tensor, { indices, counts }: Quantised): void {
    const { count, sum: sums, usage } = this.state, rest = 1 - this.decay;
    assign(usage, add(usage, counts));
    const moved = add(multiply(count, this.decay), multiply(counts, rest)), total = sum(moved);
    const smoothed = multiply(divide(add(moved, SMOOTHING), add(total, this.codes * SMOOTHING)), total);
    const tokenSums = segmentSum(stopGradient(tokens), indices, this.codes);
    const movedSums = add(multiply(sums, this.decay), multiply(tokenSums, rest));
    const weights = this.leastCount > 0 ? maximum(smoothed, this.leastCount) : smoothed;
    assign(count, smoothed);
    assign(sums, movedSums);
    assign(this.codebook, divide(movedSums, reshape(weights, [this.codes, 1])));
  }

  /**
   * Re-seeds codes used fewer than `least` times (spec 1 §5).
   * @param tokens [..., depth] to choose from
   * @param pick i32 [n]: token for the j-th dead code
   * @param noise [n, depth] added to it
   * @param clear when usage starts again from 0: "always", or "ifReset" when some code was dead
   * @returns number of codes that were reset, []
   */
  resetDead(
    tokens: Tensor,
    { pick, noise, least, clear }: { pick: Tensor; noise: Tensor; least: number; clear: "always" | "ifReset" },
  ): Tensor {
    const { count, sum: sums, usage } = this.state;
    const dead = less(usage, least), flat = stopGradient(reshape(tokens, [-1, this.depth]));
    resetCodes({ codebook: this.codebook, count, sum: sums }, { usage, tokens: flat, pick, noise, least });
    const any = greater(max(dead), 0), resets = minimum(sum(dead), pick.size);
    assign(usage, clear === "always" ? multiply(usage, 0) : where(any, multiply(usage, 0), usage));
    return resets;
  }

  /**
   * Starts the codebook from tokens: E = token[pick] + noise, counts 1, sums E (spec 1, C3).
   * @param pick i32 [codes]
   * @param noise [codes, depth]
   */
  initialiseFrom(tokens: Tensor, pick: Tensor, noise: Tensor): void {
    const { count, sum: sums } = this.state;
    const start = add(gatherRows(stopGradient(reshape(tokens, [-1, this.depth])), pick), noise);
    assign(this.codebook, start);
    assign(sums, start);
    assign(count, add(multiply(count, 0), 1));
  }

  /** Gives the memory of the state back. */
  dispose(): void {
    if (this.#state) { for (const tensor of Object.values(this.#state)) tensor.dispose(); }
    this.#state = null;
  }
}
