/**
 * Measuring by turns: a few runs of each subject back to back, then the next subject, so that the noise of the machine hits all
 * alike. Back to back, because that is how a training loop runs: after a pause caches are cold and threads asleep.
 */
import { type Spread, spreadOf } from "./statistics.ts";

export interface Effort {
  /** Runs before the measured ones. One that takes longer than the budget is the measurement. */
  readonly warmup: number;
  /** Most measured turns. */
  readonly repeats: number;
  /** Runs of one turn follow each other until they took this many milliseconds together; one is always made. */
  readonly turnMs: number;
  /** No new run once the measured ones of a subject took this many milliseconds; one is always measured. */
  readonly budgetMs: number;
}

export interface Subject {
  readonly name: string;
  /** Does the work to the end, again and again for about this long, at least once. @returns milliseconds of every run */
  run(turnMs: number): Promise<readonly number[]>;
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
    turns: 0,
    spent: 0,
    failure: null as string | null,
  }));
  const turn = async (state: typeof states[number], measured: boolean) => {
    try {
      const samples = await state.subject.run(effort.turnMs), spent = samples.reduce((a, b) => a + b, 0);
      if (!measured && spent < effort.budgetMs) return;
      state.samples.push(...samples);
      state.spent += spent;
      state.turns++;
    } catch (error) {
      state.failure = error instanceof Error ? error.message : String(error);
    }
  };
  const round = async (measured: boolean) => {
    for (const state of states) {
      const enough = state.samples.length > 0 &&
        (state.turns >= effort.repeats || state.spent >= effort.budgetMs);
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
  return (await measureInterleaved([{ name, run: (turnMs) => backToBack(fn, turnMs) }], effort))[0];
}

/** Runs `fn` until `turnMs` milliseconds have passed, at least once. @returns milliseconds of every run */
export async function backToBack(fn: () => unknown, turnMs: number): Promise<number[]> {
  const samples: number[] = [], begin = performance.now();
  let end = begin;
  do {
    const start = end;
    await fn();
    samples.push((end = performance.now()) - start);
  } while (end - begin < turnMs);
  return samples;
}
