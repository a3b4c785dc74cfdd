/** Bit, packing and small integer builtins in WGSL. A name ends with the type of its first argument where several exist. */
export const BITS = /* wgsl */ `
fn firstLeadingBit_u32(x: u32) -> u32 { return 31u - countLeadingZeros(x); }
fn firstLeadingBit_i32(x: i32) -> i32 { return 31 - countLeadingZeros(select(x, ~x, x < 0)); }
fn firstTrailingBit_u32(x: u32) -> u32 { return select(countTrailingZeros(x), 0xffffffffu, x == 0u); }
fn firstTrailingBit_i32(x: i32) -> i32 { return select(countTrailingZeros(x), -1, x == 0); }

fn reverseBits_u32(x: u32) -> u32 {
  var y = ((x >> 1u) & 0x55555555u) | ((x & 0x55555555u) << 1u);
  y = ((y >> 2u) & 0x33333333u) | ((y & 0x33333333u) << 2u);
  y = ((y >> 4u) & 0x0f0f0f0fu) | ((y & 0x0f0f0f0fu) << 4u);
  y = ((y >> 8u) & 0x00ff00ffu) | ((y & 0x00ff00ffu) << 8u);
  return (y >> 16u) | (y << 16u);
}
fn reverseBits_i32(x: i32) -> i32 { return bitcast<i32>(reverseBits_u32(bitcast<u32>(x))); }

fn extractBits_u32(x: u32, offset: u32, count: u32) -> u32 {
  let o = min(offset, 32u);
  let c = min(count, 32u - o);
  return select((x << (32u - c - o)) >> (32u - c), 0u, c == 0u);
}
fn extractBits_i32(x: i32, offset: u32, count: u32) -> i32 {
  let o = min(offset, 32u);
  let c = min(count, 32u - o);
  return select((x << (32u - c - o)) >> (32u - c), 0, c == 0u);
}
fn insertBits_u32(x: u32, bits: u32, offset: u32, count: u32) -> u32 {
  let o = min(offset, 32u);
  let c = min(count, 32u - o);
  let mask = select((0xffffffffu >> (32u - c)) << o, 0u, c == 0u);
  return (x & ~mask) | ((bits << o) & mask);
}
fn insertBits_i32(x: i32, bits: i32, offset: u32, count: u32) -> i32 {
  return bitcast<i32>(insertBits_u32(bitcast<u32>(x), bitcast<u32>(bits), offset, count));
}

fn join_bytes(v: vec4u) -> u32 { return v.x | (v.y << 8u) | (v.z << 16u) | (v.w << 24u); }
fn split_bytes(x: u32) -> vec4u { return vec4u(x & 255u, (x >> 8u) & 255u, (x >> 16u) & 255u, x >> 24u); }
fn split_signed(x: u32) -> vec4i { return (bitcast<vec4i>(split_bytes(x)) << vec4u(24u)) >> vec4u(24u); }
fn split_halves(x: u32) -> vec2i { return vec2i((bitcast<i32>(x) << 16u) >> 16u, bitcast<i32>(x) >> 16u); }

fn pack4xU8(v: vec4u) -> u32 { return join_bytes(v & vec4u(255u)); }
fn pack4xI8(v: vec4i) -> u32 { return join_bytes(bitcast<vec4u>(v) & vec4u(255u)); }
fn pack4xU8Clamp(v: vec4u) -> u32 { return join_bytes(min(v, vec4u(255u))); }
fn pack4xI8Clamp(v: vec4i) -> u32 { return pack4xI8(clamp(v, vec4i(-128), vec4i(127))); }
fn unpack4xU8(x: u32) -> vec4u { return split_bytes(x); }
fn unpack4xI8(x: u32) -> vec4i { return split_signed(x); }
fn dot4U8Packed(a: u32, b: u32) -> u32 { return dot(split_bytes(a), split_bytes(b)); }
fn dot4I8Packed(a: u32, b: u32) -> i32 { return dot(split_signed(a), split_signed(b)); }

fn pack4x8unorm(v: vec4f) -> u32 { return join_bytes(vec4u(floor(0.5 + 255.0 * clamp(v, vec4f(0.0), vec4f(1.0))))); }
fn pack4x8snorm(v: vec4f) -> u32 {
  return join_bytes(bitcast<vec4u>(vec4i(floor(0.5 + 127.0 * clamp(v, vec4f(-1.0), vec4f(1.0))))) & vec4u(255u));
}
fn pack2x16unorm(v: vec2f) -> u32 {
  let w = vec2u(floor(0.5 + 65535.0 * clamp(v, vec2f(0.0), vec2f(1.0))));
  return w.x | (w.y << 16u);
}
fn pack2x16snorm(v: vec2f) -> u32 {
  let w = bitcast<vec2u>(vec2i(floor(0.5 + 32767.0 * clamp(v, vec2f(-1.0), vec2f(1.0))))) & vec2u(65535u);
  return w.x | (w.y << 16u);
}
fn unpack4x8unorm(x: u32) -> vec4f { return vec4f(split_bytes(x)) / 255.0; }
fn unpack4x8snorm(x: u32) -> vec4f { return max(vec4f(split_signed(x)) / 127.0, vec4f(-1.0)); }
fn unpack2x16unorm(x: u32) -> vec2f { return vec2f(f32(x & 65535u), f32(x >> 16u)) / 65535.0; }
fn unpack2x16snorm(x: u32) -> vec2f { return max(vec2f(split_halves(x)) / 32767.0, vec2f(-1.0)); }

// Half precision: sign, 5 bits of exponent, 10 bits of mantissa.
fn to_half(x: f32) -> u32 {
  let sign = (bitcast<u32>(x) >> 16u) & 0x8000u;
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let size = bitcast<f32>(bits);
  if (bits > 0x7f800000u) { return sign | 0x7e00u; }
  if (size >= 65520.0) { return sign | 0x7c00u; }
  if (size < 6.103515625e-5) { return sign | u32(round(size * 16777216.0)); }
  return sign | ((bits - 0x38000000u + 0xfffu + ((bits >> 13u) & 1u)) >> 13u);
}
fn from_half(h: u32) -> f32 {
  let sign = (h & 0x8000u) << 16u;
  let rest = h & 0x7fffu;
  let small = bitcast<u32>(f32(rest) * 5.9604644775390625e-8);
  let normal = (rest << 13u) + 0x38000000u;
  let huge = (rest << 13u) + 0x70000000u;
  return bitcast<f32>(sign | select(select(normal, huge, rest >= 0x7c00u), small, rest < 0x400u));
}
fn pack2x16float(v: vec2f) -> u32 { return to_half(v.x) | (to_half(v.y) << 16u); }
fn unpack2x16float(x: u32) -> vec2f { return vec2f(from_half(x & 0xffffu), from_half(x >> 16u)); }

// Determinants of matrices, from their columns.
fn determinant2(a: vec2f, b: vec2f) -> f32 { return a.x * b.y - a.y * b.x; }
fn determinant3(a: vec3f, b: vec3f, c: vec3f) -> f32 { return dot(a, cross(b, c)); }
fn determinant4(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> f32 {
  return (a.x * determinant3(b.yzw, c.yzw, d.yzw) - a.y * determinant3(b.xzw, c.xzw, d.xzw))
    + (a.z * determinant3(b.xyw, c.xyw, d.xyw) - a.w * determinant3(b.xyz, c.xyz, d.xyz));
}

fn ldexp_f32(x: f32, n: i32) -> f32 {
  let whole = clamp(n, -252, 254);
  let half = whole >> 1u;
  let rest = whole - half;
  return x * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((rest + 127) << 23u);
}
`;
