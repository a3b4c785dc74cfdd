// histogram — counting integers, and counting transitions between them
//
// Computes    count: counts[x_i] += w_i; transitions: counts[x_i, a_(i / PER), y_i] += w_i; clear: counts = 0
// Shapes      x, y i32 [COUNT], a i32 [COUNT / PER], w u32 [COUNT] (1 without weights); counts u32 [BINS], for transitions
//             [CODES, ACTIONS, CODES]. What has an index outside of its range is not counted
// Bindings    0 counts (read_write, atomic); 1 x (read); 2 w (read; any if WEIGHTED = 0); 3 a (read); 4 y (read)
// Overrides   COUNT ≥ 1; BINS ≥ 1 for count and clear; CODES, ACTIONS, PER ≥ 1 for transitions; WEIGHTED 0 or 1; GROUP
//             workgroup size
// Grid        count, transitions: one invocation per element; clear: one per bin; folded over x and y
// Tolerance   exact, and the same in any order: the additions are those of integers, modulo 2³²
// Source      spec 1 §7.3

override COUNT: u32 = 1u;
override BINS: u32 = 1u;
override CODES: u32 = 1u;
override ACTIONS: u32 = 1u;
override PER: u32 = 1u;
override WEIGHTED: u32 = 0u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(1) var<storage, read> values: array<i32>;
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> actions: array<i32>;
@group(0) @binding(4) var<storage, read> next_values: array<i32>;

fn weight(i: u32) -> u32 {
  if (WEIGHTED == 0u) {
    return 1u;
  }
  return weights[i];
}

@compute @workgroup_size(GROUP)
fn clear(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let bin = (group.y * groups.x + group.x) * GROUP + lane;
  if (bin < BINS) {
    atomicStore(&counts[bin], 0u);
  }
}

@compute @workgroup_size(GROUP)
fn count(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * GROUP + lane;
  if (i >= COUNT) {
    return;
  }
  // A negative number is a large one without its sign.
  let bin = u32(values[i]);
  if (bin < BINS) {
    atomicAdd(&counts[bin], weight(i));
  }
}

@compute @workgroup_size(GROUP)
fn transitions(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * GROUP + lane;
  if (i >= COUNT) {
    return;
  }
  let code = u32(values[i]);
  let action = u32(actions[i / PER]);
  let next_code = u32(next_values[i]);
  if (code < CODES && action < ACTIONS && next_code < CODES) {
    atomicAdd(&counts[(code * ACTIONS + action) * CODES + next_code], weight(i));
  }
}
