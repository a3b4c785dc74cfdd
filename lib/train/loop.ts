import type { Tensor } from "../tensor/mod.ts";
import type { CheckpointState, MetricsRow, Progress } from "../runs/mod.ts";
import { FormatError } from "../data/mod.ts";
import type { Plain, Stage, StagePlan } from "./stage.ts";
import { dataToTensors, tensorsToData } from "./state.ts";

/** Where a training keeps what it must not lose. `RunWriter` is one; tests and notebooks may have none. */
export interface Keeper {
  /** Takes one row of metrics. */
  log(row: MetricsRow): void;
  /** Stores a checkpoint. */
  save(step: number, state: CheckpointState): Promise<void>;
}

/** What the loop tells after each logged step. */
export interface Logged {
  /** Name of the stage. */
  readonly stage: string;
  /** Steps done in this stage. */
  readonly step: number;
  /** The numbers of the step. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** How a training is watched, kept and stopped. */
export interface LoopOptions {
  /** The model's tensors, saved with every checkpoint. */
  readonly model: readonly (readonly [string, Tensor])[];
  /** Where metrics and checkpoints go; default: nowhere. */
  readonly keeper?: Keeper;
  /** State to continue from. */
  readonly resume?: CheckpointState & { readonly step: number } | null;
  /** Steps between checkpoints. Default 500. */
  readonly checkpointEvery?: number;
  /** Steps between logged metrics. Reading them waits for the device. Default 50. */
  readonly logEvery?: number;
  /** Shows how far a stage is; default: nothing. */
  readonly progress?: (total: number, label: string, from: number) => Progress;
  /** When aborted, the loop saves and returns after the current step. */
  readonly signal?: AbortSignal;
  /** Stops, and saves, after this many steps in all. */
  readonly stopAfter?: number;
  /** Told after each logged step. */
  readonly onLog?: (logged: Logged) => void;
  /** Measures the model at some logged steps; the numbers join the step's row. Must not change any state. */
  readonly evaluate?: { readonly every: number; run(stage: string): Promise<Readonly<Record<string, number>>> };
}

/** How a training ended. */
export interface LoopResult {
  /** Steps done in all stages. */
  readonly step: number;
  /** False when it was stopped. */
  readonly finished: boolean;
  /** Seconds spent in each stage, over all resumptions. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Steps that may be queued before the loop waits for the device: bounds memory and the delay of Ctrl-C. */
const QUEUE = 8;

/**
 * Runs stages one after the other, with logging, checkpoints and exact resume: a training that is stopped and continued
 * gives the same bits, on the same device, as one that was not.
 */
export async function trainStages(plans: readonly StagePlan[], options: LoopOptions): Promise<LoopResult> {
  const { keeper, resume = null, checkpointEvery = 500, logEvery = 50, signal, onLog } = options;
  const stopAfter = options.stopAfter ?? Infinity, seconds = secondsOf(resume);
  if (resume) dataToTensors(resume.tensors, options.model, "checkpoint");
  let total = 0;
  for (const plan of plans) {
    const start = total;
    total += plan.steps;
    const done = Math.min(Math.max((resume?.step ?? 0) - start, 0), plan.steps);
    if (done === plan.steps) continue;
    if (start + done >= stopAfter) return { step: start + done, finished: false, seconds };
    const before = seconds[plan.name] ?? 0, began = performance.now(), stage = await plan.open();
    const clock = () => seconds[plan.name] = before + (performance.now() - began) / 1000;
    const bar = options.progress?.(plan.steps, plan.name, done);
    try {
      if (resume && done > 0) restore(stage, plan, resume);
      let saved = start + done;
      const save = async (step: number) => {
        clock();
        if (saved !== step) await keeper?.save(step, await checkpoint(stage, plan, options.model, seconds));
        saved = step;
      };
      for (let step = done; step < plan.steps; step++) {
        const metrics = stage.step(step), at = start + step + 1;
        const last = step + 1 === plan.steps, stopping = signal?.aborted || at >= stopAfter;
        if ((step + 1) % logEvery === 0 || last) {
          const due = options.evaluate && ((step + 1) % options.evaluate.every === 0 || last);
          const values = { ...await read(metrics), ...due ? await options.evaluate!.run(plan.name) : {} };
          keeper?.log({ step: at, stage: plan.name, ...values });
          onLog?.({ stage: plan.name, step: step + 1, metrics: values });
          await bar?.update(step + 1, note(values));
        } else if ((step + 1) % QUEUE === 0) {
          await Object.values(metrics)[0]?.data();
          await bar?.update(step + 1);
        }
        if (at % checkpointEvery === 0 || last || stopping) await save(at);
        if (stopping && !(last && plan === plans.at(-1))) {
          clock();
          return { step: at, finished: false, seconds };
        }
      }
      clock();
    } finally {
      await bar?.finish();
      stage.dispose();
    }
  }
  return { step: total, finished: true, seconds };
}

async function checkpoint(
  stage: Stage,
  plan: StagePlan,
  model: LoopOptions["model"],
  seconds: Readonly<Record<string, number>>,
): Promise<CheckpointState> {
  return {
    tensors: {
      ...await tensorsToData(model),
      ...await tensorsToData(stage.tensors.map(([name, tensor]) => [`${plan.name}/${name}`, tensor] as const)),
    },
    json: { stage: plan.name, state: stage.state(), seconds },
  };
}

/** Seconds spent in each stage before the checkpoint was made. */
export function secondsOf(checkpoint: CheckpointState | null): Record<string, number> {
  const seconds = (checkpoint?.json as { seconds?: Record<string, number> } | undefined)?.seconds ?? {};
  return Object.fromEntries(Object.entries(seconds).filter(([, value]) => Number.isFinite(value)));
}

function restore(stage: Stage, plan: StagePlan, resume: CheckpointState): void {
  const json = resume.json as { stage?: unknown; state?: Plain } | null;
  if (json?.stage !== plan.name) {
    throw new FormatError({
      where: "checkpoint, state.json",
      expected: `a checkpoint of stage ${plan.name}`,
      found: String(json?.stage),
      advice: "The checkpoint belongs to other settings; use the run's own config.json.",
    });
  }
  dataToTensors(
    resume.tensors,
    stage.tensors.map(([name, tensor]) => [`${plan.name}/${name}`, tensor] as const),
    "checkpoint",
  );
  stage.restore(json.state);
}

async function read(metrics: Readonly<Record<string, Tensor>>): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(metrics)) values[name] = await tensor.item();
  return values;
}

function note(values: Readonly<Record<string, number>>): string {
  return Object.entries(values).slice(0, 3).map(([name, value]) => `${name} ${value.toPrecision(4)}`).join(" · ");
}
