/** Random arrays of every NumPy type, for property tests. */

import fc from "fast-check";
import type { NpyArray, NpyData } from "../../lib/data/mod.ts";

const CONSTRUCTORS: [string, new (buffer: ArrayBuffer) => NpyData, number][] = [
  ["|u1", Uint8Array, 1],
  ["|i1", Int8Array, 1],
  ["<u2", Uint16Array, 2],
  ["<i2", Int16Array, 2],
  ["<u4", Uint32Array, 4],
  ["<i4", Int32Array, 4],
  ["<u8", BigUint64Array, 8],
  ["<i8", BigInt64Array, 8],
  ["<f2", Float16Array, 2],
  ["<f4", Float32Array, 4],
  ["<f8", Float64Array, 8],
];

const shape = fc.array(fc.nat(4), { maxLength: 4 });

/** Any array with any bits (also NaNs with a payload). */
export const npyArray: fc.Arbitrary<NpyArray> = fc.oneof(
  fc.tuple(fc.constantFrom(...CONSTRUCTORS), shape).chain(([[dtype, Type, size], shape]) => {
    const bytes = size * shape.reduce((product, length) => product * length, 1);
    return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((content): NpyArray => {
      return { dtype, shape, data: new Type(content.slice().buffer) };
    });
  }),
  fc.array(fc.nat(1), { maxLength: 20 }).map((bits): NpyArray => {
    return { dtype: "|b1", shape: [bits.length], data: Uint8Array.from(bits) };
  }),
);

/** The bytes of an array's elements, so that NaNs compare bit for bit. */
export function bits(data: NpyData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
