import type { Device } from "../device/device.ts";
import { add, assign, divide, mean, multiply, sqrt, square, subtract, type Tensor, tensor } from "../tensor/mod.ts";
import { constant } from "./initialise.ts";
import type { Parameters } from "./parameters.ts";

/**
 * Batch normalisation of the last axis (Ioffe & Szegedy 2015), as `torch.nn.BatchNorm2d`. Parameters `<name>.weight` and
 * `<name>.bias` [width], from 1 and 0; state: running mean and variance [width], from 0 and 1.
 */
export class BatchNorm {
  /** [width] */
  readonly scale: Tensor;
  /** [width] */
  readonly shift: Tensor;
  readonly #name: string;
  #state: { mean: Tensor; variance: Tensor } | null = null;

  /** Declares the parameters. @param momentum share of a new batch in the running statistics */
  constructor(
    parameters: Parameters,
    name: string,
    readonly width: number,
    readonly momentum = 0.1,
    readonly epsilon = 1e-5,
  ) {
    this.#name = name;
    this.scale = parameters.add(`${name}.weight`, [width], constant(1));
    this.shift = parameters.add(`${name}.bias`, [width], constant(0));
  }

  /** Takes memory for the running statistics. */
  place(device: Device): void {
    const filled = (value: number, what: string) =>
      tensor(device, new Float32Array(this.width).fill(value), [this.width], `${this.#name}.${what}`);
    this.#state = { mean: filled(0, "running_mean"), variance: filled(1, "running_var") };
  }

  /** Running mean and variance: part of a checkpoint. */
  get state(): { readonly mean: Tensor; readonly variance: Tensor } {
    if (!this.#state) {
      throw new Error(`${this.#name}: the running statistics have no memory yet; call place(device) first`);
    }
    return this.#state;
  }

  /**
   * [..., width] → [..., width]
   * @param training statistics of this batch, which also move the running ones; else the running ones
   */
  apply(x: Tensor, training: boolean): Tensor {
    const { state } = this;
    if (!training) return this.#scaled(subtract(x, state.mean), state.variance);
    const axes = x.shape.slice(0, -1).map((_, axis) => axis), count = x.size / this.width;
    const middle = mean(x, axes), centred = subtract(x, middle), variance = mean(square(centred), axes);
    // The running variance is the unbiased one, the batch's own is not.
    this.#move(state.mean, middle);
    this.#move(state.variance, multiply(variance, count / Math.max(count - 1, 1)));
    return this.#scaled(centred, variance);
  }

  #scaled(centred: Tensor, variance: Tensor): Tensor {
    return add(multiply(divide(centred, sqrt(add(variance, this.epsilon))), this.scale), this.shift);
  }

  #move(running: Tensor, fresh: Tensor): void {
    assign(running, add(multiply(running, 1 - this.momentum), multiply(fresh, this.momentum)));
  }

  /** Gives the memory of the state back. */
  dispose(): void {
    if (this.#state) { for (const tensor of Object.values(this.#state)) tensor.dispose(); }
    this.#state = null;
  }
}
