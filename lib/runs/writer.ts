/**
 * Writing a run, first or resumed: the lock, the newest whole checkpoint, the metrics cut back to it, and saving in the right order.
 */

import {
  type Checkpoint,
  type CheckpointState,
  type KeepOptions,
  loadCheckpoint,
  saveCheckpoint,
  type SkippedCheckpoint,
} from "./checkpoint.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { MetricsLog, type MetricsRow } from "./metrics_log.ts";
import { type Run, RunError, runPaths } from "./run_folder.ts";

/** A run that this process may write. */
export class RunWriter implements Disposable {
  /** Where to go on from; null at a fresh start. */
  readonly resumed: Checkpoint | null;
  /** Newer checkpoints that were damaged. Tell the user. */
  readonly skipped: readonly SkippedCheckpoint[];
  #lock: RunLock;
  #metrics: MetricsLog;

  private constructor(
    readonly run: Run,
    lock: RunLock,
    metrics: MetricsLog,
    loaded: { checkpoint: Checkpoint | null; skipped: SkippedCheckpoint[] },
  ) {
    this.#lock = lock;
    this.#metrics = metrics;
    this.resumed = loaded.checkpoint;
    this.skipped = loaded.skipped;
  }

  /** @internal */
  static async open(run: Run): Promise<RunWriter> {
    const lock = await lockRun(run.folder);
    try {
      const loaded = await loadCheckpoint(runPaths.checkpoints(run));
      if (loaded.checkpoint === null && loaded.skipped.length > 0) {
        const reasons = loaded.skipped.map(({ reason }) => reason).join("\n");
        const folder = runPaths.checkpoints(run);
        throw new RunError(
          `${folder} holds no whole checkpoint. To start over, delete it; nothing was changed.\n${reasons}`,
        );
      }
      // Without a checkpoint the run starts over: no row of the broken start stays, not even one of step 0.
      const metrics = await MetricsLog.open(runPaths.metrics(run), loaded.checkpoint?.step ?? -1);
      return new RunWriter(run, lock, metrics, loaded);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Appends a row of metrics. Log everything of step s before you save step s. */
  log(row: MetricsRow): void {
    this.#metrics.append(row);
  }

  /** Saves a checkpoint. The metrics reach the disk first, so a checkpoint never stands without its rows. */
  async save(step: number, state: CheckpointState, options?: KeepOptions): Promise<void> {
    await this.#metrics.flush();
    await saveCheckpoint(runPaths.checkpoints(this.run), step, state, options);
  }

  /** Ends the writing: closes the metrics, releases the lock. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#metrics.close();
    this.#lock.release();
  }
  #closed = false;

  /** `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Takes a run for writing: locks it, finds the newest whole checkpoint, cuts the metrics back to its step.
 *
 * @throws RunError when another process writes the run, or when all its checkpoints are damaged; FormatError when `metrics.jsonl` is damaged
 *
 * @example
 * ```ts
 * using writer = await openWriter(run);
 * let step = writer.resumed?.step ?? 0;
 * if (writer.resumed) restore(writer.resumed.tensors, writer.resumed.json);
 * for (; step < steps && !signal.aborted; step++) {
 *   writer.log({ step: step + 1, loss: await trainStep() });
 *   if ((step + 1) % 500 === 0) await writer.save(step + 1, state());
 * }
 * await writer.save(step, state());
 * ```
 */
export async function openWriter(run: Run): Promise<RunWriter> {
  return await RunWriter.open(run);
}
