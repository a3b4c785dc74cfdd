/**
 * Safetensors files: a JSON header with the name, type, shape and place of each tensor, then the bytes.
 * Source: the format section of github.com/huggingface/safetensors, whose rules are all checked here.
 */

import { excerpt, FormatError } from "./format_error.ts";

/** Bytes per element of every type that can be read and written. */
export const TENSOR_TYPES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;

/** Name of an element type. */
export type TensorType = keyof typeof TENSOR_TYPES;

/** One tensor: little-endian elements in C order. */
export interface TensorData {
  /** Type of the elements. */
  dtype: TensorType;
  /** Length of each axis; empty for a single number. */
  shape: number[];
  /** Exactly product(shape) elements. Starts at offset 0 of its own buffer when read from a file. */
  bytes: Uint8Array;
}

/** What a file holds. */
export interface Safetensors {
  /** The free text of the header, by key. */
  metadata: Record<string, string>;
  /** The tensors by name, in the order of the header. */
  tensors: Record<string, TensorData>;
}

const MAX_HEADER = 100_000_000; // the limit of the reference implementation
const DAMAGED = "The file is damaged or cut short; use the previous checkpoint or fetch the file again.";

type Fail = (byte: number, expected: string, found: string, cause?: unknown) => never;

/**
 * Reads a safetensors file. Every byte of the data must belong to exactly one tensor.
 *
 * @param bytes the whole file; it is not kept
 * @param where the file's name, for messages
 * @throws FormatError with the byte offset of the problem
 */
