// conv2d_pad — pictures with a border of zeros, so that conv2d_cpu meets no edge
//
// Computes    padded[b, y, x, c] = picture[b, y−TOP, x−LEFT, c], 0 outside
// Shapes      picture [BATCH, HEIGHT, WIDTH, CHANNELS], padded [BATCH, PADDED_HEIGHT, PADDED_WIDTH, CHANNELS], where four
//             channels may count as one: V is f32 or vec4<f32>
// Bindings    0 picture (read), 1 padded (read_write)
// Overrides   the sizes above ≥ 1; TOP, LEFT ≥ 0
// Grid        one workgroup of one invocation per row of padded, folded over x and y; z = 1
// Tolerance   exact
// Source      none

alias V = f32;

override BATCH: u32;
override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32;
override PADDED_HEIGHT: u32;
override PADDED_WIDTH: u32;
override TOP: u32;
override LEFT: u32;

@group(0) @binding(0) var<storage, read> picture: array<V>;
@group(0) @binding(1) var<storage, read_write> padded: array<V>;

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let line = group.y * groups.x + group.x;
  if (line >= BATCH * PADDED_HEIGHT) {
    return;
  }
  let row = line % PADDED_HEIGHT - TOP; // wraps around above the picture
  let to = line * PADDED_WIDTH * CHANNELS;
  let border = LEFT * CHANNELS;
  let full = PADDED_WIDTH * CHANNELS;
  if (row >= HEIGHT) {
    for (var i = 0u; i < full; i++) {
      padded[to + i] = V();
    }
    return;
  }
  let start = ((line / PADDED_HEIGHT) * HEIGHT + row) * WIDTH * CHANNELS;
  for (var i = 0u; i < border; i++) {
    padded[to + i] = V();
  }
  for (var i = 0u; i < WIDTH * CHANNELS; i++) {
    padded[to + border + i] = picture[start + i];
  }
  for (var i = border + WIDTH * CHANNELS; i < full; i++) {
    padded[to + i] = V();
  }
}
