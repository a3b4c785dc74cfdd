/** Values at compile time of the builtins that do not work on each component alone (`ELEMENTWISE` has the others). */
import { roundHalf } from "./builtins.ts";
import { turned } from "./check_matrix.ts";
import { bitsF32, f32Bits, mapValue, wrap, zipValues } from "./const_eval.ts";
import type { ConstValue, ScalarName } from "./types.ts";

type Vector = readonly number[];
/** `scalar` is the component type of the result. */
type Fold = (args: readonly ConstValue[], scalar: ScalarName) => ConstValue;

const float = Math.fround;
const list = (value: ConstValue): Vector => typeof value === "number" ? [value] : value as Vector;
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

function dot(a: ConstValue, b: ConstValue, scalar: ScalarName): number {
  const [x, y] = [list(a), list(b)];
  const integer = scalar === "i32" || scalar === "u32";
  return x.reduce((sum, value, i) => wrap(scalar, sum + (integer ? Math.imul(value, y[i]) : value * y[i])), 0);
}

const length = (a: ConstValue): number => Math.hypot(...list(a));
const minus = (a: ConstValue, b: ConstValue): ConstValue => zipValues([a, b], (x, y) => x - y);
const scale = (a: ConstValue, factor: number): ConstValue => mapValue(a, (x) => x * factor);

function cross([a, b]: readonly ConstValue[]): Vector {
  const [x, y] = [list(a), list(b)];
  return [0, 1, 2].map((i) => x[(i + 1) % 3] * y[(i + 2) % 3] - x[(i + 2) % 3] * y[(i + 1) % 3]);
}

function refract([x, normal, ratio]: readonly ConstValue[], scalar: ScalarName): ConstValue {
  const eta = ratio as number;
  const along = dot(normal, x, scalar);
  const k = 1 - eta * eta * (1 - along * along);
  return k < 0 ? scale(x, 0) : minus(scale(x, eta), scale(normal, eta * along + Math.sqrt(k)));
}

function determinant(columns: readonly Vector[]): number {
  const [first, ...rest] = columns;
  if (rest.length === 0) return first[0];
  return first.reduce((sum, x, row) => {
    const minor = rest.map((column) => column.filter((_, i) => i !== row));
    return sum + (row % 2 === 0 ? x : -x) * determinant(minor);
  }, 0);
}

/** Fraction between 1/2 and 1, and exponent. */
function frexp(x: number): [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  const tiny = Math.abs(x) < 2 ** -126;
  const bits = f32Bits(tiny ? x * 2 ** 24 : x);
  return [bitsF32((bits & 0x807fffff) | 0x3f000000), ((bits >>> 23) & 255) - (tiny ? 150 : 126)];
}

function extractBits([value, start, many]: readonly ConstValue[], scalar: ScalarName): ConstValue {
  const offset = Math.min(start as number, 32);
  const count = Math.min(many as number, 32 - offset);
  if (count === 0) return mapValue(value, () => 0);
  const left = 32 - count - offset;
  return mapValue(value, (x) => scalar === "i32" ? (x << left) >> (32 - count) : (x << left) >>> (32 - count));
}

function insertBits([value, bits, start, many]: readonly ConstValue[]): ConstValue {
  const offset = Math.min(start as number, 32);
  const count = Math.min(many as number, 32 - offset);
  const mask = count === 0 ? 0 : (0xffffffff >>> (32 - count)) << offset;
  return zipValues([value, bits], (x, y) => (x & ~mask) | ((y << offset) & mask));
}

/** Joins numbers of `width` bits to a word, the first in the lowest bits. */
const join = (parts: Vector, width: number): number =>
  parts.reduce((word, part, i) => word | ((part & (2 ** width - 1)) << (width * i)), 0);
const split = (word: ConstValue, width: number): number[] =>
  Array.from({ length: 32 / width }, (_, i) => ((word as number) >>> (width * i)) & (2 ** width - 1));
const signed = (parts: Vector, width: number): number[] => parts.map((x) => (x << (32 - width)) >> (32 - width));

