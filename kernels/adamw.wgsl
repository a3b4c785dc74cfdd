// adamw — one optimiser step for all parameters at once
//
// Computes    c = min(1, CLIP / (‖g‖ + 1e-6)), g ← c·g;  m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;
//             p ← p(1 − lr·DECAY) − lr/(1−β₁ˢ) · m / (√v/√(1−β₂ˢ) + EPSILON)
// Shapes      p, g, m, v: COUNT vectors of four; norm² [1], s u32 [1], lr [1]
// Bindings    0 p, 1 m, 2 v (read_write); 3 g, 4 norm², 5 s, 6 lr (read)
// Overrides   COUNT; BETA1, BETA2 in [0, 1), REST1 = 1 − BETA1, REST2 = 1 − BETA2, LN1 = ln BETA1, LN2 = ln BETA2 (rounded
//             once, on the host); EPSILON, DECAY ≥ 0; CLIP > 0, or 0 for no clipping; GROUP; EACH ≥ 1 vectors of one
//             invocation (many on a CPU, where the common factors cost as much as some dozens of vectors)
// Grid        one invocation per EACH vectors, GROUP per workgroup, folded over x and y
// Tolerance   2e-6 relative to the parameter plus 1e-6·lr
// Source      Loshchilov & Hutter 2019, algorithm 2; clipping as torch.nn.utils.clip_grad_norm_

override COUNT: u32;
override BETA1: f32 = 0.9;
override BETA2: f32 = 0.999;
override REST1: f32 = 0.1;
override REST2: f32 = 0.001;
override LN1: f32 = -0.105360515;
override LN2: f32 = -0.0010005003;
override EPSILON: f32 = 1e-8;
override DECAY: f32 = 0.01;
override CLIP: f32 = 0.0;
override GROUP: u32 = 64u;
override EACH: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> parameter: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> first: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> second: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> gradient: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> norm_squared: array<f32>;
@group(0) @binding(5) var<storage, read> step: array<u32>;
@group(0) @binding(6) var<storage, read> rate: array<f32>;

// 1 − eˣ without cancellation for small |x|.
fn one_minus_exp(x: f32) -> f32 {
  if (x < -0.2) {
    return 1.0 - exp(x);
  }
  return -x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0)))));
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let start = ((group.y * groups.x + group.x) * GROUP + lane) * EACH;
  var clip = 1.0;
  if (CLIP > 0.0) {
    clip = min(1.0, CLIP / (sqrt(norm_squared[0]) + 1e-6));
  }
  let s = f32(step[0]);
  let lr = rate[0];
  let scale = lr / one_minus_exp(s * LN1);
  let spread = sqrt(one_minus_exp(s * LN2));
  for (var i = start; i < min(COUNT, start + EACH); i++) {
    let g = gradient[i] * clip;
    let m = BETA1 * first[i] + REST1 * g;
    let v = BETA2 * second[i] + REST2 * g * g;
    first[i] = m;
    second[i] = v;
    let root = sqrt(v) / spread + EPSILON;
    parameter[i] = parameter[i] * (1.0 - lr * DECAY) - scale * m / root;
  }
}
