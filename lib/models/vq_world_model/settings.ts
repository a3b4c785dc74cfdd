/** Sizes of the VQ world model of experiment 1 (spec 1 §3). */
export interface ModelSettings {
  /** Side S of the square grey picture in pixels. */
  readonly imageSide: number;
  /** Channels after each convolution; each halves the side. */
  readonly channels: readonly number[];
  /** Number of codes K. */
  readonly codes: number;
  /** Width D of a code. */
  readonly codeWidth: number;
  /** Inner width of the dynamics' output layers. */
  readonly hidden: number;
  /** Transformer blocks in the dynamics and in the chance part, each. */
  readonly blocks: number;
  /** Attention heads. */
  readonly heads: number;
  /** Number of actions. */
  readonly actions: number;
  /** Dropout rate in the transformer blocks (C8: 0 in the small configuration). */
  readonly dropout: number;
  /** λ of the codebook's moving averages. */
  readonly decay: number;
  /** Standard deviation of the position table at the start (C1); 0 for a model without positions, like the original. */
  readonly positions: number;
}

/** Side g of the latent grid: S / 2^layers. */
export function gridSide(settings: ModelSettings): number {
  return settings.imageSide / 2 ** settings.channels.length;
}

/** Tokens per picture N = g². */
export function tokenCount(settings: ModelSettings): number {
  return gridSide(settings) ** 2;
}
