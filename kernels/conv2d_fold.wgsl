// conv2d_fold — puts the taps of a transposed convolution together
//
// Computes    x[b,r,s,c] = act(bias[c] + Σ_{i,j} taps[b, (r+PY−i)/SY, (s+PX−j)/SX, i, j, c])  (+ x when ACCUMULATE),
//             over the taps (i, j) whose quotients are whole and inside
// Shapes      taps [BATCH, OUT_HEIGHT, OUT_WIDTH, KY, KX, CHANNELS], bias [CHANNELS],
//             x [BATCH, HEIGHT, WIDTH, CHANNELS]
// Bindings    0 taps, 1 bias (read; any buffer without HAS_BIAS), 2 x (read_write)
// Overrides   the sizes above ≥ 1; SY, SX strides ≥ 1; PY, PX padding ≥ 0; ACTIVATION of activation; KEEP_LOOPS as in
//             tiles; GROUP lanes of a workgroup
// Grid        one invocation per element of x, GROUP per workgroup, folded over x and y; z = 1
// Tolerance   taps · 6e-8 relative to Σ|taps|, activation 3e-7
// Source      V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4
//
// With one or a few channels, tiles of conv2d would be mostly empty. There taps = y · wᵀ is one dense matrix product.

override BATCH: u32;
override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override KY: u32;
override KX: u32;
override SY: u32 = 1u;
override SX: u32 = 1u;
override PY: u32 = 0u;
override PX: u32 = 0u;
override GROUP: u32 = 64u;
override HAS_BIAS: bool = false;
override ACCUMULATE: bool = false;
override ACTIVATION: u32 = 0u;
override KEEP_LOOPS: bool = false;

@group(0) @binding(0) var<storage, read> taps: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  if (index >= BATCH * HEIGHT * WIDTH * CHANNELS) {
    return;
  }
  let once = select(1u, groups.z, KEEP_LOOPS);
  let channel = index % CHANNELS;
  let image = index / (HEIGHT * WIDTH * CHANNELS);
  let r = (index / (WIDTH * CHANNELS)) % HEIGHT + PY;
  let s = (index / CHANNELS) % WIDTH + PX;
  var total = 0.0;
  if (HAS_BIAS) {
    total = bias[channel];
  }
  // Every SY-th row of the window and every SX-th column reaches this pixel.
  for (var u = 0u; u < (KY + SY - 1u) / SY * once; u++) {
    let i = r % SY + u * SY;
    let row = r / SY - u; // wraps around below zero
    for (var v = 0u; v < (KX + SX - 1u) / SX * once; v++) {
      let j = s % SX + v * SX;
      let column = s / SX - v;
      if (i < KY && j < KX && row < OUT_HEIGHT && column < OUT_WIDTH) {
        total += taps[((((image * OUT_HEIGHT + row) * OUT_WIDTH + column) * KY + i) * KX + j) * CHANNELS + channel];
      }
    }
  }
  var result = activate(vec4<f32>(total)).x;
  if (ACCUMULATE) {
    result += x[index];
  }
  x[index] = result;
}
