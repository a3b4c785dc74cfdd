/** Which builtin functions exist, what they take, and what they give (WGSL specification, section 17). */
import {
  alignOf,
  BOOL,
  I32,
  isFloat,
  isInteger,
  roundUp,
  scalarOf,
  sizeOf,
  type Type,
  typeName,
  U32,
  vector,
  VOID,
  withScalar,
} from "./types.ts";

/** Components that a group of builtins works on. */
export type Domain = "float" | "numeric" | "integer";

export interface Elementwise {
  readonly domain: Domain;
  readonly arity: number;
  /** The same at compile time, for one component. */
  readonly fold: (...x: number[]) => number;
  /** There is no version for abstract numbers: they become i32 or f32 first. */
  readonly concrete?: boolean;
}

const f = (arity: number, fold: Elementwise["fold"]): Elementwise => ({ domain: "float", arity, fold });
const n = (arity: number, fold: Elementwise["fold"]): Elementwise => ({ domain: "numeric", arity, fold });
const i = (arity: number, fold: Elementwise["fold"]): Elementwise => ({
  domain: "integer",
  arity,
  fold,
  concrete: true,
});

function bitCount(x: number): number {
  let count = 0;
  for (let rest = x >>> 0; rest > 0; rest >>>= 1) count += rest & 1;
  return count;
}

function reverse(x: number): number {
  let y = 0;
  for (let bit = 0; bit < 32; bit++) y = (y << 1) | ((x >>> bit) & 1);
  return y;
}

/** Zeros below the lowest bit that is set; 32 for 0. */
const trailingZeros = (x: number): number => x === 0 ? 32 : 31 - Math.clz32(x & -x);

function smoothstep(low: number, high: number, x: number): number {
  const t = Math.min(Math.max((x - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}

/** The half nearest to a number; ties to even. */
export function roundHalf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10);
  const rounded = roundEven(x / step) * step;
  return Math.abs(rounded) > 65504 ? Math.sign(x) * Infinity : rounded;
}

/** Halves go to the even neighbour; what rounds to zero keeps its sign. */
export function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  const whole = rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
  return whole === 0 && x < 0 ? -0 : whole;
}

/** Builtins that work on each component alone; all arguments and the result have one type. */
export const ELEMENTWISE: Readonly<Record<string, Elementwise>> = {
  abs: n(1, Math.abs),
  acos: f(1, Math.acos),
  acosh: f(1, Math.acosh),
  asin: f(1, Math.asin),
  asinh: f(1, Math.asinh),
  atan: f(1, Math.atan),
  atanh: f(1, Math.atanh),
  atan2: f(2, Math.atan2),
  ceil: f(1, Math.ceil),
  clamp: n(3, (x, low, high) => Math.min(Math.max(x, low), high)),
  cos: f(1, Math.cos),
  cosh: f(1, Math.cosh),
  degrees: f(1, (x) => x * 180 / Math.PI),
  exp: f(1, Math.exp),
  exp2: f(1, (x) => 2 ** x),
  floor: f(1, Math.floor),
  fma: f(3, (a, b, c) => a * b + c),
  fract: f(1, (x) => x - Math.floor(x)),
  inverseSqrt: f(1, (x) => 1 / Math.sqrt(x)),
  log: f(1, Math.log),
  log2: f(1, Math.log2),
  max: n(2, Math.max),
  min: n(2, Math.min),
  pow: f(2, Math.pow),
  quantizeToF16: { ...f(1, roundHalf), concrete: true },
  radians: f(1, (x) => x * Math.PI / 180),
  round: f(1, roundEven),
  saturate: f(1, (x) => Math.min(Math.max(x, 0), 1)),
  sign: n(1, Math.sign),
  sin: f(1, Math.sin),
  sinh: f(1, Math.sinh),
  smoothstep: f(3, smoothstep),
  sqrt: f(1, Math.sqrt),
  step: f(2, (edge, x) => edge <= x ? 1 : 0),
  tan: f(1, Math.tan),
  tanh: f(1, Math.tanh),
  trunc: f(1, Math.trunc),
  countLeadingZeros: i(1, Math.clz32),
  countOneBits: i(1, bitCount),
  countTrailingZeros: i(1, trailingZeros),
  firstLeadingBit: i(1, (x) => 31 - Math.clz32(x < 0 ? ~x : x)),
  firstTrailingBit: i(1, (x) => x === 0 ? -1 : trailingZeros(x)),
  reverseBits: i(1, reverse),
};

export function inDomain(type: Type, domain: Domain): boolean {
  const scalar = scalarOf(type);
  if (type.kind !== "scalar" && type.kind !== "vector") return false;
  return domain === "float"
    ? isFloat(scalar) || scalar === "abstract-int"
    : domain === "integer"
    ? isInteger(scalar)
    : isFloat(scalar) || isInteger(scalar);
}

/** What a builtin asks of each argument, and its result. `params[k]` is the type that argument k is turned into. */
export interface Signature {
  readonly params: readonly Type[];
  readonly result: Type;
}

