/** Progress of long work as an output that updates in place. `lib/runs/progress.ts` chooses it inside notebooks. */
import { settle, show } from "./notebook_channel.ts";

/** A running display; the same shape as `Progress` in lib/runs. */
export interface NotebookProgress {
  /** Shows how many of the total are done, at most eight times a second. */
  update(done: number, note?: string): Promise<void>;
  /** Shows the last state with the time taken, and waits until it is published. Later calls do nothing. */
  finish(note?: string): Promise<void>;
}

const REDRAW_MS = 120, BAR = 30;

/**
 * A progress line under the cell. Outside a notebook only its first line is printed.
 *
 * @param total What `update` counts to; 0 or Infinity when it is not known.
 */
export function notebookProgress(total: number, label: string): NotebookProgress {
  const id = crypto.randomUUID();
  const began = performance.now();
  let drawn = -Infinity, shown = false, ended = false, done = 0, lastNote = "";
  const draw = async (text: string) => {
    const update = shown;
    shown = true;
    drawn = performance.now();
    await show({ "text/plain": text }, { id, update });
  };
  return {
    async update(now, note) {
      done = now;
      if (note !== undefined) lastNote = note;
      if (ended || performance.now() - drawn < REDRAW_MS) return;
      await draw(
        progressLine({ label, total, done, seconds: (performance.now() - began) / 1000, note: lastNote, ended: false }),
      );
    },
    async finish(note) {
      if (ended) return;
      ended = true;
      if (note !== undefined) lastNote = note;
      await draw(
        progressLine({ label, total, done, seconds: (performance.now() - began) / 1000, note: lastNote, ended: true }),
      );
      await settle();
    },
  };
}

/** `stage 2 ███████░░░ 1500/3000 · 12.3 s · 12.3 s left · loss 0.31`. Exported for its test. */
export function progressLine(
  state: { label: string; total: number; done: number; seconds: number; note: string; ended: boolean },
): string {
  const { label, total, done, seconds, note, ended } = state;
  const known = total > 0 && Number.isFinite(total);
  const share = known ? Math.min(1, Math.max(0, done / total)) : 0;
  const filled = Math.round(share * BAR);
  const bar = known ? `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${done}/${total}` : `${done}`;
  const left = known && !ended && share > 0 ? `${duration(seconds / share - seconds)} left` : "";
  return [`${label} ${bar}`, duration(seconds), left, note].filter((part) => part !== "").join(" · ");
}

function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}
