// reduce — sums and maxima along a middle axis
//
// Computes    out[o, j] = SCALE · Σ_s in[o, s·WIDTH + j]   (or the maximum over s), where s·WIDTH + j < LENGTH
// Shapes      in [OUTER, LENGTH], out [OUTER, WIDTH], 0 ≤ s < STEPS
// Bindings    0 in (read), 1 out (read_write); V is f32, or vec4<f32> with LENGTH and WIDTH counted in vectors
// Overrides   OUTER, LENGTH, WIDTH, STEPS ≥ 1; KIND 0 sum, 1 maximum, 2 sum of squares; SCALE any f32; GROUP workgroup size
// Grid        one invocation per element (vector) of out, GROUP per workgroup, folded over x and y
// Tolerance   6e-8 · (128 + STEPS / 128) relative to Σ|in| at worst, 1e-6 on random terms: f32 sums of sums, in a fixed order
// Source      blocked summation: N. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993)
//
// A long reduction runs several times: first WIDTH = chunks · inner, so that neighbouring invocations read neighbouring
// elements, then the chunks are reduced. No atomics: the same input gives the same bits.

alias V = f32;

// Terms that are summed before their sum joins the total: rounding errors grow with the two counts, not with their product.
const BLOCK = 128u;

override OUTER: u32;
override LENGTH: u32;
override WIDTH: u32;
override STEPS: u32;
override KIND: u32 = 0u;
override SCALE: f32 = 1.0;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> output: array<V>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  if (index >= OUTER * WIDTH) {
    return;
  }
  let start = (index / WIDTH) * LENGTH;
  let column = index % WIDTH;
  let steps = min(STEPS, (LENGTH - column + WIDTH - 1u) / WIDTH);
  var total = input[start + column];
  if (KIND == 2u) {
    total = total * total;
  }
  for (var s = 1u; s < steps; s += BLOCK) {
    var part = V(0.0);
    let end = min(s + BLOCK, steps);
    for (var t = s; t < end; t++) {
      let value = input[start + t * WIDTH + column];
      if (KIND == 0u) {
        part += value;
      } else if (KIND == 1u) {
        total = max(total, value);
      } else {
        part += value * value;
      }
    }
    total += part;
  }
  output[index] = total * SCALE;
}
