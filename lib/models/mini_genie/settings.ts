/** Sizes of the three networks of experiment 3 (spec 3 §3). */
export interface GenieSettings {
  /** Side of the square RGB picture in pixels; a multiple of 4. */
  readonly imageSide: number;
  /** Eyes. */
  readonly vqVae: VqVaeSettings;
  /** Latent actions. */
  readonly actionNet: ActionNetSettings;
  /** Brain. */
  readonly dynamics: DynamicsSettings;
}

/** Sizes of the VQ-VAE (spec 3 §3.1). */
export interface VqVaeSettings {
  /** Channels h at the grid's size; h/2 at twice that side. */
  readonly hidden: number;
  /** Channels r inside the residual blocks. */
  readonly residual: number;
  /** Width D of a code. */
  readonly codeWidth: number;
  /** Number of codes V. */
  readonly codes: number;
  /** γ of the codebook's moving averages, where it has them. */
  readonly decay: number;
  /**
   * Each token sees its own 4 × 4 pixels and paints them, and nothing else: equal patches have equal codes wherever they are.
   * The original's windows overlap, so a code also tells what is next to it, and with it the place.
   */
  readonly patches: boolean;
}

/**
 * How the action net sees a pair of pictures: as it is; turned by a random number of quarter turns in training (R9); or in all
 * four turns, always, with the mean of their logits, so that turned pairs cannot have different latent actions.
 */
export type Turns = "none" | "random" | "all";

/** Sizes of the latent action net (spec 3 §3.2). */
export interface ActionNetSettings {
  /** Number of latent actions A. */
  readonly actions: number;
  /** Width E of a token. */
  readonly width: number;
  /** Channels of the three convolutions. */
  readonly channels: readonly [number, number, number];
  /** Width of the hidden linear layer. */
  readonly hidden: number;
  /** Average over all places instead of one weight for each (later revisions). */
  readonly pooled: boolean;
  /**
   * Only tokens that change are seen, each with its eight neighbours, and averaged over: the same change has the same logits
   * wherever it happens. Without it convolutions that halve the side, and zeros beyond the edge, tell the place in spite of `pooled`.
   */
  readonly changes: boolean;
  /** In which turns a pair is seen (R9). */
  readonly turns: Turns;
}

/** Sizes of the dynamics transformer (spec 3 §3.3). */
export interface DynamicsSettings {
  /** Channels of a token. */
  readonly width: number;
  /** Attention heads; divide the width. */
  readonly heads: number;
  /** Transformer layers. */
  readonly layers: number;
  /** Inner width of the feed-forward part. */
  readonly inner: number;
  /** Rate of dropout. */
  readonly dropout: number;
}

/** Side g of the token grid. */
export function tokenGridSide({ imageSide }: Pick<GenieSettings, "imageSide">): number {
  return imageSide / 4;
}

/** Tokens per picture N = g². */
export function tokensPerPicture(settings: Pick<GenieSettings, "imageSide">): number {
  return tokenGridSide(settings) ** 2;
}
