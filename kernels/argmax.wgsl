// argmax — where the largest element of each row stands
//
// Computes    i = argmax_j x_j, the lowest j on ties
// Shapes      x [ROWS, LENGTH], i i32 [ROWS]; V is f32, or vec4<f32> with LENGTH counted in vectors, and I is u32 or vec4<u32>
// Bindings    0 x (read); 1 i (read_write)
// Overrides   ROWS, LENGTH ≥ 1; GROUP workgroup size, for argmax_group a power of two ≤ 256
// Grid        argmax: one invocation per row; argmax_group: one workgroup per row; folded over x and y, one deep: `groups.z` is
//             1, but no constant, so that compilers leave the loops rolled up
// Tolerance   exact; rows with NaN give some index inside the row
// Source      none

alias V = f32;
alias I = u32;
fn largest_of(v: V) -> f32 { return v; }
fn element_of(best: V, at: I) -> u32 { return at; }

override ROWS: u32;
override LENGTH: u32;
override GROUP: u32 = 64u;

const NONE = 0xffffffffu;

@group(0) @binding(0) var<storage, read> input: array<V>;
@group(0) @binding(1) var<storage, read_write> indices: array<i32>;

var<workgroup> shared_values: array<f32, 256>;
var<workgroup> shared_indices: array<u32, 256>;

@compute @workgroup_size(GROUP)
fn argmax(
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
  var best = input[start];
  var at = I(0u);
  for (var j = 1u; j < length; j++) {
    let x = input[start + j];
    at = select(at, I(j), x > best);
    best = select(best, x, x > best);
  }
  indices[row] = i32(element_of(best, at));
}

@compute @workgroup_size(GROUP)
fn argmax_group(
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
  let first = min(lane, LENGTH - 1u);
  var best = input[start + first];
  var at = I(first);
  for (var j = lane + GROUP; j < length; j += GROUP) {
    let x = input[start + j];
    at = select(at, I(j), x > best);
    best = select(best, x, x > best);
  }
  let mine = element_of(best, at);
  group_best(largest_of(best), mine, lane);
  if (lane == 0u) {
    indices[row] = i32(shared_indices[0]);
  }
}

// Leaves the largest value of the workgroup and its index, the lowest on ties, at place 0 of the shared arrays.
fn group_best(value: f32, index: u32, lane: u32) {
  workgroupBarrier();
  shared_values[lane] = value;
  shared_indices[lane] = index;
  workgroupBarrier();
  for (var half = GROUP / 2u; half > 0u; half = half / 2u) {
    if (lane < half) {
      let other = shared_values[lane + half];
      let other_index = shared_indices[lane + half];
      let mine = shared_values[lane];
      let mine_index = shared_indices[lane];
      let better = other > mine || (other == mine && other_index < mine_index);
      if (other_index != NONE && (mine_index == NONE || better)) {
        shared_values[lane] = other;
        shared_indices[lane] = other_index;
      }
    }
    workgroupBarrier();
  }
}
