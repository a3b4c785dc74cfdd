// conv2d_plain — the formulas of conv2d, one sum per lane, without tiles
//
// Computes    what conv2d computes
// Shapes      as conv2d
// Bindings    as conv2d: 0 source, 1 factor, 2 bias (read; any buffer without HAS_BIAS), 3 result (read_write)
// Overrides   as conv2d, less tiles and parts; GROUP lanes of a workgroup
// Grid        one invocation per element of the result, GROUP per workgroup, folded over x and y; z = 1
// Tolerance   terms · 6e-8 relative to Σ|x·w|: f32 sums in a fixed order, activation 3e-7
// Source      V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016
//
// For small convolutions: it compiles ten times faster than conv2d on software adapters, and reads like the formulas.

override DIRECTION: u32;
override BATCH: u32;
override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override FILTERS: u32;
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

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

// 1, but with KEEP_LOOPS no compiler can know it and unroll.
var<private> once: u32 = 1u;

fn x_index(image: u32, row: u32, column: u32) -> u32 {
  return ((image * HEIGHT + row) * WIDTH + column) * CHANNELS;
}

fn y_index(image: u32, row: u32, column: u32) -> u32 {
  return ((image * OUT_HEIGHT + row) * OUT_WIDTH + column) * FILTERS;
}

fn w_index(i: u32, j: u32, channel: u32) -> u32 {
  return ((i * KX + j) * CHANNELS + channel) * FILTERS;
}

fn forward(index: u32) -> f32 {
  let filter_at = index % FILTERS;
  let q = (index / FILTERS) % OUT_WIDTH;
  let p = (index / (FILTERS * OUT_WIDTH)) % OUT_HEIGHT;
  let image = index / (FILTERS * OUT_WIDTH * OUT_HEIGHT);
  var total = 0.0;
  for (var i = 0u; i < KY * once; i++) {
    for (var j = 0u; j < KX * once; j++) {
      let row = p * SY + i - PY; // wraps around below zero
      let column = q * SX + j - PX;
      if (row < HEIGHT && column < WIDTH) {
        let at_x = x_index(image, row, column);
        let at_w = w_index(i, j, 0u) + filter_at;
        for (var channel = 0u; channel < CHANNELS * once; channel++) {
          total = fma(source[at_x + channel], factor[at_w + channel * FILTERS], total);
        }
      }
    }
  }
  return total;
}

fn input(index: u32) -> f32 {
  let channel = index % CHANNELS;
  let s = (index / CHANNELS) % WIDTH + PX;
  let r = (index / (CHANNELS * WIDTH)) % HEIGHT + PY;
  let image = index / (CHANNELS * WIDTH * HEIGHT);
  var total = 0.0;
  for (var i = r % SY; i < KY * once; i += SY) {
    for (var j = s % SX; j < KX * once; j += SX) {
      let row = (r - i) / SY;
      let column = (s - j) / SX;
      if (r >= i && s >= j && row < OUT_HEIGHT && column < OUT_WIDTH) {
        let at_y = y_index(image, row, column);
        let at_w = w_index(i, j, channel);
        for (var o = 0u; o < FILTERS * once; o++) {
          total = fma(source[at_y + o], factor[at_w + o], total);
        }
      }
    }
  }
  return total;
}

fn weight(index: u32) -> f32 {
  let filter_at = index % FILTERS;
  let channel = (index / FILTERS) % CHANNELS;
  let j = (index / (FILTERS * CHANNELS)) % KX;
  let i = index / (FILTERS * CHANNELS * KX);
  var total = 0.0;
  for (var image = 0u; image < BATCH * once; image++) {
    for (var p = 0u; p < OUT_HEIGHT * once; p++) {
      for (var q = 0u; q < OUT_WIDTH * once; q++) {
        let row = p * SY + i - PY; // wraps around below zero
        let column = q * SX + j - PX;
        if (row < HEIGHT && column < WIDTH) {
          let value = source[x_index(image, row, column) + channel];
          total = fma(value, factor[y_index(image, p, q) + filter_at], total);
        }
      }
    }
  }
  return total;
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (KEEP_LOOPS) {
    once = groups.z;
  }
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  var count = BATCH * OUT_HEIGHT * OUT_WIDTH * FILTERS;
  var last_size = FILTERS;
  if (DIRECTION == 1u) {
    count = BATCH * HEIGHT * WIDTH * CHANNELS;
    last_size = CHANNELS;
  }
  if (DIRECTION == 2u) {
    count = KY * KX * CHANNELS * FILTERS;
  }
  if (index >= count) {
    return;
  }
  var total = 0.0;
  if (DIRECTION == 0u) {
    total = forward(index);
  } else if (DIRECTION == 1u) {
    total = input(index);
  } else {
    total = weight(index);
  }
  if (HAS_BIAS) {
    total += bias[index % last_size];
  }
  var value = activate(vec4<f32>(total)).x;
  if (ACCUMULATE) {
    value += result[index];
  }
  result[index] = value;
}
