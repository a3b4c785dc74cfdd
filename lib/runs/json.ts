/** The JSON files of a run: strict writing, and reading that names the first field that is not as promised. */

import { excerpt, FormatError } from "../data/format_error.ts";

/** Anything that JSON can hold without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Refuses what `JSON.stringify` would drop or change without a word: NaN and infinities, `undefined`, functions, symbols,
 * big integers, class instances (typed arrays, maps, dates), and circles.
 *
 * @throws TypeError that names the place, as in `state.json: optimiser.best is NaN, …`
 */
export function assertJson(value: unknown, where: string): asserts value is Json {
  const open = new Set<object>();
  const visit = (v: unknown, path: string): void => {
    const fail = (what: string): never => {
      throw new TypeError(
        `${where}: ${
          path || "the value"
        } is ${what}, which JSON cannot hold. Store a number, text, list or plain object.`,
      );
    };
    if (v === null || typeof v === "boolean" || typeof v === "string") return;
    if (typeof v === "number") return Number.isFinite(v) ? undefined : fail(String(v));
    if (typeof v !== "object") return fail(v === undefined ? "undefined" : `a ${typeof v}`);
    if (open.has(v)) fail("part of a circle");
    open.add(v);
    if (Array.isArray(v)) { for (let i = 0; i < v.length; i++) visit(v[i], `${path}[${i}]`); }
    else {
      const proto = Object.getPrototypeOf(v);
      if (proto !== Object.prototype && proto !== null) fail(`a ${v.constructor?.name ?? "class instance"}`);
      for (const [key, inner] of Object.entries(v)) visit(inner, path ? `${path}.${key}` : key);
    }
    open.delete(v);
  };
  visit(value, "");
}

/** Text of a JSON file: checked, indented (0 for files that nobody reads by eye), with an ending newline. */
export function jsonText(value: unknown, where: string, indent = 2): string {
  assertJson(value, where);
  return JSON.stringify(value, null, indent) + "\n";
}

/**
 * Parses the bytes of a JSON file.
 *
 * @throws FormatError when the bytes are not UTF-8 or not JSON
 */
export function parseJson(bytes: Uint8Array, where: string, advice: string): unknown {
  const fail = (found: string, cause: unknown): never => {
    throw new FormatError({ where, expected: "JSON", found, advice }, { cause });
  };
  if (bytes.length === 0) fail("an empty file", undefined);
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    fail("bytes that are not UTF-8", error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`text that does not parse (${excerpt((error as Error).message, 120)})`, undefined);
  }
}

/** Reads a file of a run. A missing file is a `FormatError` too, so that callers have one kind of trouble to tell. */
export async function readBytes(path: string, expected: string, advice: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const found = error instanceof Deno.errors.NotFound
      ? "no such file"
      : error instanceof Deno.errors.IsADirectory || (await Deno.stat(path).catch(() => null))?.isDirectory
      ? "a folder"
      : `a file that cannot be read (${(error as Error).message})`;
    throw new FormatError({ where: path, expected, found, advice }, { cause: error });
  }
}

/**
 * One value of a parsed file, together with its place, so that a wrong one can be named.
 *
 * @example
 * ```ts
 * const config = new Field(parseJson(bytes, "config.json", advice), "config.json", advice);
 * const seed = config.at("seed").integer(0);
 * ```
 */
export class Field {
  constructor(
    readonly value: unknown,
    readonly where: string,
    readonly advice: string,
    readonly path: string = "",
  ) {}

  /** @throws FormatError saying what was expected here. */
  fail(expected: string, found: string = this.value === undefined ? "nothing" : excerpt(this.value)): never {
    const place = this.path ? `${this.where}, ${this.path}` : this.where;
    throw new FormatError({ where: place, expected, found, advice: this.advice });
  }
  /** Plain object. */
  object(): Record<string, unknown> {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      return this.fail("an object");
    }
    return this.value as Record<string, unknown>;
  }
  /** A member; absent members are fields whose value is `undefined`. */
  at(key: string): Field {
    const object = this.object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return new Field(value, this.where, this.advice, this.path ? `${this.path}.${key}` : key);
  }
  list(): Field[] {
    if (!Array.isArray(this.value)) return this.fail("a list");
    return this.value.map((v, i) => new Field(v, this.where, this.advice, `${this.path}[${i}]`));
  }
  text(expected = "text"): string {
    return typeof this.value === "string" && this.value !== "" ? this.value : this.fail(expected);
  }
  number(): number {
    return typeof this.value === "number" && Number.isFinite(this.value) ? this.value : this.fail("a number");
  }
  integer(min = -Infinity): number {
    if (Number.isSafeInteger(this.value) && (this.value as number) >= min) return this.value as number;
    return this.fail(min > -Infinity ? `an integer of at least ${min}` : "an integer");
  }
  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.fail("true or false");
  }
  oneOf<const T extends string>(choices: readonly T[]): T {
    if (choices.includes(this.value as T)) return this.value as T;
    return this.fail(`one of ${choices.map((c) => `"${c}"`).join(", ")}`);
  }
  /** `null`, or what the reader makes of the field. */
  nullable<T>(read: (field: Field) => T): T | null {
    return this.value === null ? null : read(this);
  }
  /** The version of a file's format. Older versions that are listed are fine; a newer one asks for a newer Tessera. */
  version(known: number): number {
    const found = this.integer(1);
    if (found <= known) return found;
    const place = `${this.where}, ${this.path}`;
    const advice = "It was written by a newer Tessera: update Tessera, or open it with the version that made it.";
    throw new FormatError({ where: place, expected: `version ${known} or older`, found: `version ${found}`, advice });
  }
}
