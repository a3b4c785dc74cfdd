/** Threads that play episodes: a console each, since one fills a core. */
import { Worker } from "node:worker_threads";
import type { Plan } from "./plan.ts";
import type { AtariRecordingSettings } from "./settings.ts";
import type { EpisodeRow } from "./statistics.ts";

/** What a thread begins with. */
export interface WorkerData {
  readonly folder: string;
  readonly settings: AtariRecordingSettings;
  /** Two words for each thread: frames so far of its episode, and most frames that are wanted. */
  readonly shared: Int32Array;
  /** Its first word. */
  readonly at: number;
}

/** What a thread says when an episode has ended: its line, null if it was given up, or what went wrong. */
export type Told =
  | { readonly episode: number; readonly row: EpisodeRow | null }
  | { readonly episode: number; readonly error: string };

/** How work goes on. */
export interface PoolOptions {
  readonly folder: string;
  readonly settings: AtariRecordingSettings;
  readonly workers: number;
  /** When aborted, episodes in play are given up. */
  readonly signal?: AbortSignal;
  /** An episode lies in the folder; the next one of its thread begins when this has ended. */
  readonly onEpisode: (row: EpisodeRow) => Promise<void>;
  /** Told every now and then. */
  readonly onProgress: () => void;
}

/** Milliseconds between looks at what threads do. */
const LOOK = 50;

/** Plays what the plan asks for, until it knows its last episode or the signal comes. @throws Error of a thread */
export async function playInThreads(plan: Plan, options: PoolOptions): Promise<void> {
  const { folder, settings, workers, signal, onEpisode, onProgress } = options;
  const shared = new Int32Array(new SharedArrayBuffer(8 * workers));
  const threads: Worker[] = [], playing = new Map<number, number>();
  const look = () => {
    for (const [thread, episode] of playing) plan.progress(episode, Math.max(1, Atomics.load(shared, 2 * thread)));
    for (const [thread, episode] of playing) {
      const limit = signal?.aborted ? 0 : Math.max(0, plan.limit(episode));
      Atomics.store(shared, 2 * thread + 1, limit);
    }
    onProgress();
  };
  const timer = setInterval(look, LOOK);
  try {
    await Promise.all(Array.from({ length: workers }, async (_, thread) => {
      for (let episode = plan.begin(); episode !== null && !signal?.aborted; episode = plan.begin()) {
        const worker = threads[thread] ??= new Worker(new URL("./worker.ts", import.meta.url), {
          workerData: { folder, settings, shared, at: 2 * thread } satisfies WorkerData,
        });
        playing.set(thread, episode);
        Atomics.store(shared, 2 * thread, 1);
        Atomics.store(shared, 2 * thread + 1, plan.limit(episode));
        const told = await ask(worker, episode);
        playing.delete(thread);
        if ("error" in told) throw new Error(`episode ${episode}: ${told.error}`);
        plan.end(episode, told.row && told.row.length + 1);
        if (told.row) await onEpisode(told.row);
        look();
      }
    }));
  } finally {
    clearInterval(timer);
    await Promise.all(threads.map((thread) => thread?.terminate()));
  }
}

function ask(worker: Worker, episode: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const died = () => reject(new Error(`the thread that played episode ${episode} has died; is memory short?`));
    worker.once("error", reject);
    worker.once("exit", died);
    worker.once("message", (told: Told) => {
      worker.off("error", reject);
      worker.off("exit", died);
      resolve(told);
    });
    worker.postMessage(episode);
  });
}
