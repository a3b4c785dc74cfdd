import type { Device } from "../../device/mod.ts";
import { type MiniGenie, tokensPerPicture, vqVaeLoss } from "../../models/mini_genie/mod.ts";
import { compile, type Estimate, gradients, greater, type KernelProfile, sum, type Tensor } from "../../tensor/mod.ts";
import {
  AdamW,
  CodeResets,
  type PassState,
  type Plain,
  ShuffledBatches,
  type Stage,
  type TracedReseed,
} from "../../train/mod.ts";
import { perplexityOf } from "./health.ts";
import type { PictureSource } from "./pictures.ts";
import type { Settings } from "./settings.ts";

/** Stage 1: encoder, codebook and decoder learn from single frames (spec 3 §4.1, §5, §6). */
export class VqVaeStage implements Stage {
  readonly #batches: ShuffledBatches;
  readonly #resets: CodeResets | null;
  readonly #optimiser: AdamW;
  readonly #plain;
  readonly #checked;
  readonly #start;

  /** @param shown numbers of the frames to learn from, as often as they were recorded */
  constructor(
    device: Device,
    readonly settings: Settings,
    readonly model: MiniGenie,
    readonly source: PictureSource,
    shown: Int32Array,
    seed: number,
  ) {
    const { vqVae } = model, { batch, learningRate, codebook, resets, startFromData } = settings.vqVae;
    const tokens = batch * tokensPerPicture(model.settings), { quantizer } = vqVae;
    this.#batches = new ShuffledBatches(shown, batch, seed, "vq-vae/batches");
    const never = { every: 1, until: 0, least: 0, most: null, clear: "always" } as const;
    this.#resets = resets || startFromData ? new CodeResets(resets ?? never, tokens, quantizer, seed) : null;
    // The codebook is the first parameter; averages move it without an optimiser.
    const all = model.vqVaeParameters, chosen = codebook === "averages" ? all.slice(1) : all;
    this.#optimiser = new AdamW(device, model.parameters, { learningRate, weightDecay: 0 }, chosen);
    const trace = (batch: Tensor, reseed: TracedReseed | null) => {
      const { losses, quantised, latents } = vqVaeLoss(vqVae, source.pictures(batch), settings.vqVae);
      const reset = reseed ? this.#resets!.traceReset(latents, reseed) : null;
      const { gradientNorm } = this.#optimiser.update(gradients(losses.total, chosen));
      return {
        loss: losses.total,
        reconstruction: losses.reconstruction,
        codes: sum(greater(quantised.counts, 0)),
        perplexity: perplexityOf(quantised.counts),
        commitment: losses.commitment,
        ...(losses.codebook ? { codebook: losses.codebook } : {}),
        gradientNorm,
        ...(reset ? { reset } : {}),
      };
    };
    this.#plain = compile(device, (batch: Tensor) => trace(batch, null));
    this.#checked = compile(device, (batch: Tensor, reseed: TracedReseed) => trace(batch, reseed));
    this.#start = compile(device, (batch: Tensor, reseed: TracedReseed) => {
      this.#resets!.traceStart(vqVae.encode(source.pictures(batch)), reseed);
    });
  }

  step(step: number): Readonly<Record<string, Tensor>> {
    const batch = this.#nextBatch();
    if (step === 0 && this.settings.vqVae.startFromData) this.#start.run(batch, this.#resets!.drawStart());
    return this.#resets?.due(step + 1) ? this.#checked.run(batch, this.#resets.drawReset()) : this.#plain.run(batch);
  }

  #nextBatch() {
    return this.source.batch(this.#batches.next());
  }

  get tensors(): [string, Tensor][] {
    return Object.entries(this.#optimiser.state);
  }

  estimate(): Estimate {
    return this.#plain.estimate(this.#nextBatch());
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#plain.profile(this.#nextBatch());
  }

  state(): Plain {
    return { batches: this.#batches.state(), resets: this.#resets?.state() ?? null } as unknown as Plain;
  }

  restore(state: unknown): void {
    const { batches, resets } = state as {
      batches: PassState;
      resets: Parameters<CodeResets["restore"]>[0] | null;
    };
    this.#batches.restore(batches);
    if (resets) this.#resets?.restore(resets);
  }

  dispose(): void {
    for (const program of [this.#plain, this.#checked, this.#start]) program.dispose();
    this.#optimiser.dispose();
  }
}
