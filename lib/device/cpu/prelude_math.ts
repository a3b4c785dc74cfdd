/**
 * Mathematical builtins on `vec4<f32>`, in WGSL.
 *
 * Each reduces its argument to a short interval and sums a series there: Taylor for exp, sin and cos, the series of the
 * inverse hyperbolic tangent for log, a continued fraction for tanh. Errors against float64 are measured in
 * `tests/device/cpu/math_test.ts`.
 */
export const MATH = /* wgsl */ `
// 2^n for whole n from -252 to 254, in two factors, so that results below the smallest normal number come out right.
fn scale2(x: vec4f, n: vec4f) -> vec4f {
  let whole = vec4i(n);
  let half = whole >> vec4u(1u);
  let rest = whole - half;
  return x * bitcast<vec4f>((half + 127) << vec4u(23u)) * bitcast<vec4f>((rest + 127) << vec4u(23u));
}

// exp(r) for |r| <= ln(2)/2.
fn exp_short(r: vec4f) -> vec4f {
  let p = fma(fma(fma(fma(fma(r, vec4f(1.0 / 5040.0), vec4f(1.0 / 720.0)), r, vec4f(1.0 / 120.0)), r, vec4f(1.0 / 24.0)), r,
    vec4f(1.0 / 6.0)), r, vec4f(0.5));
  return fma(r * r, p, r) + 1.0;
}

fn builtin_exp(x: vec4f) -> vec4f {
  // NaN passes through the clamp and through all that follows.
  let clamped = clamp(x, vec4f(-104.0), vec4f(89.0));
  // Adding 1.5 * 2^23 rounds to a whole number n, which then stands in the lowest bits; 254 more are twice the bias of exponents.
  let rounded = fma(clamped, vec4f(1.44269504), vec4f(12583166.0));
  let n = rounded - 12583166.0;
  // ln(2) in two parts, the first short enough for n * part to be exact.
  let r = (clamped - n * 0.693359375) + n * 2.12194440e-4;
  // 2^n in two factors, as in scale2; what stands above the lowest 9 bits is shifted out.
  let whole = bitcast<vec4i>(rounded);
  let half = whole >> vec4u(1u);
  return exp_short(r) * bitcast<vec4f>(half << vec4u(23u)) * bitcast<vec4f>((whole - half) << vec4u(23u));
}

fn builtin_exp2(x: vec4f) -> vec4f {
  let clamped = clamp(x, vec4f(-150.0), vec4f(129.0));
  let n = round(clamped);
  let y = scale2(exp_short((clamped - n) * 0.693147180559945), n);
  return select(y, x, x != x);
}

// Exponent and mantissa: x = 2^e * (1 + f), with 1 + f between sqrt(1/2) and sqrt(2). Returns log(1 + f) in parts.
fn log_exponent(x: vec4f) -> vec4f {
  let bits = bitcast<vec4i>(x) - 0x3f3504f3;
  return vec4f(bits >> vec4u(23u));
}

fn log_mantissa(x: vec4f, e: vec4f) -> vec4f {
  let bits = bitcast<vec4i>(x) - (vec4i(e) << vec4u(23u));
  let f = bitcast<vec4f>(bits) - 1.0;
  let s = f / (2.0 + f);
  let z = s * s;
  let p = fma(fma(fma(z, vec4f(2.0 / 9.0), vec4f(2.0 / 7.0)), z, vec4f(2.0 / 5.0)), z, vec4f(2.0 / 3.0)) * z;
  // log(1+f) = f - s*(f - p'), written so that the leading term stays exact.
  return f - s * (f - p);
}

fn log_special(x: vec4f, y: vec4f) -> vec4f {
  let big = bitcast<vec4f>(vec4u(0x7f800000u));
  let nothing = bitcast<vec4f>(vec4u(0x7fc00000u));
  let up = select(y, x, x == big);
  let zero = select(up, -big, x == vec4f(0.0));
  return select(zero, nothing, (x < vec4f(0.0)) | (x != x));
}

fn builtin_log(x: vec4f) -> vec4f {
  let tiny = x < vec4f(1.17549435e-38);
  let y = select(x, x * 8388608.0, tiny);
  let e = log_exponent(y);
  let m = log_mantissa(y, e);
  let k = e - select(vec4f(0.0), vec4f(23.0), tiny);
  return log_special(x, (m - k * 2.12194440e-4) + k * 0.693359375);
}

fn builtin_log2(x: vec4f) -> vec4f {
  let tiny = x < vec4f(1.17549435e-38);
  let y = select(x, x * 8388608.0, tiny);
  let e = log_exponent(y);
  let m = log_mantissa(y, e);
  let k = e - select(vec4f(0.0), vec4f(23.0), tiny);
  // 1/ln(2) = 1.4375 + 0.00519504089; the short factor first keeps the product precise.
  return log_special(x, (m * 0.00519504089 + m * 1.4375) + k);
}

// |x|^y. The product y * log2(|x|) is kept in two floats, so that large powers keep their digits.
fn pow_positive(x: vec4f, y: vec4f) -> vec4f {
  let tiny = x < vec4f(1.17549435e-38);
  let big = select(x, x * 8388608.0, tiny);
  let e = log_exponent(big);
  let m = log_mantissa(big, e) * 1.44269504;
  let k = e - select(vec4f(0.0), vec4f(23.0), tiny);
  let coarse = bitcast<vec4f>(bitcast<vec4u>(y) & vec4u(0xfffff000u));
  // y*k is exact for the leading bits of y; the remainder joins y*m.
  let whole = coarse * k;
  let n = round(clamp(whole + y * m, vec4f(-160.0), vec4f(140.0)));
  let rest = (whole - n) + ((y - coarse) * k + y * m);
  return scale2(exp_short(clamp(rest, vec4f(-1.0), vec4f(1.0)) * 0.693147180559945), n);
}

fn builtin_pow(x: vec4f, y: vec4f) -> vec4f {
  let infinite = bitcast<vec4f>(vec4u(0x7f800000u));
  let nothing = bitcast<vec4f>(vec4u(0x7fc00000u));
  let size = abs(x);
  let usual = pow_positive(size, y);
  let zero = select(select(vec4f(0.0), infinite, y < vec4f(0.0)), vec4f(1.0), y == vec4f(0.0));
  let ends = select(usual, zero, size == vec4f(0.0));
  let top = select(select(infinite, vec4f(0.0), y < vec4f(0.0)), vec4f(1.0), y == vec4f(0.0));
  let all = select(ends, top, size == infinite);
  let halved = y * 0.5;
  let odd = (floor(halved) != halved) & (floor(y) == y);
  let signed = select(all, -all, (x < vec4f(0.0)) & odd);
  let broken = ((x < vec4f(0.0)) & (floor(y) != y)) | (x != x) | (y != y);
  return select(select(signed, vec4f(1.0), x == vec4f(1.0)), nothing, broken);
}

fn builtin_tanh(x: vec4f) -> vec4f {
  let size = abs(x);
  let z = x * x;
  let near = x * fma(z, z + 105.0, vec4f(945.0)) / fma(z, fma(z, vec4f(15.0), vec4f(420.0)), vec4f(945.0));
  let far = 1.0 - 2.0 / (builtin_exp(min(size, vec4f(20.0)) * 2.0) + 1.0);
  let y = select(select(far, -far, x < vec4f(0.0)), near, size < vec4f(0.6));
  return select(y, x, x != x);
}

fn builtin_sinh(x: vec4f) -> vec4f {
  let z = x * x;
  let near = x + x * z * fma(fma(z, vec4f(1.0 / 5040.0), vec4f(1.0 / 120.0)), z, vec4f(1.0 / 6.0));
  let half = builtin_exp(abs(x) * 0.5);
  let size = half * half * 0.5 - 0.5 / (half * half);
  return select(select(size, -size, x < vec4f(0.0)), near, abs(x) < vec4f(0.7));
}

fn builtin_cosh(x: vec4f) -> vec4f {
  let half = builtin_exp(abs(x) * 0.5);
  return half * half * 0.5 + 0.5 / (half * half);
}

fn sin_short(r: vec4f) -> vec4f {
  let z = r * r;
  let p = fma(fma(fma(z, vec4f(1.0 / 362880.0), vec4f(-1.0 / 5040.0)), z, vec4f(1.0 / 120.0)), z, vec4f(-1.0 / 6.0));
  return fma(r * z, p, r);
}

fn cos_short(r: vec4f) -> vec4f {
  let z = r * r;
  let p = fma(fma(fma(z, vec4f(-1.0 / 3628800.0), vec4f(1.0 / 40320.0)), z, vec4f(-1.0 / 720.0)), z, vec4f(1.0 / 24.0));
  return fma(z * z, p, vec4f(1.0) - z * 0.5);
}

// sin(x + quarter * pi/2). pi/2 stands in three parts.
fn turn(x: vec4f, quarter: i32) -> vec4f {
  let n = round(x * 0.636619772);
  let r = ((x - n * 1.5703125) - n * 4.83751297e-4) - n * 7.54978995e-8;
  let q = vec4i(n) + quarter;
  let odd = (q & vec4i(1)) != vec4i(0);
  let y = select(sin_short(r), cos_short(r), odd);
  return select(y, -y, (q & vec4i(2)) != vec4i(0));
}

fn builtin_sin(x: vec4f) -> vec4f { return turn(x, 0); }
fn builtin_cos(x: vec4f) -> vec4f { return turn(x, 1); }
fn builtin_tan(x: vec4f) -> vec4f { return turn(x, 0) / turn(x, 1); }

// atan for 0 <= x <= 1, halving the angle once.
fn atan_short(x: vec4f) -> vec4f {
  let t = x / (1.0 + sqrt(1.0 + x * x));
  let z = t * t;
  var p = vec4f(-1.0 / 19.0);
  p = fma(p, z, vec4f(1.0 / 17.0));
  p = fma(p, z, vec4f(-1.0 / 15.0));
  p = fma(p, z, vec4f(1.0 / 13.0));
  p = fma(p, z, vec4f(-1.0 / 11.0));
  p = fma(p, z, vec4f(1.0 / 9.0));
  p = fma(p, z, vec4f(-1.0 / 7.0));
  p = fma(p, z, vec4f(0.2));
  p = fma(p, z, vec4f(-1.0 / 3.0));
  return 2.0 * fma(t * z, p, t);
}

fn builtin_atan(x: vec4f) -> vec4f {
  let size = abs(x);
  let steep = size > vec4f(1.0);
  let y = atan_short(select(size, 1.0 / size, steep));
  let angle = select(y, 1.57079633 - y, steep);
  return select(angle, -angle, x < vec4f(0.0));
}

fn builtin_atan2(y: vec4f, x: vec4f) -> vec4f {
  let angle = builtin_atan(abs(y) / abs(x));
  let left = select(angle, 3.14159265 - angle, x < vec4f(0.0));
  let origin = select(left, vec4f(0.0), (x == vec4f(0.0)) & (y == vec4f(0.0)));
  return select(origin, -origin, y < vec4f(0.0));
}

fn builtin_asin(x: vec4f) -> vec4f { return builtin_atan2(x, sqrt((1.0 - x) * (1.0 + x))); }
fn builtin_acos(x: vec4f) -> vec4f { return builtin_atan2(sqrt((1.0 - x) * (1.0 + x)), x); }

fn log1p_near(t: vec4f) -> vec4f {
  let u = 1.0 + t;
  let y = builtin_log(u) * (t / (u - 1.0));
  return select(y, t, u == vec4f(1.0));
}

fn builtin_asinh(x: vec4f) -> vec4f {
  let a = abs(x);
  let y = log1p_near(a + a * a / (1.0 + sqrt(a * a + 1.0)));
  return select(y, -y, x < vec4f(0.0));
}
fn builtin_acosh(x: vec4f) -> vec4f { return builtin_log(x + sqrt((x - 1.0) * (x + 1.0))); }
fn builtin_atanh(x: vec4f) -> vec4f {
  let a = abs(x);
  let y = 0.5 * log1p_near(2.0 * a / (1.0 - a));
  return select(y, -y, x < vec4f(0.0));
}

fn builtin_smoothstep(low: vec4f, high: vec4f, x: vec4f) -> vec4f {
  let t = clamp((x - low) / (high - low), vec4f(0.0), vec4f(1.0));
  return t * t * (3.0 - 2.0 * t);
}

// Rounds to the nearest half-precision number, ties to even.
fn builtin_quantizeToF16(x: vec4f) -> vec4f {
  let bits = bitcast<vec4u>(x) & vec4u(0x7fffffffu);
  let size = bitcast<vec4f>(bits);
  let odd = (bits >> vec4u(13u)) & vec4u(1u);
  let normal = bitcast<vec4f>((bits + vec4u(0xfffu) + odd) & vec4u(0xffffe000u));
  // Below 2^-14 halves lie 2^-24 apart: adding 0.5 leaves exactly these.
  let small = (size + 0.5) - 0.5;
  let y = select(normal, small, size < vec4f(6.103515625e-5));
  let huge = select(y, bitcast<vec4f>(vec4u(0x7f800000u)), y > vec4f(65504.0));
  let value = select(huge, x, x != x);
  return bitcast<vec4f>(bitcast<vec4u>(value) | (bitcast<vec4u>(x) & vec4u(0x80000000u)));
}

// Numbers below the smallest normal one, as normal ones 2^24 times as large.
fn normal(x: vec4f) -> vec4f { return select(x, x * 16777216.0, abs(x) < vec4f(1.17549435e-38)); }

// Zero, infinity and NaN have no exponent: it is 0 here.
fn frexp_none(x: vec4f) -> vec4<bool> { return (x == vec4f(0.0)) | !(abs(x) <= vec4f(3.40282347e38)); }
fn frexp_fract(x: vec4f) -> vec4f {
  let bits = (bitcast<vec4u>(normal(x)) & vec4u(0x807fffffu)) | vec4u(0x3f000000u);
  return select(bitcast<vec4f>(bits), x, frexp_none(x));
}
fn frexp_exp(x: vec4f) -> vec4i {
  let bias = select(vec4i(126), vec4i(150), abs(x) < vec4f(1.17549435e-38));
  let n = (bitcast<vec4i>(normal(x)) >> vec4u(23u)) & vec4i(255);
  return select(n - bias, vec4i(0), frexp_none(x));
}
`;
