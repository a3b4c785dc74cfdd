import type { Device } from "../../device/mod.ts";
import { tokenCount, transitionLoss, type VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { Stream } from "../../random.ts";
import {
  add,
  compile,
  type Estimate,
  gatherRows,
  gradients,
  type KernelProfile,
  RandomCounter,
  reshape,
  type Tensor,
  tensor,
} from "../../tensor/mod.ts";
import { AdamW, Batches, type Plain, type Stage } from "../../train/mod.ts";
import type { DeviceData, GameData } from "./data.ts";
import { encodeAll } from "./encode.ts";
import type { Settings } from "./settings.ts";

/** Stage 2 (C5): the codes of all frames are fixed; dynamics and chance learn to predict the next ones. */
export class TransitionStage implements Stage {
  readonly #batches: Batches;
  readonly #optimiser: AdamW;
  readonly #codes: Tensor;
  readonly #random: RandomCounter;
  readonly #program;

  /** @param codes i32 [frames · N] of all recorded frames */
  constructor(
    device: Device,
    settings: Settings,
    model: VqWorldModel,
    games: GameData,
    data: DeviceData,
    codes: Int32Array,
    seed: number,
  ) {
    const { transition, weightDecay, clipNorm } = settings, { batch, learningRate } = transition;
    const tokens = tokenCount(model.settings), chosen = model.transitionParameters;
    this.#batches = new Batches(games.starts, batch, seed, "transition/batches");
    this.#codes = tensor(device, codes, [codes.length / tokens, tokens], "codes of all frames");
    this.#optimiser = new AdamW(device, model.parameters, { learningRate, weightDecay, clipNorm }, chosen);
    const key = Stream.named(seed, "transition/dropout");
    this.#random = new RandomCounter(device, [key.uint32(), key.uint32()]);
    this.#program = compile(device, (start: Tensor) => {
      const actions = reshape(gatherRows(data.actions, start), [batch]);
      const now = gatherRows(this.#codes, start), next = gatherRows(this.#codes, add(start, 1));
      const { loss, entropy } = transitionLoss(model, now, actions, next, this.#random);
      const { gradientNorm } = this.#optimiser.update(gradients(loss, chosen));
      return { loss, entropy, gradientNorm };
    });
  }

  /** Encodes all frames with the trained autoencoder and prepares the training. */
  static async open(
    device: Device,
    settings: Settings,
    model: VqWorldModel,
    games: GameData,
    data: DeviceData,
    seed: number,
  ): Promise<TransitionStage> {
    return new TransitionStage(device, settings, model, games, data, await encodeAll(device, model, data), seed);
  }

  step(): Readonly<Record<string, Tensor>> {
    return this.#program.run(this.#batches.next());
  }

  estimate(): Estimate {
    return this.#program.estimate(this.#batches.next());
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#program.profile(this.#batches.next());
  }

  get tensors(): [string, Tensor][] {
    return [...Object.entries(this.#optimiser.state), ["random", this.#random.state]];
  }

  state(): Plain {
    return { batches: this.#batches.state() } as unknown as Plain;
  }

  restore(state: unknown): void {
    this.#batches.restore((state as { batches: Parameters<Batches["restore"]>[0] }).batches);
  }

  dispose(): void {
    this.#program.dispose();
    this.#optimiser.dispose();
    this.#codes.dispose();
    this.#random.state.dispose();
  }
}
