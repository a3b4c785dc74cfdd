// cross_entropy — cross-entropy with integer targets, its gradient, and the entropy of predictions
//
// Computes    l = ln Σ_j e^(x_j); loss = l − x_t; dx_j = g·(e^(x_j − l) − [j = t]); t < 0: loss 0, dx 0; t ≥ K counts as a
//             class of probability 0: loss 3e38 and no [j = t]. entropy: −Σ p ln p / ln 2 in bits, p = softmax(BETA·x)
// Shapes      x, dx [ROWS, LENGTH], t i32 [ROWS], losses, l, g, entropies f32 [ROWS]; V is f32, or vec4<f32> with LENGTH counted
//             in vectors of WIDTH = 4 lanes
// Bindings    0 x (read); 1 l, or entropies (read_write); 2 t (read); 3 losses (read_write); 4 g (read); 5 dx (read_write).
//             backward does not use 3
// Overrides   ROWS, LENGTH ≥ 1; WIDTH 1 or 4; BETA > 0, entropy only; PARTS ≥ 1, backward only; GROUP workgroup size, for the
//             _group entries a power of two ≤ 256
// Grid        forward, entropy: one invocation per row; _group: one workgroup per row; backward: PARTS invocations per row;
//             folded over x and y, one deep: `groups.z` is 1, but no constant, so that compilers leave the loops rolled up
// Tolerance   loss: 1e-6 of the largest |x| + 1e-6; dx: 2e-6 of |g|; entropy: 2e-6 of log2 K
// Source      shifted by the maximum: P. Blanchard, D. Higham, N. Higham, "Accurately computing the log-sum-exp and softmax
//             functions", IMA J. Numer. Anal. 41 (2021)

alias V = f32;
fn sum_of(v: V) -> f32 { return v; }
fn largest_of(v: V) -> f32 { return v; }
fn lane_of(v: V, lane: u32) -> f32 { return v; }
fn is_target(j: u32, t: u32) -> V { return select(0.0, 1.0, j == t); }

override ROWS: u32;
override LENGTH: u32;
override WIDTH: u32 = 1u;
override BETA: f32 = 1.0;
override PARTS: u32 = 1u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> numbers: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<i32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
@group(0) @binding(4) var<storage, read> upstream: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<V>;

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
  let peak = largest_of(top);
  var total = V(0.0);
  for (var j = 0u; j < length; j++) {
    total += exp(input[start + j] - V(peak));
  }
  finish(row, peak, log(sum_of(total)));
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
  let peak = group_max(largest_of(top), lane);
  var total = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    total += exp(input[start + j] - V(peak));
  }
  let sum = group_sum(sum_of(total), lane);
  if (lane == 0u) {
    finish(row, peak, log(sum));
  }
}

fn finish(row: u32, peak: f32, log_sum: f32) {
  numbers[row] = peak + log_sum;
  let t = targets[row];
  if (t < 0) {
    losses[row] = 0.0;
  } else if (u32(t) >= LENGTH * WIDTH) {
    losses[row] = 3e38;
  } else {
    let x = lane_of(input[row * LENGTH + u32(t) / WIDTH], u32(t) % WIDTH);
    losses[row] = log_sum + (peak - x);
  }
}

@compute @workgroup_size(GROUP)
fn backward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let row = index / PARTS;
  if (row >= ROWS) {
    return;
  }
  let start = row * LENGTH;
  let length = LENGTH * groups.z;
  let t = targets[row];
  let g = V(select(upstream[row], 0.0, t < 0));
  let norm = V(numbers[row]);
  for (var j = index % PARTS; j < length; j += PARTS) {
    output[start + j] = g * (exp(input[start + j] - norm) - is_target(j, u32(t)));
  }
}

@compute @workgroup_size(GROUP)
fn entropy(
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
  var weighted = V(0.0);
  for (var j = 0u; j < length; j++) {
    let x = (input[start + j] - peak) * V(BETA);
    let p = exp(x);
    total += p;
    weighted += p * x;
  }
  numbers[row] = bits(sum_of(total), sum_of(weighted));
}

@compute @workgroup_size(GROUP)
fn entropy_group(
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
  var weighted = V(0.0);
  for (var j = lane; j < length; j += GROUP) {
    let x = (input[start + j] - peak) * V(BETA);
    let p = exp(x);
    total += p;
    weighted += p * x;
  }
  let sum = group_sum(sum_of(total), lane);
  let weighted_sum = group_sum(sum_of(weighted), lane);
  if (lane == 0u) {
    numbers[row] = bits(sum, weighted_sum);
  }
}

// Entropy in bits from Σ e^x and Σ x·e^x, with the largest x = 0. Never below 0, whatever the rounding.
fn bits(sum: f32, weighted: f32) -> f32 {
  return max(0.0, (log(sum) - weighted / sum) * 1.442695041);
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
