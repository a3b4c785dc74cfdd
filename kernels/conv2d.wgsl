// conv2d — two-dimensional convolution, its two gradients, and so the transposed convolution
//
// Computes    DIRECTION 0, forward: y[b,p,q,o] = act(bias[o] + Σ_{i,j,c} x[b, p·SY−PY+i, q·SX−PX+j, c] · w[i,j,c,o])
//             DIRECTION 1, input:   x[b,r,s,c] = act(bias[c] + Σ_{i,j,o} y[b, (r+PY−i)/SY, (s+PX−j)/SX, o] · w[i,j,c,o])
//             DIRECTION 2, weight:  w[i,j,c,o] = Σ_{b,p,q} x[b, p·SY−PY+i, q·SX−PX+j, c] · y[b,p,q,o]
//             Terms out of range, and quotients that are not whole, are left out. With ACCUMULATE the result is added.
//             Direction 1 is also the transposed convolution of y, and then 0 and 2 are its gradients.
// Shapes      x [BATCH, HEIGHT, WIDTH, CHANNELS], w [KY, KX, CHANNELS, FILTERS], y [BATCH, OUT_HEIGHT, OUT_WIDTH, FILTERS];
//             bias [FILTERS] (forward) or [CHANNELS] (input)
// Bindings    0 source, 1 factor, 2 bias (read; any buffer without HAS_BIAS), 3 result (read_write):
//             forward x, w → y; input y, w → x; weight x, y → w
// Overrides   the sizes above ≥ 1; SY, SX strides ≥ 1; PY, PX padding; DIRECTION; WX, WY lanes along columns and rows;
//             DEPTH steps per tile, a multiple of 4; SIDE² sums per lane, 8 for main, 4 for any; PARTS ≥ 1 cuts the sum into ranges of CHUNK (a multiple of DEPTH),
//             result[part] holds each part's sums; ACTIVATION and KEEP_LOOPS as in matmul
// Grid        one workgroup per tile, part and phase, folded over x and y; tiles are SIDE·WY × SIDE·WX;
//             main: where CHANNELS and FILTERS are multiples of 4; any: any size
// Tolerance   terms · 6e-8 relative to Σ|x·w|: f32 sums in a fixed order, activation 3e-7
// Source      implicit matrix product: S. Chetlur et al., "cuDNN: efficient primitives for deep learning", 2014
//
// All three are a matrix product C = A·B whose A is never stored: its tiles are gathered from the source.
//   forward  rows pixels of y, columns filters, sum over (tap, channel)
//   input    rows pixels of x, columns channels, sum over (tap, filter). Pixels of one phase (r mod SY, s mod SX) meet the
//            same taps, every SY-th and SX-th, so a tile holds one phase and no product with zero is made.
//   weight   rows (tap, channel), columns filters, sum over pixels of y

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
override WX: u32 = 8u;
override WY: u32 = 8u;
override DEPTH: u32 = 16u;
override SIDE: u32 = 8u;
override PARTS: u32 = 1u;
override CHUNK: u32;
override HAS_BIAS: bool = false;
override ACTIVATION: u32 = 0u;
override ACCUMULATE: bool = false;
override KEEP_LOOPS: bool = false;

@group(0) @binding(0) var<storage, read> source4: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> factor4: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> result4: array<vec4<f32>>;

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

// 1, but with KEEP_LOOPS no compiler can know it: llvmpipe unrolls loops of known length and then compiles for seconds.
var<private> once: u32 = 1u;

// Both tiles have the summed index as their slow axis; one element is four rows of A, or four columns of B.
var<workgroup> a_tile: array<vec4<f32>, DEPTH * WY * SIDE / 4u>;
var<workgroup> b_tile: array<vec4<f32>, DEPTH * WX * SIDE / 4u>;

// Sizes of the matrix product.
struct Sizes {
  rows: u32,
  columns: u32,
  terms: u32,
  grid: vec2<u32>, // height and width of one image's pixels among the rows (of one phase)
  taps: vec2<u32>, // taps along y and x that one row meets
  depth: u32, // channels of the source
}

