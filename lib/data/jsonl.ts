/** JSON Lines: one JSON object per line, as in `metrics.jsonl`. */

import { excerpt, FormatError } from "./format_error.ts";

/** What a JSON Lines file holds. */
export interface JsonLines {
  /** The objects, one per whole line, in order. */
  records: Record<string, unknown>[];
  /**
   * Bytes up to the end of the last whole line. Smaller than the file if its last line is torn; a writer that wants to
   * continue the file truncates it to this size first.
   */
  wholeBytes: number;
  /** Line number, counted from 1, of a torn last line; null if there is none. */
  tornLine: number | null;
  /** True if the last record is whole but lacks its newline; a writer that continues the file writes one first. */
  unended: boolean;
}

/**
 * Reads JSON Lines. A process that is killed while it appends leaves a last line without its end; such a line is
 * reported in `tornLine` and otherwise left out. Any other line that is not one JSON object is an error.
 *
 * @param bytes the file, UTF-8
 * @param where the file's name, for messages
 * @throws FormatError with the line and byte of the first bad line
 *
 * @example
 * ```ts
 * import { readJsonl } from "@tessera/worlds";
 * const { records, tornLine } = readJsonl(new TextEncoder().encode('{"step":1}\n{"st'), "metrics.jsonl");
 * console.log(records, tornLine); // [ { step: 1 } ] 2
 * ```
 */
export function readJsonl(bytes: Uint8Array, where: string): JsonLines {
  const records: Record<string, unknown>[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    const record = parseObject(bytes.subarray(start, end));
    if (typeof record === "string") {
      if (newline < 0) return { records, wholeBytes: start, tornLine: line, unended: false };
      throw new FormatError({
        where,
        byte: start,
        line,
        expected: "one JSON object",
        found: record,
        advice: "Correct or remove this line; the lines before it are fine.",
      });
    }
    records.push(record);
    start = end + 1;
  }
  const unended = bytes.length > 0 && bytes[bytes.length - 1] !== 0x0a;
  return { records, wholeBytes: bytes.length, tornLine: null, unended };
}

/** Writes records as JSON Lines, each line ended. */
export function writeJsonl(records: readonly Record<string, unknown>[]): string {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}

/** The object in one line, or what was found in its place. */
function parseObject(line: Uint8Array): Record<string, unknown> | string {
  if (line.length === 0) return "an empty line";
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return "bytes that are not UTF-8";
  }
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch { /* told below */ }
  return excerpt(text);
}
