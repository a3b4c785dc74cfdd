import type { Stream } from "../random.ts";
import { type Activation, conv2d, convTranspose2d, type Tensor } from "../tensor/mod.ts";
import { fanIn } from "./initialise.ts";
import type { Parameters } from "./parameters.ts";

/** Size of the window of a convolution, and how it moves. */
export interface Window {
  /** Side of the window in pixels. */
  readonly kernel: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Zeros on every side. */
  readonly padding: number;
}

/** Convolution over NHWC pictures. Parameters `<name>.weight` [kernel, kernel, inputs, outputs], `<name>.bias` [outputs]. */
export class Conv2d {
  /** [kernel, kernel, inputs, outputs] */
  readonly weight: Tensor;
  /** [outputs]; `null` for a layer without. */
  readonly bias: Tensor | null;

  /** Declares the parameters; both uniform in ±1/√(inputs·kernel²). @param options `bias`: false for a layer without one */
  constructor(
    parameters: Parameters,
    name: string,
    readonly inputs: number,
    readonly outputs: number,
    readonly window: Window,
    stream: Stream,
    { bias = true }: { readonly bias?: boolean } = {},
  ) {
    const { kernel } = window, initialise = fanIn(stream, inputs * kernel * kernel);
    this.weight = parameters.add(`${name}.weight`, [kernel, kernel, inputs, outputs], initialise);
    this.bias = bias ? parameters.add(`${name}.bias`, [outputs], initialise) : null;
  }

  /** [B, H, W, inputs] → [B, ⌊(H + 2·padding − kernel) / stride⌋ + 1, …, outputs] */
  apply(x: Tensor, activation: Activation = "none"): Tensor {
    const { stride, padding } = this.window;
    return conv2d(x, this.weight, { bias: this.bias, stride, padding, activation });
  }
}

/**
 * Transposed convolution over NHWC pictures. Parameters `<name>.weight` [kernel, kernel, outputs, inputs] (the layout of the
 * convolution that it transposes) and `<name>.bias` [outputs].
 */
export class ConvTranspose2d {
  /** [kernel, kernel, outputs, inputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor;

  /** Declares the parameters; both uniform in ±1/√(outputs·kernel²). */
  constructor(
    parameters: Parameters,
    name: string,
    readonly inputs: number,
    readonly outputs: number,
    readonly window: Window,
    stream: Stream,
  ) {
    // PyTorch counts the fan-in of a transposed convolution from its outputs.
    const { kernel } = window, initialise = fanIn(stream, outputs * kernel * kernel);
    this.weight = parameters.add(`${name}.weight`, [kernel, kernel, outputs, inputs], initialise);
    this.bias = parameters.add(`${name}.bias`, [outputs], initialise);
  }

  /** [B, H, W, inputs] → [B, (H − 1)·stride − 2·padding + kernel, …, outputs] */
  apply(x: Tensor, activation: Activation = "none"): Tensor {
    const { stride, padding } = this.window;
    return convTranspose2d(x, this.weight, { bias: this.bias, stride, padding, activation });
  }
}