fn sizes() -> Sizes {
  var size: Sizes;
  if (DIRECTION == 1u) {
    size.grid = vec2<u32>((HEIGHT + SY - 1u) / SY, (WIDTH + SX - 1u) / SX);
    size.taps = vec2<u32>((KY + SY - 1u) / SY, (KX + SX - 1u) / SX);
    size.depth = FILTERS;
    size.columns = CHANNELS;
  } else {
    size.grid = vec2<u32>(OUT_HEIGHT, OUT_WIDTH);
    size.taps = vec2<u32>(KY, KX);
    size.depth = CHANNELS;
    size.columns = FILTERS;
  }
  let pixels = BATCH * size.grid.x * size.grid.y;
  let weights = size.taps.x * size.taps.y * size.depth;
  size.rows = select(pixels, weights, DIRECTION == 2u);
  size.terms = select(weights, pixels, DIRECTION == 2u);
  return size;
}

struct Tile {
  row: u32,
  column: u32,
  part: u32,
  first: u32, // range of the sum
  end: u32,
  phase: vec2<u32>,
  valid: bool,
}

fn tile_of(index: u32) -> Tile {
  let rows = SIDE * WY;
  let columns = SIDE * WX;
  let size = sizes();
  let across = (size.columns + columns - 1u) / columns;
  let down = (size.rows + rows - 1u) / rows;
  let part = (index / (across * down)) % PARTS;
  let phase = index / (across * down * PARTS);
  let phases = select(1u, SY * SX, DIRECTION == 1u);
  return Tile(
    ((index / across) % down) * rows,
    (index % across) * columns,
    part,
    part * CHUNK,
    min(size.terms, (part + 1u) * CHUNK),
    vec2<u32>(phase / SX, phase % SX),
    phase < phases,
  );
}

fn activate(x: vec4<f32>) -> vec4<f32> {
  switch (ACTIVATION) {
    case 1u: {
      return max(x, vec4<f32>(0.0));
    }
    case 2u: {
      return 0.5 * x * (1.0 + erf(x * 0.70710678));
    }
    case 3u: {
      return x / (1.0 + exp(-x));
    }
    case 4u: {
      return 1.0 / (1.0 + exp(-x));
    }
    case 5u: {
      return tanh(clamp(x, vec4<f32>(-15.0), vec4<f32>(15.0)));
    }
    default: {
      return x;
    }
  }
}

// Abramowitz & Stegun 7.1.26, error at most 1.5e-7.
fn erf(x: vec4<f32>) -> vec4<f32> {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return sign(x) * (1.0 - poly * exp(-x * x));
}

fn bias_at(column: u32) -> vec4<f32> {
  if (!HAS_BIAS) {
    return vec4<f32>(0.0);
  }
  let last = sizes().columns - 1u;
  return vec4<f32>(
    bias[min(column, last)],
    bias[min(column + 1u, last)],
    bias[min(column + 2u, last)],
    bias[min(column + 3u, last)],
  );
}

// Where the source is read: one term of one row. `index` counts elements and is always inside the source.
struct Place {
  index: u32,
  inside: bool,
}

// The source at `pixel` (of the grid of rows, or of y) seen through `tap`, channel `channel`.
fn place(pixel: u32, tap: u32, channel: u32, phase: vec2<u32>) -> Place {
  let size = sizes();
  let image = min(pixel / (size.grid.x * size.grid.y), BATCH - 1u);
  let y = (pixel / size.grid.y) % size.grid.x;
  let x = pixel % size.grid.y;
  let i = tap / size.taps.y;
  let j = tap % size.taps.y;
  if (DIRECTION == 1u) {
    // The taps of a phase are first, first + SY, …; with r = phase + SY·y they read row (r + PY − first)/SY − i of y.
    let first_y = (phase.x + PY) % SY;
    let first_x = (phase.y + PX) % SX;
    let row = y + (phase.x + PY) / SY - i; // wraps around below zero
    let column = x + (phase.y + PX) / SX - j;
    let inside = row < OUT_HEIGHT && column < OUT_WIDTH && first_y + i * SY < KY && first_x + j * SX < KX;
    let at = (image * OUT_HEIGHT + min(row, OUT_HEIGHT - 1u)) * OUT_WIDTH + min(column, OUT_WIDTH - 1u);
    return Place(at * FILTERS + channel, inside);
  }
  let row = y * SY + i - PY;
  let column = x * SX + j - PX;
  let at = (image * HEIGHT + min(row, HEIGHT - 1u)) * WIDTH + min(column, WIDTH - 1u);
  return Place(at * CHANNELS + channel, row < HEIGHT && column < WIDTH);
}

