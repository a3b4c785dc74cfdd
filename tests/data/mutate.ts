/** Damaged copies of files, for property tests of readers. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError } from "../../lib/data/mod.ts";

/** One way to damage a file; positions are shares of its length, so that they fit any file. */
type Damage =
  | { kind: "set"; at: number; value: number }
  | { kind: "bit"; at: number; value: number }
  | { kind: "word"; at: number; value: number }
  | { kind: "cut"; at: number }
  | { kind: "insert"; at: number; bytes: Uint8Array }
  | { kind: "remove"; at: number; length: number }
  | { kind: "repeat"; at: number; length: number }
  | { kind: "fill"; at: number; length: number; value: number };

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const length = fc.integer({ min: 1, max: 64 });
/** Sizes and offsets that tempt a reader into overflow or a huge allocation. */
const temptingWord = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x06054b50, 0x02014b50);
const digit = fc.constantFrom(..."0123456789{}[]()\"',:-\\\n eE.".split("").map((c) => c.charCodeAt(0)));

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at, value: fc.oneof(digit, fc.nat(255)) }),
  fc.record({ kind: fc.constant("bit" as const), at, value: fc.nat(7) }),
  fc.record({ kind: fc.constant("word" as const), at, value: temptingWord }),
  fc.record({ kind: fc.constant("cut" as const), at }),
  fc.record({ kind: fc.constant("insert" as const), at, bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) }),
  fc.record({ kind: fc.constant("remove" as const), at, length }),
  fc.record({ kind: fc.constant("repeat" as const), at, length }),
  fc.record({ kind: fc.constant("fill" as const), at, length, value: fc.constantFrom(0, 0xff, 0x20, 0x39) }),
);

/** One to three damages. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(damage, { minLength: 1, maxLength: 3 });

/** Applies damages one after another to a copy. */
export function mutate(bytes: Uint8Array, list: readonly Damage[]): Uint8Array {
  for (const d of list) {
    const place = Math.floor(d.at * bytes.length);
    const head = bytes.subarray(0, place), tail = bytes.subarray(place);
    switch (d.kind) {
      case "set":
        bytes = join(head, Uint8Array.of(d.value), tail.subarray(1));
        break;
      case "bit":
        bytes = join(head, Uint8Array.of((tail[0] ?? 0) ^ (1 << d.value)), tail.subarray(1));
        break;
      case "word":
        bytes = join(head, new Uint8Array(Uint32Array.of(d.value).buffer), tail.subarray(4));
        break;
      case "cut":
        bytes = join(head);
        break;
      case "insert":
        bytes = join(head, d.bytes, tail);
        break;
      case "remove":
        bytes = join(head, tail.subarray(d.length));
        break;
      case "repeat":
        bytes = join(head, tail.subarray(0, d.length), tail);
        break;
      case "fill":
        bytes = join(head, new Uint8Array(Math.min(d.length, tail.length)).fill(d.value), tail.subarray(d.length));
        break;
    }
  }
  return bytes;
}

/** Runs a reader and returns its result, or null after a `FormatError` that says file and place; all else fails. */
export function readOrFormatError<T>(where: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof FormatError, `expected a FormatError but found ${error}`);
    assert.ok(error.where.startsWith(where), error.where);
    assert.ok(error.byte !== undefined || error.line !== undefined, `no place in: ${error.message}`);
    assert.ok(error.expected && error.found && error.advice, error.message);
    assert.ok(error.message.length < 600, `a message of ${error.message.length} characters`);
    return null;
  }
}

export function join(...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let to = 0;
  for (const piece of pieces) {
    out.set(piece, to);
    to += piece.length;
  }
  return out;
}
