/** The one error that every reader of files throws for malformed input. */

/** What a `FormatError` tells: where, what was expected, what was found, what to do. */
export interface FormatProblem {
  /** The file, and the part of it if there is one: "run/weights.safetensors", "data.npz, entry actions.npy". */
  where: string;
  /** Offset in bytes from the start of the file, if the problem has one. */
  byte?: number;
  /** Line, counted from 1, for text files. */
  line?: number;
  /** What the format asks for at this place. */
  expected: string;
  /** What stands there. */
  found: string;
  /** What the user can do next, as a sentence. */
  advice: string;
}

/**
 * Input that does not have the promised format. The message reads
 * `weights.safetensors, byte 8: expected … but found …. What to do.`
 */
export class FormatError extends Error {
  /** "FormatError". */
  override readonly name = "FormatError";
  /** The file, and the part of it if there is one. */
  readonly where: string;
  /** Offset in bytes, if known. */
  readonly byte: number | undefined;
  /** Line, counted from 1, in text files. */
  readonly line: number | undefined;
  /** What the format asks for. */
  readonly expected: string;
  /** What stands there. */
  readonly found: string;
  /** What the user can do next. */
  readonly advice: string;

  /** Composes the message from the parts, which stay readable as fields. */
  constructor(problem: FormatProblem, options?: ErrorOptions) {
    const { where, byte, line, expected, found, advice } = problem;
    const place = where + (byte === undefined ? "" : `, byte ${byte}`) + (line === undefined ? "" : `, line ${line}`);
    super(`${place}: expected ${expected} but found ${found}. ${advice}`, options);
    this.where = where;
    this.byte = byte;
    this.line = line;
    this.expected = expected;
    this.found = found;
    this.advice = advice;
  }
}

/** Shows a value from a file inside a message: as JSON, with control characters escaped, and never longer than a line. */
export function excerpt(value: unknown, limit = 60): string {
  const short = typeof value === "string" ? value.slice(0, limit + 1) : value;
  const text = typeof short === "bigint" ? String(short) : JSON.stringify(short) ?? String(short);
  const plain = text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return plain.length <= limit ? plain : `${plain.slice(0, limit)}…`;
}
