import type { Device } from "../../device/device.ts";
import { Parameters, uniformIn, VectorQuantizer } from "../../nn/mod.ts";
import { Stream } from "../../random.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { Decoder, Encoder } from "./autoencoder.ts";
import type { ModelSettings } from "./settings.ts";
import { TransitionModel } from "./transition.ts";

/**
 * The VQ world model of experiment 1: pictures become N codes, and the next codes are predicted as a categorical
 * distribution per position (spec 1 §3). Parameters are named as in the original's state dict.
 */
export class VqWorldModel {
  /** All parameters, in the order of the original. */
  readonly parameters = new Parameters();
  /** Picture to tokens. */
  readonly encoder: Encoder;
  /** Tokens to codes. */
  readonly quantizer: VectorQuantizer;
  /** Codes to picture. */
  readonly decoder: Decoder;
  /** Codes and action to logits of the next codes. */
  readonly transition: TransitionModel;
  readonly #autoencoderCount: number;

  /** Declares all parameters. @param seed of the initial parameters, stream "model/initial" */
  constructor(readonly settings: ModelSettings, seed: number) {
    const stream = Stream.named(seed, "model/initial"), { parameters } = this;
    this.encoder = new Encoder(parameters, settings, stream);
    this.quantizer = new VectorQuantizer(
      parameters,
      "quantizer",
      settings.codes,
      settings.codeWidth,
      settings.decay,
      uniformIn(stream, 1 / settings.codes),
    );
    this.decoder = new Decoder(parameters, settings, stream);
    this.#autoencoderCount = parameters.tensors.length;
    this.transition = new TransitionModel(parameters, settings, stream);
  }

  /** Puts parameters and codebook state on a device. */
  place(device: Device): this {
    this.parameters.place(device);
    this.quantizer.place(device);
    return this;
  }

  /** Parameters of encoder, codebook and decoder: what stage 1 trains (C5). */
  get autoencoderParameters(): Tensor[] {
    return this.parameters.tensors.slice(0, this.#autoencoderCount);
  }

  /** Parameters of dynamics and chance: what stage 2 trains (C5). */
  get transitionParameters(): Tensor[] {
    return this.parameters.tensors.slice(this.#autoencoderCount);
  }

  /** Everything a checkpoint must hold of the model, by name: parameters, then the codebook's state. */
  get tensors(): [string, Tensor][] {
    const { count, sum, usage } = this.quantizer.state;
    return [
      ...this.parameters.entries,
      ["quantizer.ema_cluster_size", count],
      ["quantizer.ema_w", sum],
      ["quantizer.code_usage", usage],
    ];
  }

  /** Gives all memory back. */
  dispose(): void {
    this.parameters.dispose();
    this.quantizer.dispose();
  }
}
