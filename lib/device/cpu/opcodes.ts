/** Binary codes of the WebAssembly instructions that the compiler uses (WebAssembly 3.0, with threads and relaxed SIMD). */

const PLAIN: Readonly<Record<string, number>> = {
  "i32.load": 0x28,
  "f32.load": 0x2a,
  "i32.store": 0x36,
  "f32.store": 0x38,
};

const I32 = "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const F32 = "eq ne lt gt le ge";
const I32_MATH = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const F32_MATH = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";

const codes = new Map<string, readonly number[]>();

function row(prefix: string, names: string, first: number): void {
  names.split(" ").forEach((name, i) => codes.set(`${prefix}.${name}`, [first + i]));
}
for (const [name, code] of Object.entries(PLAIN)) codes.set(name, [code]);
row("i32", I32, 0x45);
row("f32", F32, 0x5b);
row("i32", I32_MATH, 0x67);
row("f32", F32_MATH, 0x8b);
codes.set("f32.convert_i32_s", [0xb2]);
codes.set("f32.convert_i32_u", [0xb3]);
codes.set("i32.reinterpret_f32", [0xbc]);
codes.set("f32.reinterpret_i32", [0xbe]);
codes.set("i32.trunc_sat_f32_s", [0xfc, 0]);
codes.set("i32.trunc_sat_f32_u", [0xfc, 1]);

/** Unsigned number in LEB128. */
export function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed 32-bit number in LEB128. */
export function sleb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0;; rest >>= 7) {
    const byte = rest & 127;
    const done = (rest >> 6) === 0 || (rest >> 6) === -1;
    bytes.push(done ? byte : byte | 128);
    if (done) return bytes;
  }
}

const SIMD: Readonly<Record<string, number>> = {
  "v128.load": 0x00,
  "v128.load32_splat": 0x09,
  "v128.store": 0x0b,
  "v128.const": 0x0c,
  "i8x16.shuffle": 0x0d,
  "i8x16.swizzle": 0x0e,
  "i32x4.splat": 0x11,
  "f32x4.splat": 0x13,
  "i32x4.extract_lane": 0x1b,
  "i32x4.replace_lane": 0x1c,
  "f32x4.extract_lane": 0x1f,
  "f32x4.replace_lane": 0x20,
  "i32x4.eq": 0x37,
  "i32x4.ne": 0x38,
  "i32x4.lt_s": 0x39,
  "i32x4.lt_u": 0x3a,
  "i32x4.gt_s": 0x3b,
  "i32x4.gt_u": 0x3c,
  "i32x4.le_s": 0x3d,
  "i32x4.le_u": 0x3e,
  "i32x4.ge_s": 0x3f,
  "i32x4.ge_u": 0x40,
  "f32x4.eq": 0x41,
  "f32x4.ne": 0x42,
  "f32x4.lt": 0x43,
  "f32x4.gt": 0x44,
  "f32x4.le": 0x45,
  "f32x4.ge": 0x46,
  "v128.not": 0x4d,
  "v128.and": 0x4e,
  "v128.andnot": 0x4f,
  "v128.or": 0x50,
  "v128.xor": 0x51,
  "v128.bitselect": 0x52,
  "v128.any_true": 0x53,
  "v128.load32_lane": 0x56,
  "v128.store32_lane": 0x5a,
  "v128.store64_lane": 0x5b,
  "v128.load32_zero": 0x5c,
  "v128.load64_zero": 0x5d,
  "f32x4.ceil": 0x67,
  "f32x4.floor": 0x68,
  "f32x4.trunc": 0x69,
  "f32x4.nearest": 0x6a,
  "i32x4.abs": 0xa0,
  "i32x4.neg": 0xa1,
  "i32x4.all_true": 0xa3,
  "i32x4.shl": 0xab,
  "i32x4.shr_s": 0xac,
  "i32x4.shr_u": 0xad,
  "i32x4.add": 0xae,
  "i32x4.sub": 0xb1,
  "i32x4.mul": 0xb5,
  "i32x4.min_s": 0xb6,
  "i32x4.min_u": 0xb7,
  "i32x4.max_s": 0xb8,
  "i32x4.max_u": 0xb9,
  "f32x4.abs": 0xe0,
  "f32x4.neg": 0xe1,
  "f32x4.sqrt": 0xe3,
  "f32x4.add": 0xe4,
  "f32x4.sub": 0xe5,
  "f32x4.mul": 0xe6,
  "f32x4.div": 0xe7,
  "f32x4.min": 0xe8,
  "f32x4.max": 0xe9,
  "f32x4.pmin": 0xea,
  "f32x4.pmax": 0xeb,
  "i32x4.trunc_sat_f32x4_s": 0xf8,
  "i32x4.trunc_sat_f32x4_u": 0xf9,
  "f32x4.convert_i32x4_s": 0xfa,
  "f32x4.convert_i32x4_u": 0xfb,
  "f32x4.relaxed_madd": 0x105,
  "f32x4.relaxed_nmadd": 0x106,
};
for (const [name, code] of Object.entries(SIMD)) codes.set(name, [0xfd, ...uleb(code)]);

const ATOMIC: Readonly<Record<string, number>> = {
  "i32.atomic.load": 0x10,
  "i32.atomic.store": 0x17,
  "i32.atomic.rmw.add": 0x1e,
  "i32.atomic.rmw.sub": 0x25,
  "i32.atomic.rmw.and": 0x2c,
  "i32.atomic.rmw.or": 0x33,
  "i32.atomic.rmw.xor": 0x3a,
  "i32.atomic.rmw.xchg": 0x41,
  "i32.atomic.rmw.cmpxchg": 0x48,
};
for (const [name, code] of Object.entries(ATOMIC)) codes.set(name, [0xfe, code]);

/** Bytes of an instruction without its immediates. */
export function opcode(name: string): readonly number[] {
  const code = codes.get(name);
  if (!code) throw new Error(`the compiler has no code for the instruction ${name}`);
  return code;
}
