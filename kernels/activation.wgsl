// activation — the epilogue of matmul, conv2d and conv2d_fold; its text is appended to theirs
//
// Computes    act(x), four at a time
// Shapes      vec4 to vec4
// Bindings    none
// Overrides   declared by the page: ACTIVATION 0 none, 1 relu, 2 gelu (x·Φ(x), with erf), 3 silu, 4 sigmoid, 5 tanh
// Grid        that of the page
// Tolerance   3e-7 absolute, for erf
// Source      erf: Abramowitz & Stegun 7.1.26 (error ≤ 1.5e-7)

fn activate(x: vec4<f32>) -> vec4<f32> {
  switch (ACTIVATION) {
    case 1u: {
      return max(x, vec4<f32>(0.0));
    }
    case 2u: {
      return 0.5 * x * (1.0 + erf(x * 0.70710678));
    }
    case 3u: {
      return x / (1.0 + exp(-x));
    }
    case 4u: {
      return 1.0 / (1.0 + exp(-x));
    }
    case 5u: {
      return tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0)));
    }
    default: {
      return x;
    }
  }
}

// The error function.
fn erf(x: vec4<f32>) -> vec4<f32> {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - poly * exp(-x * x));
}
