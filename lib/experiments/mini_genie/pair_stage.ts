import type { Device } from "../../device/mod.ts";
import { Dreamer, type MiniGenie, pairLoss } from "../../models/mini_genie/mod.ts";
import { Stream, type StreamState } from "../../random.ts";
import {
  argmax,
  cast,
  compile,
  divide,
  equal,
  type Estimate,
  gatherRows,
  gradients,
  greater,
  histogram,
  type HostArray,
  type KernelProfile,
  maximum,
  multiply,
  notEqual,
  RandomCounter,
  sum,
  type Tensor,
  tensor,
} from "../../tensor/mod.ts";
import { AdamW, type PassState, type Plain, ShuffledBatches, type Stage } from "../../train/mod.ts";
import { changingSteps, type Recording } from "./recording.ts";
import { seesTurns, type Settings, stepsOf } from "./settings.ts";

/** Frames of a batch of steps, i32 [B]. */
interface Happened {
  readonly before: Int32Array;
  readonly after: Int32Array;
}

/** The same as the action net sees them: i32 [B], or [B, 4] in all four turns. */
interface Seen {
  readonly seenBefore: Int32Array | HostArray;
  readonly seenAfter: Int32Array | HostArray;
}

/** Stage 2: the tokens of all frames are fixed; action net and dynamics learn together (spec 3 §4.2, §4.3). */
export class PairStage implements Stage {
  readonly #batches: ShuffledBatches;
  readonly #optimiser: AdamW;
  readonly #tokens: Tensor;
  readonly #random: RandomCounter;
  readonly #distinct: number;
  readonly #steps: number;
  readonly #program;
  #turns: Stream;

