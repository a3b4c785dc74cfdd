import type { Device } from "../../device/device.ts";
import { BatchNorm, Conv2d, Embedding, Linear, normalWith, type Parameters, type Window } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import { add, concat, conv2d, gelu, permute, reshape, stopGradient, type Tensor } from "../../tensor/mod.ts";

const SAME: Window = { kernel: 3, stride: 1, padding: 1 };
const POINT: Window = { kernel: 1, stride: 1, padding: 0 };

/** Sizes of the convolutional dynamics of the newest revision (spec 3 §3.4). */
export interface WindowCnnSettings {
  /** Number of codes V. */
  readonly codes: number;
  /** Number of latent actions A. */
  readonly actions: number;
  /** Side g of the token grid. */
  readonly grid: number;
  /** Grids in the window. */
  readonly window: number;
  /** Width of a token. */
  readonly width: number;
  /** Channels of the first and of the other convolutions. */
  readonly channels: readonly [number, number];
}

/**
 * The dynamics of the newest revision: a window of grids and a latent action → logits of the next codes, by convolutions with
 * batch normalisation and one skip (spec 3 §3.4). A convolution in front of a normalisation has a bias that changes nothing;
 * the original has it, so it is here.
 */
export class WindowCnn {
  readonly #table: Embedding;
  readonly #action: Linear;
  readonly #convolutions: readonly Conv2d[];
  readonly #norms: readonly BatchNorm[];
  readonly #skip: Conv2d;
  readonly #head: Conv2d;

  /** Declares the parameters. */
  constructor(parameters: Parameters, name: string, readonly settings: WindowCnnSettings, stream: Stream) {
    const { codes, actions, grid, window, width, channels: [c1, c2] } = settings, inputs = window * width + 1;
    const under = (part: string) => name === "" ? part : `${name}.${part}`;
    this.#table = new Embedding(parameters, under("emb"), codes, width, normalWith(stream, 1));
    this.#action = new Linear(parameters, under("act"), actions, grid * grid, stream);
    const sizes = [[inputs, c1], [c1, c2], [c2, c2], [c2, c2]];
    this.#convolutions = sizes.map(([from, to], i) =>
      new Conv2d(parameters, under(`c${i + 1}`), from, to, SAME, stream)
    );
    this.#skip = new Conv2d(parameters, under("res"), inputs, c2, POINT, stream);
    this.#head = new Conv2d(parameters, under("head"), c2, codes, POINT, stream);
    this.#norms = [c1, c2, c2].map((size, i) => new BatchNorm(parameters, under(`n${i + 1}`), size));
  }

  /** Takes memory for the running statistics. */
  place(device: Device): this {
    for (const norm of this.#norms) norm.place(device);
    return this;
  }

  /** Running statistics by name: part of a checkpoint. */
  get state(): [string, Tensor][] {
    return this.#norms.flatMap(({ state }) => [state.mean, state.variance]).map((tensor) => [tensor.label, tensor]);
  }

  /**
   * Predicts the next codes.
   * @param tokens i32 [B, W, N], oldest grid first
   * @param action [B, A]: probabilities, or one-hot
   * @param training statistics of this batch
   * @returns [B, N, V]
   */
  apply(tokens: Tensor, action: Tensor, training: boolean): Tensor {
    const { grid, window, width, codes } = this.settings, batch = tokens.shape[0];
    const embedded = permute(this.#table.apply(tokens), [0, 2, 1, 3]); // [B, N, W, width]
    const plane = reshape(this.#action.apply(action), [batch, grid * grid, 1]);
    const stacked = concat([reshape(embedded, [batch, grid * grid, window * width]), plane], 2);
    const input = reshape(stacked, [batch, grid, grid, window * width + 1]);
    const [last] = this.#convolutions.slice(-1);
    const inner = this.#norms.reduce(
      (x, norm, i) => gelu(norm.apply(withoutBiasGradient(this.#convolutions[i], x), training)),
      input,
    );
    const out = gelu(add(last.apply(inner), this.#skip.apply(input)));
    return reshape(this.#head.apply(out), [batch, grid * grid, codes]);
  }

  /** Gives the memory of the statistics back. */
  dispose(): void {
    for (const norm of this.#norms) norm.dispose();
  }
}

/**
 * A convolution in front of a normalisation. What its bias adds, the normalisation takes away: its gradient is 0, which f32 only
 * reaches up to rounding noise, and Adam would blow that up to whole steps.
 */
function withoutBiasGradient({ weight, bias, window: { stride, padding } }: Conv2d, x: Tensor): Tensor {
  return conv2d(x, weight, { bias: stopGradient(bias!), stride, padding });
}
