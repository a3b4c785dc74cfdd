import { Worker } from "node:worker_threads";
import { DeviceError } from "../device.ts";
import {
  CONTROL,
  instantiate,
  MAX_THREADS,
  newShared,
  type Run,
  type Shared,
  storeKernel,
  takeFailure,
  waitWhile,
  workOn,
} from "./protocol.ts";

/** The main thread and its workers. */
export class Pool {
  private readonly workers: Worker[] = [];
  private readonly runs: Run[] = [];
  readonly shared: Shared;
  private generation = 0;
  readonly words: Int32Array;

  private constructor(memory: WebAssembly.Memory, readonly threads: number) {
    this.shared = newShared(memory);
    this.words = this.shared.words;
  }

  /**
   * Starts `threads - 1` workers and waits until they are ready.
   *
   * @throws DeviceError when one does not start.
   */
  static async open(memory: WebAssembly.Memory, threads: number): Promise<Pool> {
    const pool = new Pool(memory, Math.min(threads, MAX_THREADS));
    try {
      const ready: Promise<void>[] = [];
      for (let thread = 1; thread < pool.threads; thread++) ready.push(pool.start(thread));
      await Promise.all(ready);
    } catch (error) {
      pool.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new DeviceError(
        `expected ${
          pool.threads - 1
        } workers but one did not start: ${why}. Allow it to read its program (--allow-read), ` +
          "or open the CPU device with { threads: 1 }, which needs none.",
        { cause: error },
      );
    }
    // A program that forgets to close the device still ends.
    for (const worker of pool.workers) worker.unref();
    return pool;
  }

  private start(thread: number): Promise<void> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: { shared: this.shared, thread } });
    this.workers.push(worker);
    return new Promise((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
      worker.once("exit", (status) => reject(new Error(`it ended with status ${status}`)));
    });
  }

  /** Takes a kernel in; throws whatever the engine throws when it cannot. */
  add(wasm: Uint8Array<ArrayBuffer>): number {
    const id = this.runs.length;
    const run = instantiate(this.shared.memory, new WebAssembly.Module(wasm));
    storeKernel(this.shared, id, wasm);
    this.runs.push(run);
    return id;
  }

  /**
   * Works on the first `count` records, with the workers if `share` is set, until all are done.
   *
   * @throws KernelFailure for the first kernel that failed.
   */
  work(count: number, share: boolean): void {
    const { words } = this;
    const shared = share && this.workers.length > 0;
    if (shared) {
      this.generation = (this.generation + 1) | 0 || 1; // 0 means that no submission is open
      words[CONTROL.records] = count;
      Atomics.store(words, CONTROL.open, this.generation);
      Atomics.store(words, CONTROL.generation, this.generation);
      Atomics.notify(words, CONTROL.generation);
    }
    workOn(words, 0, count, (id) => this.runs[id]);
    if (shared) {
      Atomics.store(words, CONTROL.open, 0);
      for (let busy; (busy = Atomics.load(words, CONTROL.busy)) > 0;) waitWhile(words, CONTROL.busy, busy);
    }
    const failure = takeFailure(words);
    if (failure) throw new KernelFailure(failure.id, failure.message);
  }

  /** Sends the workers home. They end by themselves: a thread that is cut off in the middle of compiling may harm the process. */
  close(): void {
    Atomics.store(this.words, CONTROL.exit, 1);
    Atomics.add(this.words, CONTROL.generation, 1);
    Atomics.notify(this.words, CONTROL.generation);
    this.workers.length = 0;
    this.runs.length = 0;
  }
}

/** A kernel met an index out of range (strict, or unchecked and outside of all memory), or could not run at all. */
export class KernelFailure extends Error {
  constructor(readonly id: number, message: string) {
    super(message);
  }
}