const V4F = vector(4, "f32");
const V4U = vector(4, "u32");
const V4I = vector(4, "i32");
const V2F = vector(2, "f32");
const fixed = (result: Type, ...params: Type[]): Signature => ({ params, result });

/** Builtins whose types do not depend on their arguments. */
export const FIXED: Readonly<Record<string, Signature>> = {
  workgroupBarrier: fixed(VOID),
  storageBarrier: fixed(VOID),
  textureBarrier: fixed(VOID),
  dot4U8Packed: fixed(U32, U32, U32),
  dot4I8Packed: fixed(I32, U32, U32),
  pack2x16float: fixed(U32, V2F),
  pack2x16snorm: fixed(U32, V2F),
  pack2x16unorm: fixed(U32, V2F),
  pack4x8snorm: fixed(U32, V4F),
  pack4x8unorm: fixed(U32, V4F),
  pack4xU8: fixed(U32, V4U),
  pack4xI8: fixed(U32, V4I),
  pack4xU8Clamp: fixed(U32, V4U),
  pack4xI8Clamp: fixed(U32, V4I),
  unpack2x16float: fixed(V2F, U32),
  unpack2x16snorm: fixed(V2F, U32),
  unpack2x16unorm: fixed(V2F, U32),
  unpack4x8snorm: fixed(V4F, U32),
  unpack4x8unorm: fixed(V4F, U32),
  unpack4xU8: fixed(V4U, U32),
  unpack4xI8: fixed(V4I, U32),
};

/**
 * Builtins on float vectors: the result is a scalar or the same vector. The first `vectors` arguments are vectors (all,
 * where nothing is said), the others scalars.
 */
export const GEOMETRIC: Readonly<Record<string, { arity: number; vectors?: number; scalarResult: boolean }>> = {
  dot: { arity: 2, scalarResult: true },
  length: { arity: 1, scalarResult: true },
  distance: { arity: 2, scalarResult: true },
  normalize: { arity: 1, scalarResult: false },
  cross: { arity: 2, scalarResult: false },
  faceForward: { arity: 3, scalarResult: false },
  reflect: { arity: 2, scalarResult: false },
  refract: { arity: 3, vectors: 2, scalarResult: false },
};

/** `atomic…` builtins: how many values follow the pointer, and whether there is a result. */
export const ATOMIC: Readonly<Record<string, { values: number; result: boolean }>> = {
  atomicLoad: { values: 0, result: true },
  atomicStore: { values: 1, result: false },
  atomicAdd: { values: 1, result: true },
  atomicSub: { values: 1, result: true },
  atomicMax: { values: 1, result: true },
  atomicMin: { values: 1, result: true },
  atomicAnd: { values: 1, result: true },
  atomicOr: { values: 1, result: true },
  atomicXor: { values: 1, result: true },
  atomicExchange: { values: 1, result: true },
  atomicCompareExchangeWeak: { values: 2, result: true },
};

/** The result of `atomicCompareExchangeWeak`. */
export function exchangeResult(scalar: "i32" | "u32"): Type {
  return {
    kind: "struct",
    name: `__atomic_compare_exchange_result<${scalar}>`,
    members: [
      { name: "old_value", type: scalar === "i32" ? I32 : U32, offset: 0 },
      { name: "exchanged", type: BOOL, offset: 4 },
    ],
  };
}

/** The result of `frexp` or `modf`, for an argument of this type: two parts of its shape. */
export function splitResult(name: "frexp" | "modf", type: Type): Type {
  const second = name === "frexp" ? { name: "exp", type: withScalar(type, "i32") } : { name: "whole", type };
  return {
    kind: "struct",
    name: `__${name}_result<${typeName(type)}>`,
    members: [{ name: "fract", type, offset: 0 }, { ...second, offset: roundUp(sizeOf(type), alignOf(type)) }],
  };
}

/** Builtins with rules of their own, written out in the checker. */
const SPECIAL = ["select", "all", "any", "arrayLength", "mix", "ldexp", "extractBits", "insertBits", "bitcast"];
const OTHER = ["workgroupUniformLoad", "transpose", "determinant", "frexp", "modf"];
const names = new Set([ELEMENTWISE, FIXED, GEOMETRIC, ATOMIC].flatMap(Object.keys).concat(SPECIAL, OTHER));

export function isBuiltin(name: string): boolean {
  return names.has(name);
}

/** Every builtin function of the subset. */
export function builtinNames(): Iterable<string> {
  return names;
}

/** Types of the arguments of builtins in `SPECIAL` that take the first argument's type, given that type. */
export function specialSignature(name: string, first: Type): Signature | undefined {
  switch (name) {
    case "all":
    case "any":
      return fixed(BOOL, first);
    case "ldexp":
      return fixed(first, first, withScalar(first, "i32"));
    case "extractBits":
      return fixed(first, first, U32, U32);
    case "insertBits":
      return fixed(first, first, first, U32, U32);
  }
  return undefined;
}