// Element of A for a row and a term.
fn place_of(row: u32, term: u32, phase: vec2<u32>) -> Place {
  let size = sizes();
  if (DIRECTION == 2u) {
    let safe = min(row, size.rows - 1u);
    return place(term, safe / size.depth, safe % size.depth, phase);
  }
  return place(row, term / size.depth, term % size.depth, phase);
}

// Index of B[term, column] in the factor; `column` and `term` are inside.
fn factor_index(term: u32, column: u32, phase: vec2<u32>) -> u32 {
  if (DIRECTION != 1u) {
    return term * FILTERS + column;
  }
  let taps = sizes().taps;
  let tap = term / FILTERS;
  // A tap past the end of the kernel meets zeros of A; any weight serves.
  let i = min((phase.x + PY) % SY + (tap / taps.y) * SY, KY - 1u);
  let j = min((phase.y + PX) % SX + (tap % taps.y) * SX, KX - 1u);
  return ((i * KX + j) * CHANNELS + column) * FILTERS + term % FILTERS;
}

// Index of C[row, column] in the result; the row must be `stored`.
fn result_index(tile: Tile, row: u32, column: u32) -> u32 {
  let size = sizes();
  if (DIRECTION != 1u) {
    return (tile.part * size.rows + row) * size.columns + column;
  }
  let image = row / (size.grid.x * size.grid.y);
  let r = ((row / size.grid.y) % size.grid.x) * SY + tile.phase.x;
  let s = (row % size.grid.y) * SX + tile.phase.y;
  return (((tile.part * BATCH + image) * HEIGHT + r) * WIDTH + s) * CHANNELS + column;
}

fn stored(tile: Tile, row: u32) -> bool {
  let size = sizes();
  if (DIRECTION != 1u) {
    return row < size.rows;
  }
  let r = ((row / size.grid.y) % size.grid.x) * SY + tile.phase.x;
  let s = (row % size.grid.y) * SX + tile.phase.y;
  return row < size.rows && r < HEIGHT && s < WIDTH;
}

// Four neighbouring rows (weight) or terms (else) of A from `row` and `term` on.
fn load_a4(row: u32, term: u32, end: u32, phase: vec2<u32>) -> vec4<f32> {
  let p = place_of(row, term, phase);
  return select(vec4<f32>(0.0), source4[p.index / 4u], p.inside && term < end);
}

fn stage_a4(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * 2u;
  if (DIRECTION == 2u) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      a_tile[i] = load_a4(tile.row + 4u * (i % groups), k0 + i / groups, tile.end, tile.phase);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let m = i / (DEPTH / 4u);
      let term = k0 + 4u * step;
      let row = tile.row + 4u * m;
      let turned = transpose(mat4x4<f32>(
        load_a4(row, term, tile.end, tile.phase),
        load_a4(row + 1u, term, tile.end, tile.phase),
        load_a4(row + 2u, term, tile.end, tile.phase),
        load_a4(row + 3u, term, tile.end, tile.phase),
      ));
      let to = 4u * step * groups + m;
      a_tile[to] = turned[0];
      a_tile[to + groups] = turned[1];
      a_tile[to + 2u * groups] = turned[2];
      a_tile[to + 3u * groups] = turned[3];
    }
  }
}

fn stage_b4(tile: Tile, k0: u32, lane: u32) {
  let groups = WX * 2u;
  let last_term = sizes().terms - 1u;
  let last_column = sizes().columns - 1u;
  if (DIRECTION != 1u) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let term = k0 + i / groups;
      let column = min(tile.column + 4u * (i % groups), last_column - 3u);
      let at = factor_index(min(term, last_term), column, tile.phase);
      b_tile[i] = select(vec4<f32>(0.0), factor4[at / 4u], term < tile.end);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let n = i / (DEPTH / 4u);
      let term = k0 + 4u * step;
      let column = min(tile.column + 4u * n, last_column - 3u);
      let at = factor_index(min(term, last_term - 3u), column, tile.phase) / 4u;
      let turned = transpose(mat4x4<f32>(
        factor4[at],
        factor4[at + FILTERS / 4u],
        factor4[at + 2u * (FILTERS / 4u)],
        factor4[at + 3u * (FILTERS / 4u)],
      ));
      let keep = select(0.0, 1.0, term < tile.end);
      let to = 4u * step * groups + n;
      b_tile[to] = turned[0] * keep;
      b_tile[to + groups] = turned[1] * keep;
      b_tile[to + 2u * groups] = turned[2] * keep;
      b_tile[to + 3u * groups] = turned[3] * keep;
    }
  }
}

