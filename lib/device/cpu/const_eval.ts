/** Arithmetic at compile time, on WGSL values of any type (WGSL specification, section 8.1: const-expressions). */
import { type ConstValue, isInteger, type ScalarName, scalarOf, type Type } from "./types.ts";

/** Brings a number into the range of a type: wraps integers, rounds floats. */
export function wrap(scalar: ScalarName, x: number): number {
  switch (scalar) {
    case "i32":
      return x | 0;
    case "u32":
      return x >>> 0;
    case "f32":
      return Math.fround(x);
    case "bool":
      return x ? 1 : 0;
    default:
      return x;
  }
}

/** True if an abstract value can become this type without loss of meaning. */
export function fits(scalar: ScalarName, x: number): boolean {
  if (scalar === "i32") return Number.isInteger(x) && x >= -2147483648 && x <= 2147483647;
  if (scalar === "u32") return Number.isInteger(x) && x >= 0 && x <= 4294967295;
  return scalar !== "f32" || Math.abs(x) < F32_LIMIT || !Number.isFinite(x);
}

/** Numbers from here on round to infinity, not to the largest f32. */
const F32_LIMIT = 2 ** 128 - 2 ** 103;

/** Value conversion as in `i32(x)`: truncates and saturates from float to integer, keeps bits between integers. */
export function convertScalar(to: ScalarName, from: ScalarName, x: number): number {
  if (to === "bool") return x !== 0 ? 1 : 0;
  if (isInteger(to) && !isInteger(from) && from !== "bool") {
    if (Number.isNaN(x)) return 0;
    if (from === "abstract-float") return wrap(to, Math.trunc(x));
    const [low, high] = to === "u32" ? [0, 4294967040] : [-2147483648, 2147483520];
    return Math.min(Math.max(Math.trunc(x), low), high);
  }
  return wrap(to, x);
}

/** Applies a function to each scalar of a value. */
export function mapValue(value: ConstValue, f: (x: number) => number): ConstValue {
  return typeof value === "number" ? f(value) : value.map((part) => mapValue(part, f));
}

/** Applies a function to the components of several values; a scalar meets each component of a vector. */
export function zipValues(values: readonly ConstValue[], f: (...x: number[]) => number): ConstValue {
  const wide = values.find((value) => typeof value !== "number");
  if (wide === undefined) return f(...values as number[]);
  return (wide as readonly ConstValue[]).map((_, i) =>
    zipValues(values.map((value) => typeof value === "number" ? value : value[i]), f)
  );
}

function bits(scalar: ScalarName, op: string, a: number, b: number): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  const wide = op === "&" ? x & y : op === "|" ? x | y : op === "^" ? x ^ y : op === "<<" ? x << y : x >> y;
  return scalar === "abstract-int" ? Number(wide) : wrap(scalar, Number(BigInt.asUintN(32, wide)));
}

function arithmetic(scalar: ScalarName, op: string, a: number, b: number): number {
  const integer = isInteger(scalar);
  switch (op) {
    case "+":
      return wrap(scalar, a + b);
    case "-":
      return wrap(scalar, a - b);
    case "*":
      return scalar === "i32" || scalar === "u32" ? wrap(scalar, Math.imul(a, b)) : wrap(scalar, a * b);
    case "/":
      return integer ? (b === 0 ? a : wrap(scalar, Math.trunc(a / b))) : wrap(scalar, a / b);
    default:
      return integer && b === 0 ? 0 : wrap(scalar, a % b);
  }
}

function scalarBinary(scalar: ScalarName, op: string, a: number, b: number): number {
  switch (op) {
    case "==":
      return +(a === b);
    case "!=":
      return +(a !== b);
    case "<":
      return +(a < b);
    case "<=":
      return +(a <= b);
    case ">":
      return +(a > b);
    case ">=":
      return +(a >= b);
    case "&&":
      return a && b;
    case "||":
      return a || b;
    case "<<":
    case ">>":
      return bits(scalar, op, a, scalar === "abstract-int" ? b : b & 31);
    case "&":
    case "|":
    case "^":
      return bits(scalar, op, a, b);
    default:
      return arithmetic(scalar, op, a, b);
  }
}

/** `a op b`, where `type` is the common type of the operands. */
export function evalBinary(type: Type, op: string, a: ConstValue, b: ConstValue): ConstValue {
  const scalar = scalarOf(type)!;
  return zipValues([a, b], (x, y) => scalarBinary(scalar, op, x, y));
}

/** `-a`, `!a` or `~a`. */
export function evalUnary(type: Type, op: string, a: ConstValue): ConstValue {
  const scalar = scalarOf(type)!;
  return mapValue(a, (x) => op === "!" ? 1 - x : wrap(scalar, op === "-" ? -x : ~x));
}

/** The value of a type whose bits are all zero. */
export function zeroValue(type: Type): ConstValue {
  switch (type.kind) {
    case "vector":
      return new Array(type.size).fill(0);
    case "array":
      return Array.from({ length: type.count ?? 0 }, () => zeroValue(type.element));
    case "struct":
      return type.members.map((member) => zeroValue(member.type));
    default:
      return 0;
  }
}

const floats = new Float32Array(1);
const words = new Uint32Array(floats.buffer);

/** Bits of an f32, as an unsigned number. */
export function f32Bits(x: number): number {
  floats[0] = x;
  return words[0];
}

/** The f32 of these bits. */
export function bitsF32(x: number): number {
  words[0] = x >>> 0;
  return floats[0];
}
