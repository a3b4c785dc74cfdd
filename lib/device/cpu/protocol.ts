/**
 * How the main thread and the workers talk: through words in the low part of the shared memory, and nothing else.
 *
 * A submission is a list of records, one per dispatch. Threads take chunks of workgroups from a record by adding to its
 * `next`, and count what they finished in `done`; the next record starts when `done` has reached the total. A worker that
 * comes late finds the work done and goes back to sleep, so the main thread never waits for one that has not started.
 */

/** Words of the control block, as indices into an Int32Array over the memory. */
export const CONTROL = {
  /** Number of the newest submission; workers sleep on it. */
  generation: 256,
  /** Number of the submission that may be worked on; 0 if none. */
  open: 257,
  /** Workers that are looking at the records. */
  busy: 258,
  /** Records of the open submission. */
  records: 259,
  /** Set to 1 to send the workers home. */
  exit: 260,
  /** 1 + number of the kernel that failed on a worker; 0 if none. */
  failed: 261,
  /** First of the scratch addresses, one per thread. */
  scratch: 264,
} as const;

/** Most threads that one device has. */
export const MAX_THREADS = 64;

/** Words of a record. */
export const RECORD = { kernel: 0, args: 1, total: 2, chunk: 3, next: 4, done: 5, words: 8 } as const;

/** Bytes: address and length of each kernel's WebAssembly. */
export const KERNEL_TABLE = 65536;
export const MAX_KERNELS = 8192;
/** Bytes: where records and argument blocks stand. */
export const RECORDS = 131072;
export const MAX_RECORDS = 4096;
export const ARGS = RECORDS + MAX_RECORDS * RECORD.words * 4;
export const ARGS_BYTES = 1 << 20;
/** First byte of the heap. */
export const HEAP_START = ARGS + ARGS_BYTES;
/** Pages that the memory starts with. */
export const INITIAL_PAGES = 256;

/** `run(arguments, first, count, scratch)` of a kernel. */
export type Run = (args: number, first: number, count: number, scratch: number) => void;

/** Tries before a thread that waits goes to sleep. */
const SPINS = 4000;

/** Waits until a word no longer has this value. */
export function waitWhile(words: Int32Array, index: number, value: number): void {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, index) !== value) return;
  while (Atomics.load(words, index) === value) Atomics.wait(words, index, value, 100);
}

/** Works on the records of a submission, on the main thread and on workers alike. */
export function workOn(
  words: Int32Array,
  thread: number,
  count: number,
  kernel: (id: number) => Run,
  failed: (id: number, error: unknown) => void,
): void {
  const scratch = words[CONTROL.scratch + thread];
  for (let r = 0; r < count; r++) {
    const at = RECORDS / 4 + r * RECORD.words;
    const total = words[at + RECORD.total];
    if (Atomics.load(words, at + RECORD.done) < total) {
      const id = words[at + RECORD.kernel];
      const run = kernel(id);
      const chunk = words[at + RECORD.chunk];
      for (;;) {
        const first = Atomics.add(words, at + RECORD.next, chunk);
        if (first >= total) break;
        const size = Math.min(chunk, total - first);
        try {
          run(words[at + RECORD.args], first, size, scratch);
        } catch (error) {
          failed(id, error);
        }
        if (Atomics.add(words, at + RECORD.done, size) + size === total) Atomics.notify(words, at + RECORD.done);
      }
      for (let done; (done = Atomics.load(words, at + RECORD.done)) < total;) waitWhile(words, at + RECORD.done, done);
    }
  }
}

/** Makes a kernel callable from its WebAssembly in the shared memory. */
export function loadKernel(memory: WebAssembly.Memory, id: number): Run {
  // Growing by nothing makes sure that the buffer shows all that other threads have added.
  memory.grow(0);
  const table = new Uint32Array(memory.buffer, KERNEL_TABLE + id * 8, 2);
  const bytes = new Uint8Array(memory.buffer, table[0], table[1]).slice();
  return instantiate(memory, new WebAssembly.Module(bytes));
}

export function instantiate(memory: WebAssembly.Memory, module: WebAssembly.Module): Run {
  return new WebAssembly.Instance(module, { env: { memory } }).exports.run as Run;
}
