// layer_norm — normalising each row, and the gradients
//
// Computes    x̂ = (x − μ)·r with μ the mean of the row and r = 1/√(variance + EPSILON); y = x̂·scale + shift
//             dx = r·(h − mean(h) − x̂·mean(h·x̂)) with h = g·scale, g the gradient of y
//             dscale = Σ_rows g·x̂, dshift = Σ_rows g, as CHUNKS partial sums (the second stage is reduce.wgsl)
// Shapes      x, y, g, dx [ROWS, LENGTH]; scale, shift [LENGTH]; moments f32 [ROWS, 2]: μ, r; partial sums [CHUNKS, LENGTH];
//             V is f32, or vec4<f32> with LENGTH counted in vectors of WIDTH = 4 lanes
// Bindings    0 x (read); 1 moments (read_write, written by forward); 2 scale (read); 3 shift, or g (read);
//             4 y, dx, or sums of g·x̂ (read_write); 5 sums of g (read_write, only columns). columns does not use 2
// Overrides   ROWS, LENGTH ≥ 1; WIDTH 1 or 4; EPSILON > 0; CHUNKS ≥ 1, columns only; GROUP workgroup size, for the _group
//             entries a power of two ≤ 256
// Grid        forward, backward: one invocation per row; forward_group, backward_group: one workgroup per row; columns: one
//             invocation per chunk and column; folded over x and y, one deep: `groups.z` is 1, but no constant, so that
//             compilers leave the loops rolled up
// Tolerance   y, dx: 5e-6 of the largest element of the row; dscale, dshift: 2e-6 of Σ|terms|
// Source      Ba, Kiros & Hinton 2016, "Layer normalization"

alias V = f32;
fn sum_of(v: V) -> f32 { return v; }

override ROWS: u32;
override LENGTH: u32;
override WIDTH: u32 = 1u;
override EPSILON: f32 = 1e-5;
override CHUNKS: u32 = 1u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> moments: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<V>;
@group(0) @binding(3) var<storage, read> other: array<V>;
@group(0) @binding(4) var<storage, read_write> output: array<V>;
@group(0) @binding(5) var<storage, read_write> shift_sums: array<V>;

var<workgroup> shared_values: array<f32, 256>;

@compute @workgroup_size(GROUP)
fn forward(
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
  let count = f32(LENGTH * WIDTH);
  var total = V(0.0);
  for (var j = 0u; j < length; j++) {
    total += input[start + j];
  }
  let mean = sum_of(total) / count;
  var squares = V(0.0);
  for (var j = 0u; j < length; j++) {
    let d = input[start + j] - V(mean);
    squares += d * d;
  }
  let inverse = 1.0 / sqrt(sum_of(squares) / count + EPSILON);
  for (var j = 0u; j < length; j++) {
    output[start + j] = (input[start + j] - V(mean)) * V(inverse) * scale[j] + other[j];
  }
  moments[2u * row] = mean;
  moments[2u * row + 1u] = inverse;
}

@compute @workgroup_size(GROUP)
fn forward_group(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= ROWS) {
    return;
  }
  let start = row * LENGTH;
  let length = LENGTH * groups.z;
  let count = f32(LENGTH * WIDTH);
  var total = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    total += input[start + j];
  }
  let mean = group_sum(sum_of(total), lane) / count;
  var squares = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    let d = input[start + j] - V(mean);
    squares += d * d;
  }
  let inverse = 1.0 / sqrt(group_sum(sum_of(squares), lane) / count + EPSILON);
  for (var j = lane; j < length; j += GROUP) {
    output[start + j] = (input[start + j] - V(mean)) * V(inverse) * scale[j] + other[j];
  }
  if (lane == 0u) {
    moments[2u * row] = mean;
    moments[2u * row + 1u] = inverse;
  }
}

@compute @workgroup_size(GROUP)
fn backward(
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
  let count = f32(LENGTH * WIDTH);
  let mean = V(moments[2u * row]);
  let inverse = V(moments[2u * row + 1u]);
  var plain = V(0.0);
  var weighted = V(0.0);
  for (var j = 0u; j < length; j++) {
    let h = other[start + j] * scale[j];
    plain += h;
    weighted += h * (input[start + j] - mean);
  }
  let mean_h = V(sum_of(plain) / count);
  let mean_hx = V(sum_of(weighted) / count) * inverse;
  for (var j = 0u; j < length; j++) {
    let hat = (input[start + j] - mean) * inverse;
    output[start + j] = inverse * (other[start + j] * scale[j] - mean_h - hat * mean_hx);
  }
}

@compute @workgroup_size(GROUP)
fn backward_group(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= ROWS) {
    return;
  }
  let start = row * LENGTH;
  let length = LENGTH * groups.z;
  let count = f32(LENGTH * WIDTH);
  let mean = V(moments[2u * row]);
  let inverse = V(moments[2u * row + 1u]);
  var plain = V(0.0);
  var weighted = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    let h = other[start + j] * scale[j];
    plain += h;
    weighted += h * (input[start + j] - mean);
  }
  let mean_h = V(group_sum(sum_of(plain), lane) / count);
  let mean_hx = V(group_sum(sum_of(weighted), lane) / count) * inverse;
  for (var j = lane; j < length; j += GROUP) {
    let hat = (input[start + j] - mean) * inverse;
    output[start + j] = inverse * (other[start + j] * scale[j] - mean_h - hat * mean_hx);
  }
}

@compute @workgroup_size(GROUP)
fn columns(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  if (index >= CHUNKS * LENGTH) {
    return;
  }
  let column = index % LENGTH;
  let rows = ROWS * groups.z;
  var plain = V(0.0);
  var weighted = V(0.0);
  for (var row = index / LENGTH; row < rows; row += CHUNKS) {
    let g = other[row * LENGTH + column];
    let mean = V(moments[2u * row]);
    plain += g;
    weighted += g * (input[row * LENGTH + column] - mean) * V(moments[2u * row + 1u]);
  }
  output[index] = weighted;
  shift_sums[index] = plain;
}

// The sum over the workgroup, in a fixed order, known to all of its invocations.
fn group_sum(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  shared_values[lane] = value;
  workgroupBarrier();
  for (var half = GROUP / 2u; half > 0u; half = half / 2u) {
    if (lane < half) {
      shared_values[lane] += shared_values[lane + half];
    }
    workgroupBarrier();
  }
  return shared_values[0];
}
