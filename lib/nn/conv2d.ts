import type { Stream } from "../random.ts";
import { type Activation, conv2d, convTranspose2d, type Tensor } from "../tensor/mod.ts";
import { fanIn } from "./initialise.ts";
import type { Parameters } from "./parameters.ts";

/** Size of the window of a convolution, and how it moves. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Convolution over NHWC pictures. Parameters `<name>.weight` [kernel, kernel, inputs, outputs], `<name>.bias` [outputs]. */
export class Conv2d {
  readonly weight: Tensor;
  readonly bias: Tensor;

  constructor(
    parameters: Parameters,
    name: string,
    readonly inputs: number,
    readonly outputs: number,
    readonly window: Window,
    stream: Stream,
  ) {
    const { kernel } = window, initialise = fanIn(stream, inputs * kernel * kernel);
    this.weight = parameters.add(`${name}.weight`, [kernel, kernel, inputs, outputs], initialise);
    this.bias = parameters.add(`${name}.bias`, [outputs], initialise);
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
  readonly weight: Tensor;
  readonly bias: Tensor;

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
