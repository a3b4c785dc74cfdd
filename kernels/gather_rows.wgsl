// gather_rows — rows of a table, picked by index (embedding lookup)
//
// Computes    out[i, :] = table[min(index[i], ROWS − 1), :]
// Shapes      table [ROWS, WIDTH], index i32 [COUNT], out [COUNT, WIDTH]; any 4-byte type
// Bindings    0 table (read), 1 index (read), 2 out (read_write); V is u32, or vec4<u32> with WIDTH counted in vectors
// Overrides   ROWS, WIDTH, COUNT ≥ 1; GROUP workgroup size
// Grid        one invocation per element (vector) of out, GROUP per workgroup, folded over x and y
// Tolerance   exact; an index out of range reads the nearest row that exists
// Source      none

alias V = u32;

override ROWS: u32;
override WIDTH: u32;
override COUNT: u32;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> table: array<V>;
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read_write> output: array<V>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * GROUP + lane;
  if (at >= COUNT * WIDTH) {
    return;
  }
  let row = min(u32(max(index[at / WIDTH], 0)), ROWS - 1u);
  output[at] = table[row * WIDTH + at % WIDTH];
}
