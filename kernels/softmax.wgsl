// softmax — softmax and its logarithm along the last axis, and their gradients
//
// Computes    y_i = e^(x_i − m) / Σ_j e^(x_j − m) with m = max x;  LOG: y_i = x_i − m − ln Σ_j e^(x_j − m)
//             dx_i = y_i (g_i − Σ_j g_j y_j);                      LOG: dx_i = g_i − e^(y_i) Σ_j g_j
// Shapes      all [ROWS, LENGTH]; V is f32, or vec4<f32> with LENGTH counted in vectors
// Bindings    0 x, or y for the gradient (read); 1 y, or dx (read_write); 2 g (read)
// Overrides   ROWS, LENGTH ≥ 1; LOG 0 or 1; GROUP workgroup size, for the _group entries a power of two ≤ 256
// Grid        forward, backward: one invocation per row, GROUP per workgroup; forward_group, backward_group: one workgroup
//             per row; both folded over x and y
//             (one deep: `LENGTH * groups.z` is LENGTH, but no constant, so that compilers leave the loops rolled up)
// Tolerance   2e-6 relative to the largest y of a row and to Σ|g·y|; for LOG 1e-6 of |y| + 1e-6
// Source      shifted by the maximum: P. Blanchard, D. Higham, N. Higham, "Accurately computing the log-sum-exp and softmax
//             functions", IMA J. Numer. Anal. 41 (2021)

alias V = f32;
fn sum_of(v: V) -> f32 { return v; }
fn largest_of(v: V) -> f32 { return v; }

override ROWS: u32;
override LENGTH: u32;
override LOG: u32 = 0u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> output: array<V>;
@group(0) @binding(2) var<storage, read> upstream: array<V>;

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
  var top = input[start];
  for (var j = 1u; j < length; j++) {
    top = max(top, input[start + j]);
  }
  let peak = V(largest_of(top));
  var total = V(0.0);
  for (var j = 0u; j < length; j++) {
    total += exp(input[start + j] - peak);
  }
  let norm = norm_of(sum_of(total));
  for (var j = 0u; j < length; j++) {
    output[start + j] = finish(input[start + j] - peak, norm);
  }
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
  var top = input[start];
  for (var j = lane; j < length; j += GROUP) {
    top = max(top, input[start + j]);
  }
  let peak = V(group_max(largest_of(top), lane));
  var total = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    total += exp(input[start + j] - peak);
  }
  let norm = norm_of(group_sum(sum_of(total), lane));
  for (var j = lane; j < length; j += GROUP) {
    output[start + j] = finish(input[start + j] - peak, norm);
  }
}

// What the sum of a row does to its elements: a difference of logarithms, or a factor.
fn norm_of(sum: f32) -> V {
  if (LOG == 1u) {
    return V(log(sum));
  }
  return V(1.0 / sum);
}

fn finish(x: V, norm: V) -> V {
  if (LOG == 1u) {
    return x - norm;
  }
  return exp(x) * norm;
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
  var total = V(0.0);
  for (var j = 0u; j < length; j++) {
    total += weighted(start + j);
  }
  let sum = sum_of(total);
  for (var j = 0u; j < length; j++) {
    output[start + j] = slope(start + j, sum);
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
  var total = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    total += weighted(start + j);
  }
  let sum = group_sum(sum_of(total), lane);
  for (var j = lane; j < length; j += GROUP) {
    output[start + j] = slope(start + j, sum);
  }
}

fn weighted(at: u32) -> V {
  if (LOG == 1u) {
    return upstream[at];
  }
  return upstream[at] * input[at];
}

fn slope(at: u32, sum: f32) -> V {
  if (LOG == 1u) {
    return upstream[at] - exp(input[at]) * V(sum);
  }
  return input[at] * (upstream[at] - V(sum));
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

// The largest value of the workgroup, known to all of its invocations.
fn group_max(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  shared_values[lane] = value;
  workgroupBarrier();
  for (var half = GROUP / 2u; half > 0u; half = half / 2u) {
    if (lane < half) {
      shared_values[lane] = max(shared_values[lane], shared_values[lane + half]);
    }
    workgroupBarrier();
  }
  return shared_values[0];
}
