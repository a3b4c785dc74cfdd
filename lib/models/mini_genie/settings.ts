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
}

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
  /** Average over all places instead of one weight for each: the code cannot depend on the place (later revisions). */
  readonly pooled: boolean;
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
