// categorical — drawing one class per row, given uniform numbers
//
// Computes    the first i with Σ_(j≤i) e^(x_j − m) > u·Σ_j e^(x_j − m), m = max x: inverse of the cumulative distribution of
//             softmax(x). Where rounding leaves none, the last class with a probability above 0
// Shapes      x [ROWS, LENGTH], u f32 [ROWS] in [0, 1), i i32 [ROWS]; V is f32, or vec4<f32> with LENGTH counted in vectors of
//             WIDTH = 4 lanes
// Bindings    0 x (read); 1 u (read); 2 i (read_write)
// Overrides   ROWS, LENGTH ≥ 1; WIDTH 1 or 4; GROUP workgroup size
// Grid        one invocation per row, GROUP per workgroup, folded over x and y, one deep: `groups.z` is 1, but no constant, so
//             that compilers leave the loops rolled up
// Tolerance   exact, unless u lies within 1e-6 of a step of the cumulative distribution
// Source      inverse of the distribution function: L. Devroye, "Non-uniform random variate generation", 1986, II.2

alias V = f32;
fn sum_of(v: V) -> f32 { return v; }
fn largest_of(v: V) -> f32 { return v; }
fn lane_of(v: V, lane: u32) -> f32 { return v; }

override ROWS: u32;
override LENGTH: u32;
override WIDTH: u32 = 1u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
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
  var top = input[start];
  for (var j = 1u; j < length; j++) {
    top = max(top, input[start + j]);
  }
  let peak = V(largest_of(top));
  var total = 0.0;
  for (var j = 0u; j < length; j++) {
    total += sum_of(exp(input[start + j] - peak));
  }
  let threshold = uniforms[row] * total;
  // The last vector that begins at or before the threshold, and whose classes have some probability.
  var chosen = 0u;
  var before = 0.0;
  var reached = 0.0;
  for (var j = 0u; j < length && reached <= threshold; j++) {
    let sum = sum_of(exp(input[start + j] - peak));
    if (sum > 0.0) {
      chosen = j;
      before = reached;
    }
    reached += sum;
  }
  // In that vector, the last class that begins at or before the threshold; one of probability 0 never is.
  let weights = exp(input[start + chosen] - peak);
  var class_in_vector = 0u;
  for (var l = 0u; l < WIDTH; l++) {
    let weight = lane_of(weights, l);
    if (weight > 0.0 && before <= threshold) {
      class_in_vector = l;
    }
    before += weight;
  }
  output[row] = i32(chosen * WIDTH + class_in_vector);
}