export function readSafetensors(bytes: Uint8Array, where: string): Safetensors {
  const fail: Fail = (byte, expected, found, cause) => {
    throw new FormatError({ where, byte, expected, found, advice: DAMAGED }, { cause });
  };
  if (bytes.length < 8) fail(0, "8 bytes with the length of the header", `a file of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = Number(view.getBigUint64(0, true));
  const room = Math.min(MAX_HEADER, bytes.length - 8);
  if (headerSize < 2 || headerSize > room) fail(0, `a header length from 2 to ${room}`, `${headerSize}`);
  const header = parseHeader(bytes.subarray(8, 8 + headerSize), fail);

  const dataStart = 8 + headerSize;
  const metadata = readMetadata(header.get("__metadata__"), fail);
  header.delete("__metadata__");
  const places = [...header].map(([name, entry]) => readEntry(name, entry, fail));
  // Ties are empty tensors, which may share a place with the start of the next one.
  const sorted = places.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== covered) {
      fail(dataStart + covered, `the data of ${excerpt(name)}, after the tensor before it`, `its offset ${begin}`);
    }
    covered = end;
  }
  if (dataStart + covered !== bytes.length) {
    fail(dataStart + covered, "the end of the file after the last tensor", `a file of ${bytes.length} bytes`);
  }
  const tensors = places.map(({ name, dtype, shape, begin, end }): [string, TensorData] => {
    return [name, { dtype, shape, bytes: bytes.slice(dataStart + begin, dataStart + end) }];
  });
  return { metadata, tensors: Object.fromEntries(tensors) };
}

/**
 * Writes a safetensors file. Equal tensors give equal bytes, whatever their order: as in the reference implementation,
 * wide types come first, then names in order, so that each tensor is aligned.
 *
 * @throws RangeError if a tensor's bytes do not fit its dtype and shape, or a name is "__metadata__"
 */
export function writeSafetensors(
  tensors: Record<string, TensorData>,
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const fail = (expected: string, found: string) => {
      throw new RangeError(`safetensors, tensor ${excerpt(name)}: expected ${expected} but found ${found}`);
    };
    if (name === "__metadata__") fail("another name", `"__metadata__", which is reserved`);
    if (!Object.hasOwn(TENSOR_TYPES, dtype)) fail(`dtype ${Object.keys(TENSOR_TYPES).join(" ")}`, excerpt(dtype));
    const size = byteSize(dtype, shape);
    if (size !== bytes.length) fail(`${size} bytes for ${dtype} (${shape})`, `${bytes.length} bytes`);
  }
  const names = Object.keys(tensors).sort((a, b) =>
    TENSOR_TYPES[tensors[b].dtype] - TENSOR_TYPES[tensors[a].dtype] || (a < b ? -1 : 1)
  );
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
    entries.push(["__metadata__", Object.fromEntries(sorted)]);
  }
  let end = 0;
  for (const name of names) {
    const { dtype, shape, bytes } = tensors[name];
    entries.push([name, { dtype, shape, data_offsets: [end, end += bytes.length] }]);
  }
  const text = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(text);
  const headerSize = Math.ceil(header.length / 8) * 8; // spaces fill up, so that the data is aligned
  const out = new Uint8Array(8 + headerSize + end).fill(0x20, 8, 8 + headerSize);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerSize), true);
  out.set(header, 8);
  let at = 8 + headerSize;
  for (const name of names) {
    out.set(tensors[name].bytes, at);
    at += tensors[name].bytes.length;
  }
  return out;
}

/** Bytes of a tensor, or NaN if the shape is none; Infinity or inexact if it is absurdly large. */
function byteSize(dtype: TensorType, shape: readonly number[]): number {
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return NaN;
  return shape.reduce((product, length) => product * length, TENSOR_TYPES[dtype] as number);
}

/** The header's keys and values; a `Map`, since keys are any strings. */
function parseHeader(bytes: Uint8Array, fail: Fail): Map<string, unknown> {
  let text = "";
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    fail(8, "a header in JSON", error instanceof Error ? excerpt(error.message, 100) : "something else", error);
  }
  if (bytes[0] !== 0x7b || !isObject(value)) return fail(8, `a JSON object, which starts with "{"`, excerpt(text));
  const twice = duplicateKey(text);
  if (twice !== null) fail(8, "each key of the header once", `${excerpt(twice)} twice`);
  return new Map(Object.entries(value));
}

function readMetadata(value: unknown, fail: Fail): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) return fail(8, "__metadata__ to be an object of strings", excerpt(value));
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(8, `__metadata__ ${excerpt(key)} to be a string`, excerpt(text));
  }
  return value as Record<string, string>;
}

function readEntry(name: string, entry: unknown, fail: Fail) {
  const what = `tensor ${excerpt(name)}`;
  if (!isObject(entry) || Object.keys(entry).sort().join() !== "data_offsets,dtype,shape") {
    return fail(8, `${what} with dtype, shape and data_offsets`, excerpt(entry));
  }
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(TENSOR_TYPES, dtype)) {
    fail(8, `${what} of a type ${Object.keys(TENSOR_TYPES).join(" ")}`, excerpt(dtype));
  }
  if (!isCounts(shape)) return fail(8, `${what} with a shape of integers from 0`, excerpt(shape));
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    return fail(8, `${what} with data_offsets [begin, end]`, excerpt(offsets));
  }
  const [begin, end] = offsets;
  const size = byteSize(dtype as TensorType, shape);
  if (end - begin !== size) {
    fail(8, `${what}, ${dtype} of shape (${excerpt(shape)}), in ${size} bytes`, `${end - begin} bytes`);
  }
  return { name, dtype: dtype as TensorType, shape, begin, end };
}

/** A key that appears twice in one object of a JSON text, which `JSON.parse` passes over. The text must be valid JSON. */
function duplicateKey(text: string): string | null {
  const open: (Set<string> | null)[] = []; // keys so far of each open object; null for an array
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === "{") open.push(new Set());
    else if (mark === "[") open.push(null);
    else if (mark === "}" || mark === "]") open.pop();
    else if (mark === '"') {
      const start = at++;
      while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      const end = at + 1;
      while (/\s/.test(text[at + 1])) at++;
      if (text[at + 1] !== ":") continue; // a value
      const key = JSON.parse(text.slice(start, end)), keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