  /** @param tokens i32 [frames · N] of all different frames, and of their turned copies where they are seen */
  constructor(
    device: Device,
    readonly settings: Settings,
    readonly model: MiniGenie,
    readonly recording: Recording,
    tokens: Int32Array,
    seed: number,
  ) {
    const { pair } = settings, chosen = model.pairParameters, { actionNet, dynamics } = model;
    const size = (settings.model.imageSide / 4) ** 2, frames = tokens.length / size;
    this.#distinct = seesTurns(settings) ? frames / 4 : frames;
    this.#steps = stepsOf(pair, recordedSteps(settings, recording));
    this.#batches = new ShuffledBatches(learntSteps(settings, recording, tokens), pair.batch, seed, "pair/batches");
    this.#turns = Stream.named(seed, "pair/turns");
    this.#tokens = tensor(device, tokens, [frames, size], "tokens of all frames");
    this.#optimiser = new AdamW(
      device,
      model.parameters,
      { learningRate: pair.learningRate, weightDecay: 0 },
      chosen,
    );
    const key = Stream.named(seed, "pair/dropout");
    this.#random = new RandomCounter(device, [key.uint32(), key.uint32()]);
    this.#program = compile(device, (steps: { [K in keyof (Happened & Seen)]: Tensor }) => {
      const grids = (index: Tensor) => gatherRows(this.#tokens, index);
      const before = grids(steps.before), after = grids(steps.after);
      const seen = seesTurns(settings) ? { before: grids(steps.seenBefore), after: grids(steps.seenAfter) } : undefined;
      const options = { random: this.#random, ...(seen ? { seen } : {}) };
      const { losses, codes, logits } = pairLoss(actionNet, dynamics, { before, after }, pair, options);
      const { gradientNorm } = this.#optimiser.update(gradients(losses.total, chosen));
      const uses = cast(histogram(codes, actionNet.settings.actions), "f32");
      return {
        loss: losses.total,
        prediction: losses.prediction,
        changed: changedAccuracy(before, after, logits),
        actions: sum(greater(uses, 0)),
        conditional: losses.conditional,
        marginal: losses.marginal,
        gradientNorm,
      };
    });
  }

  /** Encodes all frames with the trained VQ-VAE and prepares the training. */
  static async open(
    device: Device,
    settings: Settings,
    model: MiniGenie,
    recording: Recording,
    frames: Uint8Array,
    seed: number,
  ): Promise<PairStage> {
    const dreamer = new Dreamer(device, model), tokens = await dreamer.encode(frames);
    dreamer.dispose();
    return new PairStage(device, settings, model, recording, tokens, seed);
  }

  step(step: number): Readonly<Record<string, Tensor>> {
    const { learningRate, cooldown } = this.settings.pair;
    if (cooldown > 0) {
      this.#optimiser.setLearningRate(learningRate * Math.min(1, (this.#steps - step) / (cooldown * this.#steps)));
    }
    return this.#program.run(this.#nextBatch());
  }

  #nextBatch(): Happened & Seen {
    const steps = this.#batches.next(), { before, after } = this.recording;
    const own = { before: steps.map((i) => before[i]), after: steps.map((i) => after[i]) };
    return { ...own, ...this.#seen(own) };
  }

  /** Frame f turned by r quarters is frame r·D + f. */
  #seen({ before, after }: Happened): Seen {
    const { turns } = this.settings.model.actionNet, distinct = this.#distinct;
    if (turns === "none") return { seenBefore: before, seenAfter: after };
    if (turns === "random") {
      const turned = before.map(() => this.#turns.below(4) * distinct), turn = (f: number, i: number) => f + turned[i];
      return { seenBefore: before.map(turn), seenAfter: after.map(turn) };
    }
    const all = (frames: Int32Array): HostArray => ({
      data: Int32Array.from({ length: 4 * frames.length }, (_, i) => frames[i >> 2] + (i & 3) * distinct),
      shape: [frames.length, 4],
    });
    return { seenBefore: all(before), seenAfter: all(after) };
  }

  get tensors(): [string, Tensor][] {
    return [...Object.entries(this.#optimiser.state), ["random", this.#random.state]];
  }

  estimate(): Estimate {
    return this.#program.estimate(this.#nextBatch());
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#program.profile(this.#nextBatch());
  }

  state(): Plain {
    return { batches: this.#batches.state(), turns: this.#turns.state() } as unknown as Plain;
  }

  restore(state: unknown): void {
    const { batches, turns } = state as { batches: PassState; turns: StreamState };
    this.#batches.restore(batches);
    this.#turns = Stream.restore(turns);
  }

  dispose(): void {
    this.#program.dispose();
    this.#optimiser.dispose();
    this.#tokens.dispose();
    this.#random.state.dispose();
  }
}

/** Share of the tokens that change whose next code is predicted; 0 where none changes. */
function changedAccuracy(before: Tensor, after: Tensor, logits: Tensor): Tensor {
  const changed = notEqual(cast(before, "f32"), cast(after, "f32"));
  const right = equal(cast(argmax(logits), "f32"), cast(after, "f32"));
  return divide(sum(multiply(changed, right)), maximum(sum(changed), 1));
}

/**
 * Steps that are learnt from: those whose two grids differ, as the original has it, or all. Where the codes tell no frames apart,
 * those whose frames differ, so that a collapsed codebook still gives a training whose numbers show it.
 */
function learntSteps({ data, model }: Settings, recording: Recording, tokens: Int32Array): Int32Array {
  const { before, after } = recording, size = (model.imageSide / 4) ** 2;
  if (data.keepStatic) return Int32Array.from(before.keys());
  const differs = (a: number, b: number) => {
    for (let p = 0; p < size; p++) if (tokens[a * size + p] !== tokens[b * size + p]) return true;
    return false;
  };
  const changing = changingSteps(recording), told = changing.filter((i) => differs(before[i], after[i]));
  return told.length > 0 ? told : changing;
}

/** Steps that one pass of the second stage goes over: known before the first stage is trained. */
export function recordedSteps({ data }: Settings, recording: Recording): number {
  return data.keepStatic ? recording.before.length : changingSteps(recording).length;
}
