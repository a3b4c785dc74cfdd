/**
 * NumPy's `.npy` arrays, versions 1 to 3 of the format.
 * Source: "NEP 1 — A simple file format for NumPy arrays" and `numpy.lib.format`.
 */

import { excerpt, FormatError } from "./format_error.ts";

/** The typed arrays that hold NumPy data. */
export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/** An array in C order (the last index runs fastest). */
export interface NpyArray {
  /** NumPy's name of the type, little endian: "|b1", "|u1", "|i1", "<u2", "<i2", "<f2", … "<f8". */
  dtype: string;
  /** Length of each axis; empty for a single number. */
  shape: number[];
  /** The elements; booleans are 0 and 1 in a `Uint8Array`. */
  data: NpyData;
}

interface NpyConstructor {
  new (buffer: ArrayBuffer): NpyData;
  readonly BYTES_PER_ELEMENT: number;
}

/** Every type that can be read and written. */
const TYPES: Record<string, NpyConstructor> = {
  "|b1": Uint8Array,
  "|u1": Uint8Array,
  "|i1": Int8Array,
  "<u2": Uint16Array,
  "<i2": Int16Array,
  "<u4": Uint32Array,
  "<i4": Int32Array,
  "<u8": BigUint64Array,
  "<i8": BigInt64Array,
  "<f2": Float16Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
};
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const MAX_HEADER = 1 << 20, MAX_AXES = 64;
const DAMAGED = "The file is damaged or was not written by NumPy; save it again with numpy.save or numpy.savez.";

type Fail = (byte: number, expected: string, found: string, advice?: string) => never;

/**
 * Reads one `.npy` file. Arrays in Fortran order are put in C order.
 *
 * @param bytes the whole file; it is not kept, the result has its own memory
 * @param where the file's name, for messages
 * @throws FormatError for damaged files and, by name, for types that have no typed array (objects, strings, big endian)
 */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const fail: Fail = (byte, expected, found, advice = DAMAGED) => {
    throw new FormatError({ where, byte, expected, found, advice });
  };
  if (bytes.length < 10 || MAGIC.some((value, i) => bytes[i] !== value)) {
    fail(0, "an .npy array, which starts with \\x93NUMPY", `${bytes.length} bytes of something else`);
  }
  const version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] !== 0) {
    fail(6, "version 1.0, 2.0 or 3.0 of the format", `${version}.${bytes[7]}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = version === 1 ? 10 : 12;
  if (bytes.length < headerStart) fail(8, "the length of the header", "the end of the file");
  const headerSize = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerSize > MAX_HEADER || headerStart + headerSize > bytes.length) {
    const room = Math.min(MAX_HEADER, bytes.length - headerStart);
    fail(8, `a header of at most ${room} bytes`, `one of ${headerSize}`);
  }
  const dataStart = headerStart + headerSize;
  const header = new TextDecoder("latin1").decode(bytes.subarray(headerStart, dataStart));
  const { descr, fortranOrder, shape } = readHeader(header, headerStart, fail);

  const dtype = descr.replace(/^[<=]([bui]1)$/, "|$1");
  const Type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!Type) {
    const known = Object.keys(TYPES).join(" ");
    const advice = descr.includes("O")
      ? "Objects are pickled Python data and are never read; save plain arrays."
      : "Convert the array in NumPy, for example with .astype('<f4').";
    return fail(headerStart, `one of the types ${known}`, excerpt(descr), advice);
  }
  let elements = 1;
  for (const length of shape) elements *= length; // may become inexact or infinite, and then cannot be equal below
  const dataSize = bytes.length - dataStart;
  if (elements * Type.BYTES_PER_ELEMENT !== dataSize) {
    fail(dataStart, `${elements * Type.BYTES_PER_ELEMENT} bytes for ${dtype} of shape (${shape})`, `${dataSize} bytes`);
  }
  const data = new Type(bytes.slice(dataStart).buffer as ArrayBuffer);
  if (dtype === "|b1") {
    const wrong = (data as Uint8Array).findIndex((value) => value > 1);
    if (wrong >= 0) fail(dataStart + wrong, "booleans, 0 or 1", String(data[wrong]));
  }
  return { dtype, shape, data: fortranOrder && shape.length > 1 ? toCOrder(data, shape, Type) : data };
}

/**
 * Writes one array as `.npy` (version 1.0, C order).
 *
 * @throws RangeError if dtype, shape and data do not fit together
 */
export function writeNpy(array: NpyArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape, data } = array;
  const Type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!Type) throw new RangeError(`npy: expected dtype ${Object.keys(TYPES).join(" ")} but found ${excerpt(dtype)}`);
  if (!(data instanceof Type)) {
    throw new RangeError(`npy: expected ${new Type(new ArrayBuffer(0)).constructor.name} for ${dtype}`);
  }
  const elements = shape.reduce((product, length) => product * length, 1);
  if (shape.length > MAX_AXES || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new RangeError(`npy: expected a shape of at most ${MAX_AXES} lengths but found (${shape})`);
  }
  if (elements !== data.length) {
    throw new RangeError(`npy: expected ${elements} elements for shape (${shape}) but found ${data.length}`);
  }
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${axes}), }`;
  const dataStart = Math.ceil((10 + dictionary.length + 1) / 64) * 64; // NumPy aligns the data to 64 bytes
  const out = new Uint8Array(dataStart + data.byteLength).fill(0x20, 0, dataStart);
  out.set([...MAGIC, 1, 0, (dataStart - 10) & 0xff, (dataStart - 10) >>> 8]);
  out.set(new TextEncoder().encode(dictionary), 10);
  out[dataStart - 1] = 0x0a;
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataStart);
  return out;
}

