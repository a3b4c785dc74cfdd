// group_norm — normalising groups of neighbouring channels of each picture, and the gradients
//
// Computes    x̂ = (x − μ)·r with μ the mean over one picture and one group of channels and r = 1/√(variance + EPSILON);
//             y = x̂·scale + shift; dx = r·(h − mean(h) − x̂·mean(h·x̂)) with h = g·scale, g the gradient of y
//             moments_of: μ, r per group; apply: y; columns: Σ g·x̂ and Σ g over the places of one picture, as CHUNKS partial
//             sums; means_of: mean(h) and mean(h·x̂) per group, from those sums; backward: dx
// Shapes      x, y, g, dx [BATCH, PLACES, GROUPS·LENGTH]; scale, shift [GROUPS·LENGTH]; moments, means f32 [BATCH·GROUPS, 2];
//             column sums [BATCH, CHUNKS, GROUPS·LENGTH]; V is f32, or vec4<f32> with LENGTH counted in vectors of WIDTH = 4
// Bindings    0 x, or sums of g·x̂ for means_of (read); 1 moments (read_write); 2 scale (read); 3 shift, g, or sums of g for
//             means_of (read); 4 y, sums of g·x̂, or dx (read_write); 5 means (read_write); 6 sums of g (read_write)
// Overrides   BATCH, PLACES, GROUPS, LENGTH ≥ 1; WIDTH 1 or 4; EPSILON > 0; CHUNKS ≥ 1; GROUP workgroup size, for
//             moments_of_group a power of two ≤ 256
// Grid        moments_of, means_of: one invocation per picture and group; moments_of_group: one workgroup for each; apply,
//             backward: one invocation per V; columns: one per picture, chunk and channel; folded over x and y, one deep:
//             `groups.z` is 1, but no constant, so that compilers leave the loops rolled up
// Tolerance   y, dx: 1e-5 of the largest element of the group; sums: 2e-6 of Σ|terms|
// Source      Wu & He 2018, "Group normalization"

alias V = f32;
fn sum_of(v: V) -> f32 { return v; }

override BATCH: u32;
override PLACES: u32;
override GROUPS: u32;
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
@group(0) @binding(5) var<storage, read_write> means: array<f32>;
@group(0) @binding(6) var<storage, read_write> shift_sums: array<V>;

var<workgroup> shared_values: array<f32, 256>;

@compute @workgroup_size(GROUP)
fn moments_of(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * GROUP + lane;
  if (row >= BATCH * GROUPS) {
    return;
  }
  let channels = GROUPS * LENGTH;
  let start = (row / GROUPS) * PLACES * channels + (row % GROUPS) * LENGTH;
  let places = PLACES * groups.z;
  let length = LENGTH * groups.z;
  let count = f32(PLACES * LENGTH * WIDTH);
  // One partial sum per place keeps the rounding of long sums small.
  var total = 0.0;
  for (var s = 0u; s < places; s++) {
    var part = V(0.0);
    for (var j = 0u; j < length; j++) {
      part += input[start + s * channels + j];
    }
    total += sum_of(part);
  }
  let mean = total / count;
  var squares = 0.0;
  for (var s = 0u; s < places; s++) {
    var part = V(0.0);
    for (var j = 0u; j < length; j++) {
      let d = input[start + s * channels + j] - V(mean);
      part += d * d;
    }
    squares += sum_of(part);
  }
  moments[2u * row] = mean;
  moments[2u * row + 1u] = 1.0 / sqrt(squares / count + EPSILON);
}

@compute @workgroup_size(GROUP)
fn moments_of_group(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = group.y * groups.x + group.x;
  if (row >= BATCH * GROUPS) {
    return;
  }
  let channels = GROUPS * LENGTH;
  let start = (row / GROUPS) * PLACES * channels + (row % GROUPS) * LENGTH;
  let length = PLACES * LENGTH * groups.z;
  let count = f32(PLACES * LENGTH * WIDTH);
  var total = V(0.0);
  for (var t = lane; t < length; t += GROUP) {
    total += input[start + (t / LENGTH) * channels + t % LENGTH];
  }
  let mean = group_sum(sum_of(total), lane) / count;
  var squares = V(0.0);
  for (var t = lane; t < length; t += GROUP) {
    let d = input[start + (t / LENGTH) * channels + t % LENGTH] - V(mean);
    squares += d * d;
  }
  let variance = group_sum(sum_of(squares), lane) / count;
  if (lane == 0u) {
    moments[2u * row] = mean;
    moments[2u * row + 1u] = 1.0 / sqrt(variance + EPSILON);
  }
}

@compute @workgroup_size(GROUP)
fn apply(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let channels = GROUPS * LENGTH;
  if (index >= BATCH * PLACES * channels) {
    return;
  }
  let channel = index % channels;
  let row = (index / (PLACES * channels)) * GROUPS + channel / LENGTH;
  let hat = (input[index] - V(moments[2u * row])) * V(moments[2u * row + 1u]);
  output[index] = hat * scale[channel] + other[channel];
}

@compute @workgroup_size(GROUP)
fn columns(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let channels = GROUPS * LENGTH;
  if (index >= BATCH * CHUNKS * channels) {
    return;
  }
  let channel = index % channels;
  let picture = index / (CHUNKS * channels);
  let row = picture * GROUPS + channel / LENGTH;
  let mean = V(moments[2u * row]);
  let inverse = V(moments[2u * row + 1u]);
  let places = PLACES * groups.z;
  var plain = V(0.0);
  var weighted = V(0.0);
  for (var s = (index / channels) % CHUNKS; s < places; s += CHUNKS) {
    let at = (picture * PLACES + s) * channels + channel;
    let g = other[at];
    plain += g;
    weighted += g * ((input[at] - mean) * inverse);
  }
  output[index] = weighted;
  shift_sums[index] = plain;
}

@compute @workgroup_size(GROUP)
fn means_of(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * GROUP + lane;
  if (row >= BATCH * GROUPS) {
    return;
  }
  let length = LENGTH * groups.z;
  let first = (row % GROUPS) * LENGTH;
  let start = (row / GROUPS) * GROUPS * LENGTH + first;
  var plain = V(0.0);
  var weighted = V(0.0);
  for (var j = 0u; j < length; j++) {
    plain += other[start + j] * scale[first + j];
    weighted += input[start + j] * scale[first + j];
  }
  let count = f32(PLACES * LENGTH * WIDTH);
  means[2u * row] = sum_of(plain) / count;
  means[2u * row + 1u] = sum_of(weighted) / count;
}

@compute @workgroup_size(GROUP)
fn backward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let channels = GROUPS * LENGTH;
  if (index >= BATCH * PLACES * channels) {
    return;
  }
  let channel = index % channels;
  let row = (index / (PLACES * channels)) * GROUPS + channel / LENGTH;
  let inverse = V(moments[2u * row + 1u]);
  let hat = (input[index] - V(moments[2u * row])) * inverse;
  let h = other[index] * scale[channel];
  output[index] = inverse * (h - V(means[2u * row]) - hat * V(means[2u * row + 1u]));
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