fn store4(tile: Tile, row: u32, column: u32, value: vec4<f32>, shift: vec4<f32>) {
  if (column < sizes().columns) {
    let at = result_index(tile, row, column) / 4u;
    var out = activate(value + shift);
    if (ACCUMULATE) {
      out += result4[at];
    }
    result4[at] = out;
  }
}

@compute @workgroup_size(WX, WY)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (KEEP_LOOPS) {
    once = groups.z;
  }
  let tile = tile_of(group.y * groups.x + group.x);
  if (!tile.valid) {
    return;
  }
  var c00 = vec4<f32>(0.0);
  var c01 = vec4<f32>(0.0);
  var c10 = vec4<f32>(0.0);
  var c11 = vec4<f32>(0.0);
  var c20 = vec4<f32>(0.0);
  var c21 = vec4<f32>(0.0);
  var c30 = vec4<f32>(0.0);
  var c31 = vec4<f32>(0.0);
  var c40 = vec4<f32>(0.0);
  var c41 = vec4<f32>(0.0);
  var c50 = vec4<f32>(0.0);
  var c51 = vec4<f32>(0.0);
  var c60 = vec4<f32>(0.0);
  var c61 = vec4<f32>(0.0);
  var c70 = vec4<f32>(0.0);
  var c71 = vec4<f32>(0.0);
  for (var k0 = tile.first; k0 < tile.end * once; k0 += DEPTH) {
    stage_a4(tile, k0, lane);
    stage_b4(tile, k0, lane);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH * once; k++) {
      let a0 = a_tile[k * (WY * 2u) + id.y];
      let a1 = a_tile[k * (WY * 2u) + WY + id.y];
      let b0 = b_tile[k * (WX * 2u) + id.x];
      let b1 = b_tile[k * (WX * 2u) + WX + id.x];
      c00 = fma(vec4<f32>(a0.x), b0, c00);
      c01 = fma(vec4<f32>(a0.x), b1, c01);
      c10 = fma(vec4<f32>(a0.y), b0, c10);
      c11 = fma(vec4<f32>(a0.y), b1, c11);
      c20 = fma(vec4<f32>(a0.z), b0, c20);
      c21 = fma(vec4<f32>(a0.z), b1, c21);
      c30 = fma(vec4<f32>(a0.w), b0, c30);
      c31 = fma(vec4<f32>(a0.w), b1, c31);
      c40 = fma(vec4<f32>(a1.x), b0, c40);
      c41 = fma(vec4<f32>(a1.x), b1, c41);
      c50 = fma(vec4<f32>(a1.y), b0, c50);
      c51 = fma(vec4<f32>(a1.y), b1, c51);
      c60 = fma(vec4<f32>(a1.z), b0, c60);
      c61 = fma(vec4<f32>(a1.z), b1, c61);
      c70 = fma(vec4<f32>(a1.w), b0, c70);
      c71 = fma(vec4<f32>(a1.w), b1, c71);
    }
    workgroupBarrier();
  }
  let column0 = tile.column + 4u * id.x;
  let column1 = column0 + 4u * WX;
  let bias0 = bias_at(column0);
  let bias1 = bias_at(column1);
  // A loop keeps the code of the epilogue once, not sixteen times.
  for (var i = 0u; i < 8u * once; i++) {
    var left = c00;
    var right = c01;
    switch (i) {
      case 1u: {
        left = c10;
        right = c11;
      }
      case 2u: {
        left = c20;
        right = c21;
      }
      case 3u: {
        left = c30;
        right = c31;
      }
      case 4u: {
        left = c40;
        right = c41;
      }
      case 5u: {
        left = c50;
        right = c51;
      }
      case 6u: {
        left = c60;
        right = c61;
      }
      case 7u: {
        left = c70;
        right = c71;
      }
      default: {}
    }
    let row = tile.row + 4u * id.y + (i / 4u) * (4u * WY) + i % 4u;
    if (stored(tile, row)) {
      store4(tile, row, column0, left, bias0);
      store4(tile, row, column1, right, bias1);
    }
  }
}

