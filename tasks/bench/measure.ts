/** Measuring by turns: one run of each subject, then the next round, so that the noise of the machine hits all alike. */
import { type Spread, spreadOf } from "./statistics.ts";

export interface Effort {
  /** Runs before the measured ones. One that takes longer than the budget is the measurement. */
  readonly warmup: number;
  /** Most measured runs. */
  readonly repeats: number;
  /** No new run once the measured ones of a subject took this many milliseconds; one is always measured. */
  readonly budgetMs: number;
}

export interface Subject {
  readonly name: string;
  /** Does the work once, to the end. @returns milliseconds */
  run(): Promise<number>;
}

export interface Measurement {
  readonly name: string;
  /** Milliseconds of every measured run, in order; empty when the first one failed. */
  readonly samples: readonly number[];
  /** `null` without samples. */
  readonly spread: Spread | null;
  /** Why a run failed, which ended the turns of this subject. */
  readonly failure: string | null;
}

/** Measures all subjects by turns. A subject that fails leaves; the others go on. */
export async function measureInterleaved(subjects: readonly Subject[], effort: Effort): Promise<Measurement[]> {
  const states = subjects.map((subject) => ({
    subject,
    samples: [] as number[],
    spent: 0,
    failure: null as string | null,
  }));
  const turn = async (state: typeof states[number], measured: boolean) => {
    try {
      const milliseconds = await state.subject.run();
      if (!measured && milliseconds < effort.budgetMs) return;
      state.samples.push(milliseconds);
      state.spent += milliseconds;
    } catch (error) {
      state.failure = error instanceof Error ? error.message : String(error);
    }
  };
  const round = async (measured: boolean) => {
    for (const state of states) {
      const enough = state.samples.length > 0 &&
        (state.samples.length >= effort.repeats || state.spent >= effort.budgetMs);
      if (state.failure === null && !enough) await turn(state, measured);
    }
  };
  for (let i = 0; i < effort.warmup; i++) await round(false);
  for (let i = 0; i < effort.repeats; i++) await round(true);
  return states.map(({ subject, samples, failure }) => ({
    name: subject.name,
    samples,
    spread: samples.length > 0 ? spreadOf(samples) : null,
    failure,
  }));
}

/** Measures one function on its own. It must wait for its own work, for instance by reading a number back. */
export async function measure(name: string, fn: () => unknown, effort: Effort): Promise<Measurement> {
  const run = async () => {
    const start = performance.now();
    await fn();
    return performance.now() - start;
  };
  return (await measureInterleaved([{ name, run }], effort))[0];
}
