// elementwise — the functions that generated elementwise kernels may call
//
// Computes    one function of each element; chains of operations are fused into one generated kernel, which contains
//             those functions of this page that it calls (lib/tensor/elementwise_kernel.ts)
// Shapes      any; the alias F (I, U) is vec4<f32> (vec4<i32>, vec4<u32>) where the number of elements divides by 4,
//             else the scalar
// Bindings    inputs in order of first use (read), then outputs (read_write)
// Overrides   none: sizes and constants are literals of the generated text
// Grid        one invocation per vector, 64 per workgroup
// Tolerance   1e-6 relative, and 3e-7 absolute for gelu; random bits are exact
// Source      Φ: erf of Abramowitz & Stegun 7.1.26 (error ≤ 1.5e-7), halved;
//             Philox 4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011

// The upper tail of the normal distribution at |x|, 1 − Φ(|x|), from e = exp(−x²/2).
fn normal_tail(x: F, e: F) -> F {
  let t = F(1.0) / (F(1.0) + 0.231641888 * abs(x));
  return ((((0.5307027145 * t - F(0.7265760135)) * t + F(0.7107068705)) * t - F(0.142248368)) * t + F(0.127414796)) * t * e;
}

// The normal distribution function Φ, from its tail.
fn normal_below(x: F, tail: F) -> F {
  return select(tail, F(1.0) - tail, x >= F(0.0));
}

// Logistic function.
fn sigmoid(x: F) -> F {
  return F(1.0) / (F(1.0) + exp(-x));
}

// Hyperbolic tangent that stays finite for large |x|.
fn tanh_safe(x: F) -> F {
  return tanh(clamp(x, F(-15.0), F(15.0)));
}

// High and low word of a 32×32-bit product.
fn multiply_wide(a: u32, b: u32) -> vec2<u32> {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let middle = ah * bl + (low >> 16u);
  let carry = al * bh + (middle & 0xffffu);
  return vec2<u32>(ah * bh + (middle >> 16u) + (carry >> 16u), a * b);
}

// Four random words from a counter and a key: Philox 4x32 with ten rounds.
fn philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var key = seed;
  for (var round = 0u; round < 10u; round++) {
    let p = multiply_wide(0xD2511F53u, c.x);
    let q = multiply_wide(0xCD9E8D57u, c.z);
    c = vec4<u32>(q.x ^ c.y ^ key.x, q.y, p.x ^ c.w ^ key.y, p.y);
    key += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

// Four words as four standard normal numbers: Box–Muller on two pairs.
fn normal4(bits: vec4<u32>) -> vec4<f32> {
  let u = (vec4<f32>(bits >> vec4<u32>(8u)) + 0.5) * 5.9604645e-8;
  let radius = sqrt(-2.0 * log(u.xz));
  let angle = 6.2831853 * u.yw;
  return vec4<f32>(radius.x * cos(angle.x), radius.x * sin(angle.x), radius.y * cos(angle.y), radius.y * sin(angle.y));
}

// Four words as uniform numbers in [0, 1), 24 bits each.
fn uniform4(bits: vec4<u32>) -> vec4<f32> {
  return vec4<f32>(bits >> vec4<u32>(8u)) * 5.9604645e-8;
}
