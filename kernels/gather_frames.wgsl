// gather_frames — pictures from recorded bytes
//
// Computes    out[b, y, x] = patch[cell, y mod SIDE, x mod SIDE], cell = bytes[frame[b], y / SIDE, x / SIDE]
// Shapes      bytes u8 [frames, CELLS, CELLS] (four to a word), frame i32 [COUNT], patch [VALUES, SIDE, SIDE] grey,
//             out [COUNT, CELLS·SIDE, CELLS·SIDE]
// Bindings    0 bytes, 1 frame, 2 patch (read), 3 out (read_write); V is f32, or vec4<f32> with W = 4 pixels
// Overrides   COUNT, CELLS, SIDE ≥ 1, VALUES ≥ 1, W 1 or 4 (SIDE divides by W); GROUP workgroup size
// Grid        one invocation per W pixels, GROUP per workgroup, folded over x and y
// Tolerance   exact; a byte out of range shows the last patch
// Source      spec 1 §2

alias V = f32;

override COUNT: u32;
override CELLS: u32;
override SIDE: u32;
override VALUES: u32;
override W: u32 = 1u;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> bytes: array<u32>;
@group(0) @binding(1) var<storage, read> frame: array<i32>;
@group(0) @binding(2) var<storage, read> patch_table: array<V>;
@group(0) @binding(3) var<storage, read_write> output: array<V>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * GROUP + lane;
  let width = CELLS * SIDE / W;
  let height = CELLS * SIDE;
  if (at >= COUNT * width * height) {
    return;
  }
  let x = (at % width) * W;
  let y = (at / width) % height;
  let cell = (u32(frame[at / (width * height)]) * CELLS + y / SIDE) * CELLS + x / SIDE;
  let value = min((bytes[cell / 4u] >> (8u * (cell % 4u))) & 0xffu, VALUES - 1u);
  output[at] = patch_table[((value * SIDE + y % SIDE) * SIDE + x % SIDE) / W];
}
