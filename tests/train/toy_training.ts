/** A training of two small stages with all that a real one has: batches from a host stream, noise from a device counter, AdamW. */
import type { Device } from "../../lib/device/mod.ts";
import { normalWith, Parameters } from "../../lib/nn/mod.ts";
import { Stream, type StreamState } from "../../lib/random.ts";
import type { CheckpointState, MetricsRow } from "../../lib/runs/mod.ts";
import {
  add,
  compile,
  type Estimate,
  gradients,
  type KernelProfile,
  mean,
  multiply,
  normal,
  RandomCounter,
  square,
  subtract,
  type Tensor,
} from "../../lib/tensor/mod.ts";
import { AdamW, type Keeper, type Plain, type Stage, type StagePlan } from "../../lib/train/mod.ts";

/** What all stages train. */
export interface ToyModel {
  readonly parameters: Parameters;
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly tensors: [string, Tensor][];
  dispose(): void;
}

export function toyModel(device: Device): ToyModel {
  const parameters = new Parameters(), stream = Stream.named(1, "toy/model");
  const weight = parameters.add("weight", [5], normalWith(stream, 1));
  const bias = parameters.add("bias", [3, 3], normalWith(stream, 1));
  parameters.place(device);
  return { parameters, weight, bias, tensors: parameters.entries, dispose: () => parameters.dispose() };
}

/** Moves one of the model's two parameters towards noisy targets. */
class ToyStage implements Stage {
  disposed = false;
  #stream: Stream;
  readonly #random: RandomCounter;
  readonly #optimiser: AdamW;
  readonly #program;

  constructor(device: Device, name: string, model: ToyModel, readonly chosen: Tensor, readonly events: string[]) {
    this.#stream = Stream.named(2, `toy/${name}`);
    this.#random = new RandomCounter(device, [this.#stream.uint32(), this.#stream.uint32()]);
    this.#optimiser = new AdamW(device, model.parameters, { learningRate: 0.05, clipNorm: 1 }, [chosen]);
    this.#program = compile(device, (target: Tensor) => {
      const noisy = add(target, multiply(normal(this.#random, chosen.shape), 0.1));
      const loss = mean(square(subtract(chosen, noisy)));
      const { gradientNorm } = this.#optimiser.update(gradients(loss, [chosen]));
      return { loss, gradientNorm };
    });
    events.push(`open ${name}`);
  }

  step(): Record<string, Tensor> {
    return this.#program.run(this.#stream.normal());
  }

  estimate(): Estimate {
    return this.#program.estimate(this.#stream.normal());
  }

  profile(): Promise<KernelProfile[] | null> {
    return this.#program.profile(this.#stream.normal());
  }

  get tensors(): [string, Tensor][] {
    return [...Object.entries(this.#optimiser.state), ["random", this.#random.state]];
  }

  state(): Plain {
    return { stream: this.#stream.state() } as unknown as Plain;
  }

  restore(state: unknown): void {
    this.#stream = Stream.restore((state as { stream: StreamState }).stream);
  }

  dispose(): void {
    for (const part of [this.#program, this.#optimiser, this.#random.state]) part.dispose();
    this.events.push("close");
  }
}

/** Stage "one" trains the weight for `steps[0]` steps, stage "two" the bias for `steps[1]`. */
export function toyStages(
  device: Device,
  model: ToyModel,
  steps: [number, number],
  events: string[] = [],
): StagePlan[] {
  const plan = (name: string, steps: number, chosen: Tensor): StagePlan => ({
    name,
    steps,
    open: () => Promise.resolve(new ToyStage(device, name, model, chosen, events)),
  });
  return [plan("one", steps[0], model.weight), plan("two", steps[1], model.bias)];
}

/** A keeper in memory. */
export class Memory implements Keeper {
  readonly rows: MetricsRow[] = [];
  readonly saved: { readonly step: number; readonly state: CheckpointState }[] = [];

  log(row: MetricsRow): void {
    this.rows.push(row);
  }

  save(step: number, state: CheckpointState): Promise<void> {
    // Through JSON, as a real run does.
    this.saved.push({ step, state: { tensors: state.tensors, json: JSON.parse(JSON.stringify(state.json)) } });
    return Promise.resolve();
  }

  /** What the newest save can be resumed from. */
  get newest() {
    const { step, state } = this.saved.at(-1)!;
    return { ...state, step };
  }
}

/** A checkpoint without the times that it took. */
export function withoutSeconds({ tensors, json }: CheckpointState) {
  const { seconds: _, ...rest } = json as { seconds: unknown };
  return { tensors, json: rest };
}