/** Parses the header, a Python dictionary of exactly descr, fortran_order and shape, in any order. */
function readHeader(text: string, byte: number, fail: Fail) {
  const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False|\d+|[{}()\[\],:]))/y;
  const next = (expected: string): { text: string; quoted: boolean } => {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) return fail(byte + at, expected, at < text.length ? excerpt(text.slice(at, at + 40)) : "its end");
    return { text: match[1] ?? match[2] ?? match[3], quoted: match[3] === undefined };
  };
  const take = (mark: string) => {
    const at = token.lastIndex, found = next(mark);
    if (found.quoted || found.text !== mark) fail(byte + at, mark, excerpt(found.text));
  };
  const peek = (mark: string): boolean => {
    const at = token.lastIndex, match = token.exec(text);
    if (match && match[3] === mark) return true;
    token.lastIndex = at;
    return false;
  };
  const readShape = (): number[] => {
    const lengths: number[] = [];
    take("(");
    while (!peek(")")) {
      const at = token.lastIndex, found = next("a length");
      const length = found.quoted || !/^\d+$/.test(found.text) ? NaN : Number(found.text);
      if (!Number.isSafeInteger(length)) fail(byte + at, "the length of an axis", excerpt(found.text));
      if (lengths.push(length) > MAX_AXES) fail(byte + at, `at most ${MAX_AXES} axes`, "more");
      if (!peek(",")) {
        take(")");
        break;
      }
    }
    return lengths;
  };

  let descr: string | undefined, fortranOrder: boolean | undefined, shape: number[] | undefined;
  take("{");
  while (!peek("}")) {
    const at = token.lastIndex, key = next("a key");
    take(":");
    if (key.quoted && key.text === "descr" && descr === undefined) {
      if (peek("[")) fail(byte + at, "one type for all elements", "a structured type", "Save each field by itself.");
      const found = next("a type");
      if (!found.quoted) fail(byte + at, "a type such as '<f4'", excerpt(found.text));
      descr = found.text;
    } else if (key.quoted && key.text === "fortran_order" && fortranOrder === undefined) {
      const found = next("True or False");
      if (found.quoted || !/^[TF]/.test(found.text)) fail(byte + at, "True or False", excerpt(found.text));
      fortranOrder = found.text === "True";
    } else if (key.quoted && key.text === "shape" && shape === undefined) {
      shape = readShape();
    } else {
      fail(byte + at, "descr, fortran_order and shape, once each", excerpt(key.text));
    }
    if (!peek(",")) {
      take("}");
      break;
    }
  }
  const rest = text.slice(token.lastIndex);
  if (!/^ *\n$/.test(rest)) fail(byte + token.lastIndex, "spaces and a line end after the header", excerpt(rest));
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    return fail(byte, "the keys descr, fortran_order and shape", excerpt(text.trim()));
  }
  return { descr, fortranOrder, shape };
}

/** Reorders elements whose first index runs fastest so that the last one does. */
function toCOrder(data: NpyData, shape: number[], Type: NpyConstructor): NpyData {
  const out = new Type(new ArrayBuffer(data.byteLength));
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < shape.length; stride *= shape[axis++]) strides.push(stride);
  const index = shape.map(() => 0);
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