/** `pack…norm` and `unpack…norm`: numbers of `width` bits that stand for 0 to 1, or -1 to 1. */
function norm(width: number, sign: boolean): { pack: Fold; unpack: Fold } {
  const most = sign ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  return {
    pack: ([v]) => join(list(v).map((x) => Math.floor(0.5 + most * clamp(x, sign ? -1 : 0, 1))), width),
    unpack: ([word]) => {
      const parts = split(word, width);
      return (sign ? signed(parts, width) : parts).map((x) => Math.max(x / most, -1));
    },
  };
}
const [unorm8, snorm8, unorm16, snorm16] = [norm(8, false), norm(8, true), norm(16, false), norm(16, true)];

function halfBits(x: number): number {
  const sign = f32Bits(x) >>> 16 & 0x8000;
  const size = Math.abs(roundHalf(x));
  if (Number.isNaN(size)) return sign | 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  return sign | (size < 2 ** -14 ? size * 2 ** 24 : (f32Bits(size) >>> 13) - 0x1c000);
}

function fromHalf(half: number): number {
  const [exponent, mantissa] = [(half >>> 10) & 31, half & 1023];
  const size = exponent === 31
    ? (mantissa ? NaN : Infinity)
    : exponent === 0
    ? mantissa * 2 ** -24
    : (1024 + mantissa) * 2 ** (exponent - 25);
  return half & 0x8000 ? -size : size;
}

export const FOLDS: Readonly<Record<string, Fold>> = {
  dot: ([a, b], scalar) => dot(a, b, scalar),
  length: ([a]) => length(a),
  distance: ([a, b]) => length(minus(a, b)),
  normalize: ([a]) => scale(a, 1 / length(a)),
  cross,
  faceForward: ([a, b, c], scalar) => dot(b, c, scalar) < 0 ? a : scale(a, -1),
  reflect: ([x, normal], scalar) => minus(x, scale(normal, 2 * dot(normal, x, scalar))),
  refract,
  determinant: ([m]) => determinant(m as readonly Vector[]),
  transpose: ([m]) => turned(m as readonly Vector[]),
  mix: (args) => zipValues(args, (a, b, weight) => a * (1 - weight) + b * weight),
  all: ([a]) => +list(a).every(Boolean),
  any: ([a]) => +list(a).some(Boolean),
  ldexp: (args) => zipValues(args, (x, n) => x * 2 ** n),
  frexp: ([a]) => [mapValue(a, (x) => frexp(x)[0]), mapValue(a, (x) => frexp(x)[1])],
  modf: ([a]) => [mapValue(a, (x) => float(x - Math.trunc(x))), mapValue(a, Math.trunc)],
  extractBits,
  insertBits,
  pack4x8snorm: snorm8.pack,
  pack4x8unorm: unorm8.pack,
  pack2x16snorm: snorm16.pack,
  pack2x16unorm: unorm16.pack,
  pack2x16float: ([v]) => join(list(v).map(halfBits), 16),
  pack4xU8: ([v]) => join(list(v), 8),
  pack4xI8: ([v]) => join(list(v), 8),
  pack4xU8Clamp: ([v]) => join(list(v).map((x) => clamp(x, 0, 255)), 8),
  pack4xI8Clamp: ([v]) => join(list(v).map((x) => clamp(x, -128, 127)), 8),
  unpack4x8snorm: snorm8.unpack,
  unpack4x8unorm: unorm8.unpack,
  unpack2x16snorm: snorm16.unpack,
  unpack2x16unorm: unorm16.unpack,
  unpack2x16float: ([word]) => split(word, 16).map(fromHalf),
  unpack4xU8: ([word]) => split(word, 8),
  unpack4xI8: ([word]) => signed(split(word, 8), 8),
  dot4U8Packed: ([a, b]) => dot(split(a, 8), split(b, 8), "u32"),
  dot4I8Packed: ([a, b]) => dot(signed(split(a, 8), 8), signed(split(b, 8), 8), "i32"),
};
