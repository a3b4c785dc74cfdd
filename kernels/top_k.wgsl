// top_k — the largest elements of each row, and where they stand
//
// Computes    top: values v_0 ≥ v_1 ≥ … and their indices, the lower index first on ties; scatter: dx[i_r] = g_r, else 0
// Shapes      x, dx [ROWS, LENGTH]; v, g f32 and i i32 [ROWS, TAKE]
// Bindings    0 x, or g for scatter (read); 1 i (read_write); 2 v, or dx for scatter (read_write)
// Overrides   ROWS, LENGTH ≥ 1; 1 ≤ TAKE ≤ LENGTH; GROUP workgroup size, for top_group a power of two ≤ 256
// Grid        top, scatter: one invocation per row; top_group: one workgroup per row; folded over x and y, one deep: `groups.z`
//             is 1, but no constant, so that compilers leave the loops rolled up
// Tolerance   exact; rows with NaN give some indices inside the row
// Source      none

override ROWS: u32;
override LENGTH: u32;
override TAKE: u32;
override GROUP: u32 = 64u;

const NONE = 0xffffffffu;

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> indices: array<i32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;

var<workgroup> shared_values: array<f32, 256>;
var<workgroup> shared_indices: array<u32, 256>;

// Each row keeps a sorted list in its part of the output, into which larger elements are inserted.
@compute @workgroup_size(GROUP)
fn top(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * GROUP + lane;
  if (row >= ROWS) {
    return;
  }
  let start = row * LENGTH;
  let list = row * TAKE;
  let length = LENGTH * groups.z;
  var smallest = 0.0;
  for (var j = 0u; j < length; j++) {
    let x = input[start + j];
    if (j < TAKE || x > smallest) {
      var place = min(j, TAKE - 1u);
      while (place > 0u && values[list + place - 1u] < x) {
        values[list + place] = values[list + place - 1u];
        indices[list + place] = indices[list + place - 1u];
        place--;
      }
      values[list + place] = x;
      indices[list + place] = i32(j);
      smallest = values[list + min(j, TAKE - 1u)];
    }
  }
}

// TAKE rounds, each of which finds the best element that comes after the one found before.
@compute @workgroup_size(GROUP)
fn top_group(
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
  let take = TAKE * groups.z;
  var last = 0.0;
  var last_index = NONE;
  for (var round = 0u; round < take; round++) {
    var best = 0.0;
    var at = NONE;
    for (var j = lane; j < length; j += GROUP) {
      let x = input[start + j];
      let remains = round == 0u || x < last || (x == last && j > last_index);
      if (remains && (at == NONE || x > best)) {
        best = x;
        at = j;
      }
    }
    group_best(best, at, lane);
    last = shared_values[0];
    last_index = shared_indices[0];
    if (lane == 0u) {
      let found = min(last_index, LENGTH - 1u);
      values[row * TAKE + round] = input[start + found];
      indices[row * TAKE + round] = i32(found);
    }
  }
}

@compute @workgroup_size(GROUP)
fn scatter(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let row = (group.y * groups.x + group.x) * GROUP + lane;
  if (row >= ROWS) {
    return;
  }
  let length = LENGTH * groups.z;
  let take = TAKE * groups.z;
  for (var j = 0u; j < length; j++) {
    values[row * LENGTH + j] = 0.0;
  }
  for (var r = 0u; r < take; r++) {
    values[row * LENGTH + min(u32(indices[row * TAKE + r]), LENGTH - 1u)] = input[row * TAKE + r];
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
