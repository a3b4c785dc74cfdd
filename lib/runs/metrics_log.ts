/**
 * `metrics.jsonl`: one line per logged step, only ever appended to. On resume, everything after the checkpoint's step is cut
 * off, so that a resumed run's file is, byte for byte, that of a run that was never stopped.
 */

import { excerpt, FormatError } from "../data/format_error.ts";
import { readJsonl } from "../data/jsonl.ts";

/** What one value of a row may be. NaN and infinities are kept (JSON has no such numbers: in the file they are texts). */
export type Metric = number | string | boolean | null;

/**
 * One row. `step` counts over the whole run, all stages, and never falls. Rows hold nothing that depends on the clock (put
 * that in the card), else two equal runs would not have equal files.
 */
export interface MetricsRow {
  /** Steps done in the whole run, an integer of at least 0. */
  readonly step: number;
  /** Anything that was measured. */
  readonly [name: string]: Metric;
}

const ADVICE = "Correct or remove this line by hand; nothing was changed.";

/** Numbers that JSON lacks, as they stand in the file. */
const NUMBERS: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

function encode(row: MetricsRow): string {
  if (!Number.isSafeInteger(row.step) || row.step < 0) {
    throw new TypeError(`metrics: step must be an integer of at least 0 but is ${row.step}`);
  }
  const entries = Object.entries(row).map(([name, value]) => {
    if (typeof value === "number" && !Number.isFinite(value)) return [name, String(value)];
    if (typeof value === "string" && NUMBERS.has(value)) {
      throw new TypeError(`metrics: ${name} is the text "${value}"; log the number`);
    }
    if (value === null || ["number", "string", "boolean"].includes(typeof value)) return [name, value];
    throw new TypeError(`metrics: ${name} must be a number, text, true, false or null but is ${typeof value}`);
  });
  return JSON.stringify(Object.fromEntries(entries)) + "\n";
}

function decode(record: Record<string, unknown>, where: string, line: number, least: number): MetricsRow {
  const fail = (expected: string, found: unknown): never => {
    throw new FormatError({ where, line, expected, found: excerpt(found), advice: ADVICE });
  };
  const row: Record<string, Metric> = {};
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === "string" && NUMBERS.has(value)) row[name] = Number(value);
    else if (value === null || typeof value !== "object") row[name] = value as Metric;
    else fail(`${name} to be a number, text, true, false or null`, value);
  }
  const { step } = row;
  if (!Number.isSafeInteger(step) || (step as number) < least) {
    fail(`step to be an integer of at least ${least}`, step ?? null);
  }
  return row as MetricsRow;
}

/** Rows of a metrics file, and where each line ends. */
interface Parsed {
  readonly rows: MetricsRow[];
  /** Byte after row i's line, the newline included if it is there. */
  readonly ends: number[];
}

function parse(bytes: Uint8Array, where: string): Parsed {
  const { records } = readJsonl(bytes, where);
  const rows: MetricsRow[] = [], ends: number[] = [];
  for (const [i, record] of records.entries()) {
    rows.push(decode(record, where, i + 1, rows.at(-1)?.step ?? 0));
    const newline = bytes.indexOf(0x0a, ends.at(-1) ?? 0);
    ends.push(newline < 0 ? bytes.length : newline + 1);
  }
  return { rows, ends };
}

async function readIfThere(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

/**
 * Reads a metrics file. A torn last line, which a killed process leaves, is left out; a missing file has no rows.
 *
 * @throws FormatError with the line that is not a row
 */
export async function readMetrics(path: string): Promise<MetricsRow[]> {
  return parse(await readIfThere(path), path).rows;
}

/** One column of the rows that have it, with its steps: what a curve is drawn from. */
export function metricSeries(rows: readonly MetricsRow[], name: string): { steps: number[]; values: number[] } {
  const having = rows.filter((row) => typeof row[name] === "number");
  return { steps: having.map((row) => row.step), values: having.map((row) => row[name] as number) };
}

/** The writer. The caller holds the run's lock. */
export class MetricsLog implements Disposable {
  #file: Deno.FsFile;
  #last: number;

  private constructor(file: Deno.FsFile, last: number) {
    this.#file = file;
    this.#last = last;
  }

  /**
   * Opens a file to append to it, after cutting off a torn last line and all rows after `afterStep`.
   *
   * @param afterStep the step of the checkpoint that the run goes on from; 0 for a fresh start; `Infinity` keeps all rows
   * @throws FormatError when a line is no row; the file is then untouched
   */
  static async open(path: string, afterStep: number): Promise<MetricsLog> {
    const bytes = await readIfThere(path);
    const { rows, ends } = parse(bytes, path);
    const kept = rows.findLastIndex((row) => row.step <= afterStep) + 1;
    const size = ends[kept - 1] ?? 0;
    const file = await Deno.open(path, { read: true, write: true, create: true });
    try {
      if (size !== bytes.length) await file.truncate(size);
      await file.seek(0, Deno.SeekMode.End);
      // Whole but for its newline: a row that was edited by hand, or torn exactly there.
      if (size > 0 && bytes[size - 1] !== 0x0a) await file.write(new Uint8Array([0x0a]));
    } catch (error) {
      file.close();
      throw error;
    }
    return new MetricsLog(file, rows[kept - 1]?.step ?? 0);
  }

  /**
   * Appends one row. It survives a killed process at once, and a power cut after `flush`.
   *
   * @throws TypeError when a value cannot be stored, or when the step is below that of the row before
   */
  append(row: MetricsRow): void {
    const bytes = new TextEncoder().encode(encode(row));
    if (row.step < this.#last) {
      throw new TypeError(`metrics: step ${row.step} comes after step ${this.#last}; steps never fall`);
    }
    for (let written = 0; written < bytes.length;) written += this.#file.writeSync(bytes.subarray(written));
    this.#last = row.step;
  }

  /** Forces all rows to the disk. Call it before a checkpoint is saved. */
  async flush(): Promise<void> {
    await this.#file.sync();
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  /** `close`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
