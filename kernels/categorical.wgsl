// categorical — drawing one class per row, given uniform numbers
//
// Computes    the first i with Σ_(j≤i) e^(x_j − m) > u·Σ_j e^(x_j − m), m = max x: inverse of the cumulative distribution of
//             softmax(x). Where rounding leaves none, the last class with a probability above 0
// Shapes      x [ROWS, LENGTH], u f32 [ROWS] in [0, 1), i i32 [ROWS]
// Bindings    0 x (read); 1 u (read); 2 i (read_write)
// Overrides   ROWS, LENGTH ≥ 1; GROUP workgroup size
// Grid        one invocation per row, GROUP per workgroup, folded over x and y, one deep: `groups.z` is 1, but no constant, so
//             that compilers leave the loops rolled up
// Tolerance   exact, unless u lies within 1e-6 of a step of the cumulative distribution

override ROWS: u32;
override LENGTH: u32;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read> uniforms: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<i32>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * GROUP + lane;
  if (row >= ROWS) {
    return;
  }
  let start = row * LENGTH;
  let length = LENGTH * groups.z;
  var peak = input[start];
  for (var j = 1u; j < length; j++) {
    peak = max(peak, input[start + j]);
  }
  var total = 0.0;
  for (var j = 0u; j < length; j++) {
    total += exp(input[start + j] - peak);
  }
  let threshold = uniforms[row] * total;
  var chosen = 0u;
  var reached = 0.0;
  for (var j = 0u; j < length; j++) {
    let p = exp(input[start + j] - peak);
    // Classes are taken until the sum passes the threshold; one of probability 0 never is.
    if (p > 0.0 && reached <= threshold) {
      chosen = j;
    }
    reached += p;
  }
  output[row] = i32(chosen);
}
