import { Worker } from "node:worker_threads";
import { CONTROL, instantiate, MAX_THREADS, type Run, waitWhile, workOn } from "./protocol.ts";

/** The main thread and its workers. */
export class Pool {
  private readonly workers: Worker[] = [];
  private readonly runs: Run[] = [];
  private generation = 0;
  readonly words: Int32Array;

  private constructor(private readonly memory: WebAssembly.Memory, readonly threads: number) {
    this.words = new Int32Array(memory.buffer);
  }

  /** Starts `threads - 1` workers and waits until they are ready. */
  static async open(memory: WebAssembly.Memory, threads: number): Promise<Pool> {
    const pool = new Pool(memory, Math.min(threads, MAX_THREADS));
    const ready: Promise<void>[] = [];
    for (let thread = 1; thread < pool.threads; thread++) {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: { memory, thread } });
      pool.workers.push(worker);
      ready.push(
        new Promise((resolve, reject) => {
          worker.once("message", () => resolve());
          worker.once("error", reject);
        }),
      );
    }
    try {
      await Promise.all(ready);
    } catch (error) {
      pool.close();
      throw error;
    }
    // A program that forgets to close the device still ends.
    for (const worker of pool.workers) worker.unref();
    return pool;
  }

  add(module: WebAssembly.Module): number {
    this.runs.push(instantiate(this.memory, module));
    return this.runs.length - 1;
  }

  run(id: number): Run {
    return this.runs[id];
  }

  /** Works on the first `count` records, with the workers if `share` is set, until all are done. */
  work(count: number, share: boolean): void {
    const { words } = this;
    let failure: { id: number; error: unknown } | undefined;
    const failed = (id: number, error: unknown) => failure ??= { id, error };
    const shared = share && this.workers.length > 0;
    if (shared) {
      this.generation++;
      words[CONTROL.records] = count;
      Atomics.store(words, CONTROL.open, this.generation);
      Atomics.store(words, CONTROL.generation, this.generation);
      Atomics.notify(words, CONTROL.generation);
    }
    workOn(words, 0, count, (id) => this.runs[id], failed);
    if (shared) {
      Atomics.store(words, CONTROL.open, 0);
      for (let busy; (busy = Atomics.load(words, CONTROL.busy)) > 0;) waitWhile(words, CONTROL.busy, busy);
      const id = Atomics.exchange(words, CONTROL.failed, 0) - 1;
      if (id >= 0) failed(id, new Error("it failed on a worker"));
    }
    if (failure) throw new KernelFailure(failure.id, failure.error);
  }

  /** Sends the workers home. They end by themselves: a thread that is cut off in the middle of compiling may harm the process. */
  close(): void {
    Atomics.store(this.words, CONTROL.exit, 1);
    Atomics.add(this.words, CONTROL.generation, 1);
    Atomics.notify(this.words, CONTROL.generation);
    this.workers.length = 0;
  }
}

/** A kernel met an index out of range: strict, or unchecked and outside of all memory. */
export class KernelFailure extends Error {
  constructor(readonly id: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}
