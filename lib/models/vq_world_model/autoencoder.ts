import { Conv2d, ConvTranspose2d, Linear, type Parameters, type Window } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import { reshape, type Tensor } from "../../tensor/mod.ts";
import { gridSide, type ModelSettings } from "./settings.ts";

/** Every layer halves or doubles the side. */
const WINDOW: Window = { kernel: 4, stride: 2, padding: 1 };

/** Picture to tokens: strided convolutions with ReLU, then one linear map per cell (spec 1 §3). */
export class Encoder {
  readonly #layers: readonly Conv2d[];
  readonly #project: Linear;

  /** Declares the layers, first convolution first. */
  constructor(parameters: Parameters, settings: ModelSettings, stream: Stream) {
    const { channels, codeWidth } = settings;
    this.#layers = channels.map((out, i) =>
      new Conv2d(parameters, `encoder.conv.${2 * i}`, i === 0 ? 1 : channels[i - 1], out, WINDOW, stream)
    );
    this.#project = new Linear(parameters, "encoder.proj", channels.at(-1)!, codeWidth, stream);
  }

  /** [B, S, S, 1] → [B, N, D], cells row by row */
  apply(frames: Tensor): Tensor {
    const features = this.#layers.reduce((x, layer) => layer.apply(x, "relu"), frames);
    const [batch, height, width, depth] = features.shape;
    return this.#project.apply(reshape(features, [batch, height * width, depth]));
  }
}

/** Tokens to picture: one linear map per token, then transposed convolutions, ReLU between and sigmoid last. */
export class Decoder {
  readonly #project: Linear;
  readonly #layers: readonly ConvTranspose2d[];
  readonly #side: number;

  /** Declares the layers, projection first. */
  constructor(parameters: Parameters, settings: ModelSettings, stream: Stream) {
    const channels = settings.channels.toReversed();
    this.#side = gridSide(settings);
    this.#project = new Linear(parameters, "decoder.proj", settings.codeWidth, channels[0], stream);
    this.#layers = channels.map((width, i) =>
      new ConvTranspose2d(parameters, `decoder.deconv.${2 * i}`, width, channels[i + 1] ?? 1, WINDOW, stream)
    );
  }

  /** [B, N, D] → [B, S, S, 1] grey in [0, 1] */
  apply(tokens: Tensor): Tensor {
    const projected = this.#project.apply(tokens);
    const features = reshape(projected, [tokens.shape[0], this.#side, this.#side, projected.shape[2]]);
    return this.#layers.reduce(
      (x, layer, i) => layer.apply(x, i === this.#layers.length - 1 ? "sigmoid" : "relu"),
      features,
    );
  }
}
