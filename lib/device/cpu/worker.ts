/** A thread of the CPU device: sleeps on the shared memory, works on submissions, and knows nothing else. */
import { parentPort, workerData } from "node:worker_threads";
import { CONTROL, loadKernel, type Run, type Shared, waitWhile, workOn } from "./protocol.ts";

const { shared, thread } = workerData as { shared: Shared; thread: number };
const { words } = shared;
const kernels = new Map<number, Run>();

function kernel(id: number): Run {
  let run = kernels.get(id);
  if (!run) kernels.set(id, run = loadKernel(shared, id));
  return run;
}

function serve(): void {
  let seen = Atomics.load(words, CONTROL.generation);
  while (Atomics.load(words, CONTROL.exit) === 0) {
    waitWhile(words, CONTROL.generation, seen);
    seen = Atomics.load(words, CONTROL.generation);
    Atomics.add(words, CONTROL.busy, 1);
    if (Atomics.load(words, CONTROL.open) === seen) workOn(words, thread, words[CONTROL.records], kernel);
    if (Atomics.sub(words, CONTROL.busy, 1) === 1) Atomics.notify(words, CONTROL.busy);
  }
}

parentPort!.postMessage("ready");
serve();
