/**
 * How the main thread and the workers talk: through words in shared memory, and nothing else.
 *
 * A submission is a list of records, one per dispatch. Threads take chunks of workgroups from a record by adding to its
 * `next`, and count what they finished in `done`; the next record starts when `done` has reached the total. A worker
 * that comes late finds the work done and goes back to sleep, so the main thread never waits for one that has not
 * started.
 *
 * What orders memory: the main thread writes records, arguments and kernels with plain stores, then publishes them by
 * storing `open`. A worker adds itself to `busy` before it looks at `open`; the main thread clears `open` before it
 * waits for `busy` to be 0. So either the worker sees that the submission is over, or the main thread waits for it, and
 * nothing that a worker reads is written while it may read. `done` carries what a kernel stored to the next record.
 */

/** What the threads of a device share. */
export interface Shared {
  /** All that kernels can reach: arguments, constants, scratch memory, buffers. */
  readonly memory: WebAssembly.Memory;
  /**
   * Control block, table of kernels and records. Not in `memory`, and neither is `code`: an unchecked kernel with a
   * wrong index may damage data, but it must not send other threads astray or turn a kernel into something else.
   */
  readonly words: Int32Array<SharedArrayBuffer>;
  /** The WebAssembly of all kernels, one after the other. Grows. */
  readonly code: SharedArrayBuffer;
}

/** Most threads that one device has. */
export const MAX_THREADS = 64;
/** Most kernels that one device has. */
export const MAX_KERNELS = 8192;
/** Most records of a submission. */
export const MAX_RECORDS = 4096;
/** Most bytes of WebAssembly that the kernels of one device have together. */
const MAX_CODE_BYTES = 1 << 30;

/** Words of the control block. */
export const CONTROL = {
  /** Number of the newest submission; workers sleep on it. */
  generation: 0,
  /** Number of the submission that may be worked on; 0 if none. */
  open: 1,
  /** Workers that are looking at the records. */
  busy: 2,
  /** Records of the open submission. */
  records: 3,
  /** Set to 1 to send the workers home. */
  exit: 4,
  /** 1 + number of the kernel that failed first; 0 if none; -1 while a thread describes its failure. */
  failed: 5,
  /** Bytes of the description of the failure. */
  failureBytes: 6,
  /** First of the scratch addresses, one per thread. */
  scratch: 64,
  /** Description of the failure, as UTF-8. */
  failure: 128,
} as const;

/** Words of a record. */
export const RECORD = { kernel: 0, args: 1, total: 2, chunk: 3, next: 4, done: 5, words: 8 } as const;

const MAX_FAILURE_BYTES = 1024;
/** First word of the table that holds, for each kernel, where its code starts and how many bytes it has. */
const KERNEL_TABLE = CONTROL.failure + MAX_FAILURE_BYTES / 4;
/** First word of the records. */
export const RECORDS = KERNEL_TABLE + MAX_KERNELS * 2;
const WORDS = RECORDS + MAX_RECORDS * RECORD.words;

/** Bytes of `memory`: where argument blocks stand. The first page stays empty. */
export const ARGS = 65536;
export const ARGS_BYTES = 1 << 20;
/** First byte of the heap. */
export const HEAP_START = ARGS + ARGS_BYTES;

/** `run(arguments, first, count, scratch)` of a kernel. */
export type Run = (args: number, first: number, count: number, scratch: number) => void;

/** Makes what the threads of a device share, around a memory for its kernels. */
export function newShared(memory: WebAssembly.Memory): Shared {
  return {
    memory,
    words: new Int32Array(new SharedArrayBuffer(WORDS * 4)),
    code: new SharedArrayBuffer(0, { maxByteLength: MAX_CODE_BYTES }),
  };
}

/** Tries before a thread that waits goes to sleep. */
const SPINS = 4000;

/** Waits until a word no longer has this value. */
export function waitWhile(words: Int32Array, index: number, value: number): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, index) !== value) return;
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value, 100);
}

/**
 * Works on the first `count` records of a submission, on the main thread and on workers alike, until all are done.
 * Never throws: after a failure every thread counts the rest of the work as done without doing it.
 */
