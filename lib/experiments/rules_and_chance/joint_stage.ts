import type { Device } from "../../device/mod.ts";
import { jointLoss, tokenCount, type VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { Stream, type StreamState } from "../../random.ts";
import {
  compile,
  type Estimate,
  gatherFrames,
  gatherRows,
  gradients,
  greater,
  type KernelProfile,
  RandomCounter,
  reshape,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import { AdamW, CodeResets, type Plain, type Stage, type TracedReseed } from "../../train/mod.ts";
import { type DeviceData, type GameData, pixelVariance } from "./data.ts";
import type { Settings } from "./settings.ts";

/** Frames and actions of a batch of windows, as indices into the recorded frames. */
interface Windows {
  /** i32 [B·(u+1)] */
  readonly frames: Int32Array;
  /** i32 [B·u] */
  readonly starts: Int32Array;
}

/** The original's training: everything at once on windows of u + 1 frames (spec 1 §4, §6). */
export class JointStage implements Stage {
  readonly #resets: CodeResets;
  readonly #optimiser: AdamW;
  readonly #random: RandomCounter;
  readonly #plain;
  readonly #checked;
  readonly #start;
  readonly #games: GameData;
  #stream: Stream;

  constructor(
    device: Device,
    readonly settings: Settings,
    readonly model: VqWorldModel,
    games: GameData,
    data: DeviceData,
    seed: number,
  ) {
    const { joint, repairs, weightDecay, clipNorm } = settings, { batch, learningRate } = joint;
    const unroll = this.#unroll(games);
    this.#games = games;
    this.#stream = Stream.named(seed, "joint/batches");
    this.#resets = new CodeResets(
      settings.resets,
      batch * (unroll + 1) * tokenCount(model.settings),
      model.quantizer,
      seed,
    );
    this.#optimiser = new AdamW(device, model.parameters, { learningRate, weightDecay, clipNorm });
    const key = Stream.named(seed, "joint/dropout");
    this.#random = new RandomCounter(device, [key.uint32(), key.uint32()]);
    const reconstructionWeight = repairs.C2 ? 1 / pixelVariance(games) : 1;
    const picture = [model.settings.imageSide, model.settings.imageSide, 1];

    const trace = (
      windows: { frames: Tensor; starts: Tensor },
      transitionWeight: Tensor,
      reseed: TracedReseed | null,
    ) => {
      const frames = reshape(gatherFrames(data.boards, windows.frames, data.patches), [batch, unroll + 1, ...picture]);
      const actions = reshape(gatherRows(data.actions, windows.starts), [batch, unroll]);
      const options = { reconstruct: joint.reconstruct, reconstructionWeight, transitionWeight, random: this.#random };
      const { losses, quantised, tokens } = jointLoss(model, frames, actions, options);
      const reset = reseed ? this.#resets.traceReset(tokens, reseed) : null;
      const { gradientNorm } = this.#optimiser.update(gradients(losses.total, model.parameters.tensors));
      return {
        loss: losses.total,
        reconstruction: losses.reconstruction,
        transition: losses.transition,
        entropy: losses.entropy,
        codes: sum(greater(quantised.counts, 0)),
        gradientNorm,
        ...(reset ? { reset } : {}),
      };
    };
    type Traced = { frames: Tensor; starts: Tensor };
    this.#plain = compile(device, (windows: Traced, weight: Tensor) => trace(windows, weight, null));
    this.#checked = compile(device, (w: Traced, weight: Tensor, reseed: TracedReseed) => trace(w, weight, reseed));
    this.#start = compile(device, (frames: Tensor, reseed: TracedReseed) => {
      this.#resets.traceStart(model.encoder.apply(gatherFrames(data.boards, frames, data.patches)), reseed);
    });
  }

  step(step: number): Readonly<Record<string, Tensor>> {
    const windows = this.#nextBatch(), weight = step < this.settings.joint.warmUp ? 0 : 1;
    if (step === 0 && this.settings.repairs.C3) this.#start.run(windows.frames, this.#resets.drawStart());
    return this.#resets.due(step + 1)
      ? this.#checked.run(windows, weight, this.#resets.drawReset())
      : this.#plain.run(windows, weight);
  }

  estimate(): Estimate {
    return this.#plain.estimate(this.#nextBatch(), 1);
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#plain.profile(this.#nextBatch(), 1);
  }

  /** Windows from t = 0, or from a random time within the trajectory (C6); trajectories with replacement. */
  #nextBatch(): Windows {
    const { batch } = this.settings.joint, { count, steps, lengths } = this.#games.episodes;
    const unroll = this.#unroll(this.#games),
      frames = new Int32Array(batch * (unroll + 1)),
      starts = new Int32Array(batch * unroll);
    for (let b = 0; b < batch; b++) {
      const i = this.#stream.below(count), last = Math.max(0, lengths[i] - unroll);
      const t = this.settings.repairs.C6 ? this.#stream.below(last + 1) : 0, first = i * (steps + 1) + t;
      for (let k = 0; k <= unroll; k++) frames[b * (unroll + 1) + k] = first + k;
      for (let k = 0; k < unroll; k++) starts[b * unroll + k] = first + k;
    }
    return { frames, starts };
  }

  #unroll(games: GameData): number {
    return Math.min(this.settings.joint.unroll, games.episodes.steps);
  }

  get tensors(): [string, Tensor][] {
    return [...Object.entries(this.#optimiser.state), ["random", this.#random.state]];
  }

  state(): Plain {
    return { batches: this.#stream.state(), resets: this.#resets.state() } as unknown as Plain;
  }

  restore(state: unknown): void {
    const { batches, resets } = state as { batches: StreamState; resets: StreamState };
    this.#stream = Stream.restore(batches);
    this.#resets.restore(resets);
  }

  dispose(): void {
    for (const program of [this.#plain, this.#checked, this.#start]) program.dispose();
    this.#optimiser.dispose();
    this.#random.state.dispose();
  }
}
