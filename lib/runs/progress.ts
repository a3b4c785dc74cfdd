/** One interface for long work that shows how far it is: in a terminal, in a notebook, or silently. */

/** A running display. `done` counts from 0 to the total that it was made with. */
export interface Progress {
  /** Shows the state. Calls may come as often as they like; few are drawn. */
  update(done: number, note?: string): void | Promise<void>;
  /** Shows the last state and ends the display. Later calls do nothing. */
  finish(note?: string): void | Promise<void>;
}

/** What long work takes as an option, so that its caller chooses where progress goes. */
export type ProgressMaker = (total: number, label: string, options?: ProgressOptions) => Progress;

/** Options of every display. */
export interface ProgressOptions {
  /** Already done before this display began, as in a resumed run: the rate counts from here. Default 0. */
  readonly from?: number;
}

/** Where a terminal display writes, and what time it is. The defaults are the real ones. */
export interface TerminalOptions extends ProgressOptions {
  /** Where the text goes; default: stderr. */
  readonly write?: (text: string) => void;
  /** Whether the output can redraw a line. */
  readonly redraws?: boolean;
  /** Letters in one line. */
  readonly columns?: () => number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** `75` → "1:15", `4000` → "1:06:40": seconds for people. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60, hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function rateText(perSecond: number): string {
  if (!(perSecond > 0)) return "";
  if (perSecond >= 100) return `${Math.round(perSecond)}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(1 / perSecond).toFixed(1)} s each`;
}

function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stderr.writeSync(bytes.subarray(written));
  } catch { /* a closed stderr must not stop the work */ }
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

class TerminalProgress implements Progress {
  readonly #total: number;
  readonly #label: string;
  readonly #from: number;
  readonly #write: (text: string) => void;
  readonly #redraws: boolean;
  readonly #columns: () => number;
  readonly #now: () => number;
  readonly #began: number;
  #drawn: number;
  #done: number;
  #note = "";
  #ended = false;

  constructor(total: number, label: string, options: TerminalOptions) {
    this.#total = total;
    this.#label = label;
    this.#from = this.#done = options.from ?? 0;
    this.#write = options.write ?? writeError;
    this.#redraws = options.redraws ?? Deno.stderr.isTerminal();
    this.#columns = options.columns ?? terminalColumns;
    this.#now = options.now ?? (() => performance.now());
    this.#began = this.#now();
    // A log gets its first line after one interval, so that short work is one line; a terminal draws at once.
    this.#drawn = this.#redraws ? -Infinity : this.#began;
  }

  update(done: number, note?: string): void {
    if (this.#ended) return;
    this.#done = done;
    if (note !== undefined) this.#note = note;
    const now = this.#now();
    if (now - this.#drawn < (this.#redraws ? 100 : 5000)) return;
    this.#drawn = now;
    const seconds = (now - this.#began) / 1000;
    const rate = seconds > 0 ? (done - this.#from) / seconds : 0;
    const left = rate > 0 && this.#known() ? `${clock((this.#total - done) / rate)} left` : "";
    this.#draw([rateText(rate), left, this.#note], false);
  }

  finish(note?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    if (note !== undefined) this.#note = note;
    const seconds = (this.#now() - this.#began) / 1000;
    const rate = seconds > 0 ? (this.#done - this.#from) / seconds : 0;
    this.#draw([rateText(rate), `took ${clock(seconds)}`, this.#note], true);
  }

  #known(): boolean {
    return Number.isFinite(this.#total) && this.#total > 0;
  }

  #draw(parts: string[], last: boolean): void {
    const words = parts.filter((part) => part !== "").join(" · ");
    const share = this.#known() ? Math.min(1, Math.max(0, this.#done / this.#total)) : 0;
    const count = this.#known() ? `${this.#done}/${this.#total} (${Math.floor(share * 100)} %)` : `${this.#done}`;
    if (!this.#redraws) return this.#write(`${this.#label}: ${count}${words && " · "}${words}\n`);
    const full = Math.round(share * 24);
    const bar = this.#known() ? `${"━".repeat(full)}${"─".repeat(24 - full)} ` : "";
    const line = `${this.#label} ${bar}${count}${words && " · "}${words}`;
    // A line that wraps could not be redrawn in place.
    const fits = [...line].slice(0, Math.max(20, this.#columns() - 1)).join("");
    this.#write(`\r${fits}\x1b[K${last ? "\n" : ""}`);
  }
}

/** Progress on stderr: a bar that redraws itself, or, in a log, one line at most every five seconds. */
export function terminalProgress(total: number, label: string, options: TerminalOptions = {}): Progress {
  return new TerminalProgress(total, label, options);
}

/** Loads the notebook display at its first use, so that a command never loads chart libraries for a progress bar. */
class NotebookProgress implements Progress {
  readonly #inner: Promise<Progress>;
  constructor(total: number, label: string) {
    this.#inner = import("../figures/notebook.ts").then((notebook) => notebook.notebookProgress(total, label));
  }
  async update(done: number, note?: string): Promise<void> {
    await (await this.#inner).update(done, note);
  }
  async finish(note?: string): Promise<void> {
    await (await this.#inner).finish(note);
  }
}

/** Progress that shows nothing: for tests and `--quiet`. */
export function silentProgress(_total: number, _label: string, _options?: ProgressOptions): Progress {
  return { update() {}, finish() {} };
}

function inNotebook(): boolean {
  try {
    return typeof Deno.jupyter.display === "function";
  } catch {
    return false;
  }
}

/**
 * Progress where the program runs: in a notebook as a display that updates, else on stderr.
 *
 * @param total what `update` counts to; 0 or Infinity when it is not known
 *
 * @example
 * ```ts
 * const bar = progress(3000, "stage 2");
 * for (let step = 1; step <= 3000; step++) await bar.update(step, `loss ${loss.toFixed(3)}`);
 * await bar.finish();
 * ```
 */
export function progress(total: number, label: string, options: ProgressOptions = {}): Progress {
  return inNotebook() ? new NotebookProgress(total, label) : terminalProgress(total, label, options);
}
