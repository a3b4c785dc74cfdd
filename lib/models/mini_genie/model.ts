import type { Device } from "../../device/device.ts";
import { Parameters } from "../../nn/mod.ts";
import { Stream } from "../../random.ts";
import type { Tensor } from "../../tensor/mod.ts";
import { ActionNet } from "./action_net.ts";
import { Dynamics } from "./dynamics.ts";
import { type GenieSettings, tokenGridSide, tokensPerPicture } from "./settings.ts";
import { VqVae } from "./vq_vae.ts";

/** The three networks of experiment 3: eyes, latent actions, brain (spec 3 §3). */
export class MiniGenie {
  /** All parameters: VQ-VAE, action net, dynamics. */
  readonly parameters = new Parameters();
  /** Eyes: pictures ↔ codes. */
  readonly vqVae: VqVae;
  /** Two grids → latent action. */
  readonly actionNet: ActionNet;
  /** Brain: grid and latent action → next grid. */
  readonly dynamics: Dynamics;
  readonly #eyes: number;

  /** Declares all parameters. @param seed of the initial parameters, streams "model/…" */
  constructor(readonly settings: GenieSettings, seed: number) {
    const { parameters } = this, { vqVae, actionNet, dynamics } = settings, { imageSide } = settings;
    if (!Number.isInteger(imageSide / 4) || imageSide < 4) {
      throw new RangeError(`MiniGenie: expected a picture's side that is a multiple of 4, but found ${imageSide}`);
    }
    const tokens = tokensPerPicture(settings), { codes } = vqVae, { actions } = actionNet;
    const stream = (part: string) => Stream.named(seed, `model/${part}`);
    this.vqVae = new VqVae(parameters, "vq", vqVae, stream("vq"));
    this.#eyes = parameters.tensors.length;
    this.actionNet = new ActionNet(parameters, "lam", codes, tokenGridSide(settings), actionNet, stream("lam"));
    this.dynamics = new Dynamics(parameters, "wm", { codes, tokens, actions }, dynamics, stream("wm"));
  }

  /** Puts parameters and codebook state on a device. */
  place(device: Device): this {
    this.parameters.place(device);
    this.vqVae.quantizer.place(device);
    return this;
  }

  /** Parameters of the VQ-VAE: what the first stage trains. */
  get vqVaeParameters(): Tensor[] {
    return this.parameters.tensors.slice(0, this.#eyes);
  }

  /** Parameters of action net and dynamics: what the second stage trains. */
  get pairParameters(): Tensor[] {
    return this.parameters.tensors.slice(this.#eyes);
  }

  /** Everything a checkpoint must hold of the model, by name: parameters, then the codebook's state. */
  get tensors(): [string, Tensor][] {
    const { count, sum, usage } = this.vqVae.quantizer.state;
    return [
      ...this.parameters.entries,
      ["vq.quantizer.ema_cluster_size", count],
      ["vq.quantizer.ema_w", sum],
      ["vq.quantizer.code_usage", usage],
    ];
  }

  /** Gives all memory back. */
  dispose(): void {
    this.parameters.dispose();
    this.vqVae.quantizer.dispose();
  }
}