export function workOn(words: Int32Array, thread: number, count: number, kernel: (id: number) => Run): void {
  const scratch = words[CONTROL.scratch + thread];
  for (let r = 0; r < count; r++) {
    const at = RECORDS + r * RECORD.words;
    const total = words[at + RECORD.total];
    if (Atomics.load(words, at + RECORD.done) < total) {
      const id = words[at + RECORD.kernel];
      const run = load(words, id, kernel);
      const chunk = words[at + RECORD.chunk];
      while (run) {
        const first = Atomics.add(words, at + RECORD.next, chunk);
        if (first >= total) break;
        const size = Math.min(chunk, total - first);
        // A plain read: whoever sees a failure late only works in vain.
        if (words[CONTROL.failed] === 0) {
          try {
            run(words[at + RECORD.args], first, size, scratch);
          } catch (error) {
            fail(words, id, error);
          }
        }
        if (Atomics.add(words, at + RECORD.done, size) + size === total) Atomics.notify(words, at + RECORD.done);
      }
      for (let done; (done = Atomics.load(words, at + RECORD.done)) < total;) waitWhile(words, at + RECORD.done, done);
    }
  }
}

/** The kernel, or nothing if this thread cannot load it; the main thread, which made it, always can. */
function load(words: Int32Array, id: number, kernel: (id: number) => Run): Run | undefined {
  try {
    return kernel(id);
  } catch (error) {
    fail(words, id, error);
  }
}

/** Notes the failure of a kernel, unless one is noted already. */
function fail(words: Int32Array, id: number, error: unknown): void {
  if (Atomics.compareExchange(words, CONTROL.failed, 0, -1) !== 0) return;
  const text = new TextEncoder().encode(String(error)).subarray(0, MAX_FAILURE_BYTES);
  new Uint8Array(words.buffer, words.byteOffset + CONTROL.failure * 4, MAX_FAILURE_BYTES).set(text);
  words[CONTROL.failureBytes] = text.length;
  Atomics.store(words, CONTROL.failed, id + 1);
}

/** The failure that was noted since the last call. Only while no worker is busy. */
export function takeFailure(words: Int32Array): { id: number; message: string } | undefined {
  const id = Atomics.exchange(words, CONTROL.failed, 0) - 1;
  if (id < 0) return undefined;
  const text = new Uint8Array(words.buffer, words.byteOffset + CONTROL.failure * 4, words[CONTROL.failureBytes])
    .slice();
  return { id, message: new TextDecoder().decode(text) };
}

/**
 * Puts the WebAssembly of kernel `id` where workers find it: behind that of the kernel before it.
 *
 * @throws RangeError if there is no more room.
 */
export function storeKernel({ words, code }: Shared, id: number, wasm: Uint8Array): void {
  const last = KERNEL_TABLE + (id - 1) * 2;
  const start = id === 0 ? 0 : words[last] + words[last + 1];
  const end = start + wasm.length;
  if (end > MAX_CODE_BYTES) throw new RangeError(`all kernels together would have more than ${MAX_CODE_BYTES} bytes`);
  if (end > code.byteLength) code.grow(Math.min(MAX_CODE_BYTES, end * 2));
  new Uint8Array(code, start, wasm.length).set(wasm);
  words.set([start, wasm.length], KERNEL_TABLE + id * 2);
}

/** Makes a kernel callable on another thread than the one that stored it. */
export function loadKernel({ memory, words, code }: Shared, id: number): Run {
  const [start, length] = words.subarray(KERNEL_TABLE + id * 2, KERNEL_TABLE + id * 2 + 2);
  const module = new WebAssembly.Module(new Uint8Array(code, start, length).slice());
  // Growing by nothing makes sure that this thread knows how far others have grown the memory.
  memory.grow(0);
  return instantiate(memory, module);
}

export function instantiate(memory: WebAssembly.Memory, module: WebAssembly.Module): Run {
  return new WebAssembly.Instance(module, { env: { memory } }).exports.run as Run;
}