// Any number of channels and filters: scalar loads and stores, 4×4 sums per lane.

fn load_a(row: u32, term: u32, end: u32, phase: vec2<u32>) -> f32 {
  let p = place_of(row, term, phase);
  return select(0.0, source[p.index], p.inside && term < end);
}

fn stage_a(tile: Tile, k0: u32, lane: u32) {
  for (var i = lane; i < DEPTH * WY * once; i += WX * WY) {
    // Neighbouring lanes read neighbouring channels.
    let step = select(i % DEPTH, i / WY, DIRECTION == 2u);
    let m = select(i / DEPTH, i % WY, DIRECTION == 2u);
    let row = tile.row + 4u * m;
    a_tile[step * WY + m] = vec4<f32>(
      load_a(row, k0 + step, tile.end, tile.phase),
      load_a(row + 1u, k0 + step, tile.end, tile.phase),
      load_a(row + 2u, k0 + step, tile.end, tile.phase),
      load_a(row + 3u, k0 + step, tile.end, tile.phase),
    );
  }
}

fn stage_b(tile: Tile, k0: u32, lane: u32) {
  let last_term = sizes().terms - 1u;
  let last = sizes().columns - 1u;
  for (var i = lane; i < DEPTH * WX * once; i += WX * WY) {
    let step = select(i / WX, i % DEPTH, DIRECTION == 1u);
    let n = select(i % WX, i / DEPTH, DIRECTION == 1u);
    let term = min(k0 + step, last_term);
    let column = tile.column + 4u * n;
    let value = vec4<f32>(
      factor[factor_index(term, min(column, last), tile.phase)],
      factor[factor_index(term, min(column + 1u, last), tile.phase)],
      factor[factor_index(term, min(column + 2u, last), tile.phase)],
      factor[factor_index(term, min(column + 3u, last), tile.phase)],
    );
    b_tile[step * WX + n] = select(vec4<f32>(0.0), value, k0 + step < tile.end);
  }
}

@compute @workgroup_size(WX, WY)
fn any(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (KEEP_LOOPS) {
    once = groups.z;
  }
  let tile = tile_of(group.y * groups.x + group.x);
  if (!tile.valid) {
    return;
  }
  var sums = mat4x4<f32>();
  for (var k0 = tile.first; k0 < tile.end * once; k0 += DEPTH) {
    stage_a(tile, k0, lane);
    stage_b(tile, k0, lane);
    workgroupBarrier();
    for (var k = 0u; k < DEPTH * once; k++) {
      let rows = a_tile[k * WY + id.y];
      let columns = b_tile[k * WX + id.x];
      sums[0] = fma(vec4<f32>(rows.x), columns, sums[0]);
      sums[1] = fma(vec4<f32>(rows.y), columns, sums[1]);
      sums[2] = fma(vec4<f32>(rows.z), columns, sums[2]);
      sums[3] = fma(vec4<f32>(rows.w), columns, sums[3]);
    }
    workgroupBarrier();
  }
  let column = tile.column + 4u * id.x;
  let shift = bias_at(column);
  for (var i = 0u; i < 4u * once; i++) {
    let row = tile.row + 4u * id.y + i;
    let low = select(sums[0], sums[1], i == 1u);
    let high = select(sums[2], sums[3], i == 3u);
    let value = activate(select(low, high, i >= 2u) + shift);
    for (var j = 0u; j < 4u * once; j++) {
      if (stored(tile, row) && column + j < sizes().columns) {
        let at = result_index(tile, row, column + j);
        let low_pair = select(value.x, value.y, j == 1u);
        let high_pair = select(value.z, value.w, j == 3u);
        var out = select(low_pair, high_pair, j >= 2u);
        if (ACCUMULATE) {
          out += result[at];
        }
        result[at] = out;
      }
    }
  }
}
