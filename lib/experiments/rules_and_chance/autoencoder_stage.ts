import type { Device } from "../../device/mod.ts";
import { autoencoderLoss, tokenCount, type VqWorldModel } from "../../models/vq_world_model/mod.ts";
import {
  compile,
  type Estimate,
  gatherFrames,
  gradients,
  greater,
  type KernelProfile,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import { AdamW, Batches, CodeResets, type Plain, type Stage, type TracedReseed } from "../../train/mod.ts";
import { type DeviceData, type GameData, pixelVariance } from "./data.ts";
import type { Settings } from "./settings.ts";

/** Stage 1 (C5): encoder, codebook and decoder learn from single random frames. */
export class AutoencoderStage implements Stage {
  readonly #batches: Batches;
  readonly #resets: CodeResets;
  readonly #optimiser: AdamW;
  readonly #plain;
  readonly #checked;
  readonly #start;

  constructor(
    device: Device,
    readonly settings: Settings,
    readonly model: VqWorldModel,
    games: GameData,
    data: DeviceData,
    seed: number,
  ) {
    const { autoencoder, repairs, weightDecay, clipNorm } = settings, { batch, learningRate } = autoencoder;
    this.#batches = new Batches(games.frames, batch, seed, "autoencoder/batches");
    this.#resets = new CodeResets(settings.resets, batch * tokenCount(model.settings), model.quantizer, seed);
    const chosen = model.autoencoderParameters;
    this.#optimiser = new AdamW(device, model.parameters, { learningRate, weightDecay, clipNorm }, chosen);
    const weight = repairs.C2 ? 1 / pixelVariance(games) : 1;
    const frames = (index: Tensor) => gatherFrames(data.boards, index, data.patches);

    const trace = (index: Tensor, reseed: TracedReseed | null) => {
      const { losses, quantised, tokens } = autoencoderLoss(model, frames(index), weight);
      const reset = reseed ? this.#resets.traceReset(tokens, reseed) : null;
      const { gradientNorm } = this.#optimiser.update(gradients(losses.total, chosen));
      const used = sum(greater(quantised.counts, 0));
      return {
        loss: losses.total,
        reconstruction: losses.reconstruction,
        commitment: losses.commitment,
        codes: used,
        gradientNorm,
        ...(reset ? { reset } : {}),
      };
    };
    this.#plain = compile(device, (index: Tensor) => trace(index, null));
    this.#checked = compile(device, (index: Tensor, reseed: TracedReseed) => trace(index, reseed));
    this.#start = compile(device, (index: Tensor, reseed: TracedReseed) => {
      this.#resets.traceStart(model.encoder.apply(frames(index)), reseed);
    });
  }

  step(step: number): Readonly<Record<string, Tensor>> {
    const index = this.#batches.next();
    if (step === 0 && this.settings.repairs.C3) this.#start.run(index, this.#resets.drawStart());
    return this.#resets.due(step + 1) ? this.#checked.run(index, this.#resets.drawReset()) : this.#plain.run(index);
  }

  get tensors(): [string, Tensor][] {
    return Object.entries(this.#optimiser.state);
  }

  estimate(): Estimate {
    return this.#plain.estimate(this.#batches.next());
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#plain.profile(this.#batches.next());
  }

  state(): Plain {
    return { batches: this.#batches.state(), resets: this.#resets.state() } as unknown as Plain;
  }

  restore(state: unknown): void {
    const { batches, resets } = state as {
      batches: Parameters<Batches["restore"]>[0];
      resets: Parameters<CodeResets["restore"]>[0];
    };
    this.#batches.restore(batches);
    this.#resets.restore(resets);
  }

  dispose(): void {
    for (const program of [this.#plain, this.#checked, this.#start]) program.dispose();
    this.#optimiser.dispose();
  }
}
