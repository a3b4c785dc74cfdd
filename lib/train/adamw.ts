import type { Device } from "../device/device.ts";
import type { Parameters } from "../nn/mod.ts";
import {
  adamW,
  type AdamWSettings,
  add,
  assign,
  sqrt,
  sumOfSquares,
  type Tensor,
  tensor,
  windowOf,
  zeros,
} from "../tensor/mod.ts";

/** What one optimiser step tells. */
export interface StepReport {
  /** Global gradient norm before clipping, []. */
  readonly gradientNorm: Tensor;
}

/**
 * AdamW over all or some of a model's parameters, in one kernel: PyTorch's `torch.optim.AdamW` with
 * `torch.nn.utils.clip_grad_norm_` before it. Weight decay applies to every tensor, biases included.
 */
export class AdamW {
  /** All settings, defaults filled in. */
  readonly settings: AdamWSettings;
  /** First and second moment, step number, in flat memory: state of a checkpoint. */
  readonly state: { readonly first: Tensor; readonly second: Tensor; readonly step: Tensor };
  readonly #gradients: Tensor;
  readonly #windows: readonly Tensor[];
  readonly #flat: Tensor;
  readonly #rate: Tensor;

  /**
   * Takes memory for gradients and moments, all 0.
   * @param parameters already placed on the device
   * @param chosen neighbours in the order of declaration; default: all
   */
  constructor(
    device: Device,
    parameters: Parameters,
    options: { readonly learningRate: number } & Partial<AdamWSettings>,
    readonly chosen: readonly Tensor[] = parameters.tensors,
  ) {
    if (!parameters.flat) {
      throw new Error("AdamW: expected parameters on a device; call parameters.place(device) first");
    }
    const { learningRate, ...settings } = options;
    this.settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 0, ...settings };
    const all = parameters.tensors, at = all.indexOf(chosen[0]);
    if (at < 0 || chosen.some((tensor, i) => all[at + i] !== tensor)) {
      throw new Error("AdamW: expected parameters that were declared one after the other");
    }
    const start = parameters.offsetOf(chosen[0]), next = all[at + chosen.length];
    const size = (next ? parameters.offsetOf(next) : parameters.flatSize) - start;
    this.#flat = windowOf(parameters.flat, start, [size], "optimised parameters");
    this.#gradients = zeros(device, [size], "f32", "gradients");
    this.#windows = chosen.map((tensor) =>
      windowOf(this.#gradients, parameters.offsetOf(tensor) - start, tensor.shape, `${tensor.label} gradient`)
    );
    this.state = {
      first: zeros(device, [size], "f32", "first moment"),
      second: zeros(device, [size], "f32", "second moment"),
      step: zeros(device, [], "u32", "optimiser step"),
    };
    this.#rate = tensor(device, [learningRate], [], "learning rate");
  }

  /** Traces one step. @param gradients one for each chosen parameter, in that order */
  update(gradients: readonly Tensor[]): StepReport {
    if (gradients.length !== this.chosen.length) {
      throw new Error(`AdamW.update: expected ${this.chosen.length} gradients, but found ${gradients.length}`);
    }
    gradients.forEach((gradient, i) => assign(this.#windows[i], gradient));
    const normSquared = sumOfSquares(this.#gradients), { first, second, step } = this.state;
    assign(step, add(step, 1));
    adamW(
      { parameters: this.#flat, first, second },
      { gradients: this.#gradients, normSquared, step, rate: this.#rate },
      this.settings,
    );
    return { gradientNorm: sqrt(normSquared) };
  }

  /** Changes the learning rate from the next run on. */
  setLearningRate(rate: number): void {
    this.#rate.write(new Float32Array([rate]));
  }

  /** The gradients of the last step, before clipping, by parameter name. */
  get gradients(): [string, Tensor][] {
    return this.chosen.map((tensor, i) => [tensor.label, this.#windows[i]]);
  }

  /** Gives the memory of moments and gradients back. */
  dispose(): void {
    for (const tensor of [this.#gradients, this.state.first, this.state.second, this.state.step, this.#rate]) {
      tensor.dispose();
    }
  }
}
