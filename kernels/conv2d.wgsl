// conv2d — two-dimensional convolution, its two gradients, and so the transposed convolution
//
// Computes    DIRECTION 0, forward: y[b,p,q,o] = act(bias[o] + Σ_{i,j,c} x[b, p·SY−PY+i, q·SX−PX+j, c] · w[i,j,c,o])
//             DIRECTION 1, input: x[b,r,s,c] = act(bias[c] + Σ_{i,j,o} y[b, (r+PY−i)/SY, (s+PX−j)/SX, o] · w[i,j,c,o])
//             DIRECTION 2, weight:  w[i,j,c,o] = Σ_{b,p,q} x[b, p·SY−PY+i, q·SX−PX+j, c] · y[b,p,q,o]
//             Terms out of range, and quotients that are not whole, are left out. With ACCUMULATE the result is added.
//             Direction 1 is also the transposed convolution of y, and then 0 and 2 are its gradients.
// Shapes      x [BATCH, HEIGHT, WIDTH, CHANNELS], w [KY, KX, CHANNELS, FILTERS],
//             y [BATCH, OUT_HEIGHT, OUT_WIDTH, FILTERS]; bias [FILTERS] (forward) or [CHANNELS] (input)
// Bindings    0 source, 1 factor, 2 bias (read; any buffer without HAS_BIAS), 3 result (read_write):
//             forward x, w → y; input y, w → x; weight x, y → w
// Overrides   the sizes above ≥ 1; SY, SX strides ≥ 1; PY, PX padding ≥ 0; DIRECTION; WX, WY, ROWS, COLUMNS,
//             DEPTH, KEEP_LOOPS of tiles, ACTIVATION of activation; PARTS ≥ 1 cuts the sum into ranges of CHUNK (a
//             multiple of DEPTH), and result[part] holds each part's sums, for sum_parts of matmul
// Grid        one workgroup per tile of ROWS·WY × COLUMNS·WX, part and phase, folded over x and y; z = 1.
//             main where CHANNELS and FILTERS are multiples of 4; scalar for any size
// Tolerance   terms · 6e-8 relative to Σ|x·w|: f32 sums in a fixed order, activation 3e-7
// Source      implicit matrix product: S. Chetlur et al., "cuDNN: efficient primitives for deep learning", 2014
//
// All three are a matrix product C = A·B whose A is never stored: its tiles are gathered from the source.
//   forward  rows pixels of y, columns filters, sum over (tap, channel)
//   input    rows pixels of x, columns channels, sum over (tap, filter). Pixels of one phase (r mod SY, s mod SX) meet
//            the same taps, every SY-th and SX-th, so a tile holds one phase and no product with zero is made.
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
override ROWS: u32 = 8u;
override COLUMNS: u32 = 8u;
override DEPTH: u32 = 16u;
override PARTS: u32 = 1u;
override CHUNK: u32;
override HAS_BIAS: bool = false;
override ACCUMULATE: bool = false;
override ACTIVATION: u32 = 0u;
override KEEP_LOOPS: bool = false;

@group(0) @binding(0) var<storage, read> source4: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> factor4: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> result4: array<vec4<f32>>;

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

// Sizes of the matrix product.
struct Sizes {
  rows: u32,
  columns: u32,
  terms: u32,
  grid_y: u32, // height and width of one image's pixels among the rows (of one phase) or terms
  grid_x: u32,
  taps_y: u32, // taps that one row meets
  taps_x: u32,
  depth: u32, // channels of the source
}

fn sizes() -> Sizes {
  if (DIRECTION == 1u) {
    let grid_y = (HEIGHT + SY - 1u) / SY;
    let grid_x = (WIDTH + SX - 1u) / SX;
    let taps_y = (KY + SY - 1u) / SY;
    let taps_x = (KX + SX - 1u) / SX;
    return Sizes(BATCH * grid_y * grid_x, CHANNELS, taps_y * taps_x * FILTERS, grid_y, grid_x, taps_y, taps_x, FILTERS);
  }
  let pixels = BATCH * OUT_HEIGHT * OUT_WIDTH;
  let weights = KY * KX * CHANNELS;
  if (DIRECTION == 2u) {
    return Sizes(weights, FILTERS, pixels, OUT_HEIGHT, OUT_WIDTH, KY, KX, CHANNELS);
  }
  return Sizes(pixels, FILTERS, weights, OUT_HEIGHT, OUT_WIDTH, KY, KX, CHANNELS);
}

struct Tile {
  row: u32, // first row and column of C
  column: u32,
  part: u32,
  phase: vec2<u32>,
  first: u32, // range of the sum
  end: u32,
  valid: bool,
}

fn tile_of(index: u32) -> Tile {
  let size = sizes();
  let across = (size.columns + COLUMNS * WX - 1u) / (COLUMNS * WX);
  let down = (size.rows + ROWS * WY - 1u) / (ROWS * WY);
  let part = (index / (across * down)) % PARTS;
  let phase = index / (across * down * PARTS);
  return Tile(
    ((index / across) % down) * (ROWS * WY),
    (index % across) * (COLUMNS * WX),
    part,
    vec2<u32>(phase / SX, phase % SX),
    part * CHUNK,
    min(size.terms, (part + 1u) * CHUNK),
    phase < select(1u, SY * SX, DIRECTION == 1u),
  );
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

// The source at `pixel` (of the grid) seen through `tap`, channel `channel`.
fn place(pixel: u32, tap: u32, channel: u32, phase: vec2<u32>) -> Place {
  let size = sizes();
  let image = min(pixel / (size.grid_y * size.grid_x), BATCH - 1u);
  let y = (pixel / size.grid_x) % size.grid_y;
  let x = pixel % size.grid_x;
  let i = tap / size.taps_x;
  let j = tap % size.taps_x;
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
  let taps_x = sizes().taps_x;
  let tap = term / FILTERS;
  // A tap past the end of the kernel meets zeros of A; any weight serves.
  let i = min((phase.x + PY) % SY + (tap / taps_x) * SY, KY - 1u);
  let j = min((phase.y + PX) % SX + (tap % taps_x) * SX, KX - 1u);
  return ((i * KX + j) * CHANNELS + column) * FILTERS + term % FILTERS;
}

// Where the result is written, if the row is one at all.
fn result_place(tile: Tile, row: u32, column: u32) -> Place {
  let size = sizes();
  if (DIRECTION != 1u) {
    return Place((tile.part * size.rows + row) * size.columns + column, row < size.rows);
  }
  let image = row / (size.grid_y * size.grid_x);
  let r = ((row / size.grid_x) % size.grid_y) * SY + tile.phase.x;
  let s = (row % size.grid_x) * SX + tile.phase.y;
  let at = (((tile.part * BATCH + image) * HEIGHT + r) * WIDTH + s) * CHANNELS + column;
  return Place(at, row < size.rows && r < HEIGHT && s < WIDTH);
}

// Four neighbouring rows (weight) or terms (else) of A from `row` and `term` on.
fn load_a4(tile: Tile, row: u32, term: u32) -> vec4<f32> {
  let seen = place_of(row, term, tile.phase);
  return select(vec4<f32>(0.0), source4[seen.index / 4u], seen.inside && term < tile.end);
}

fn stage_a4(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * ROWS / 4u;
  if (DIRECTION == 2u) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      a_tile[i] = load_a4(tile, tile.row + 4u * (i % groups), k0 + i / groups);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let m = i / (DEPTH / 4u);
      let term = k0 + 4u * step;
      let row = tile.row + 4u * m;
      let columns = transpose(mat4x4<f32>(
        load_a4(tile, row, term),
        load_a4(tile, row + 1u, term),
        load_a4(tile, row + 2u, term),
        load_a4(tile, row + 3u, term),
      ));
      let to = 4u * step * groups + m;
      a_tile[to] = columns[0];
      a_tile[to + groups] = columns[1];
      a_tile[to + 2u * groups] = columns[2];
      a_tile[to + 3u * groups] = columns[3];
    }
  }
}

fn stage_b4(tile: Tile, k0: u32, lane: u32) {
  let groups = WX * COLUMNS / 4u;
  let terms = sizes().terms;
  let last = sizes().columns - 4u;
  if (DIRECTION != 1u) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let term = k0 + i / groups;
      let at = factor_index(min(term, terms - 1u), min(tile.column + 4u * (i % groups), last), tile.phase);
      b_tile[i] = select(vec4<f32>(0.0), factor4[at / 4u], term < tile.end);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let n = i / (DEPTH / 4u);
      let term = k0 + 4u * step;
      let at = factor_index(min(term, terms - 4u), min(tile.column + 4u * n, last), tile.phase) / 4u;
      let columns = transpose(mat4x4<f32>(
        factor4[at],
        factor4[at + FILTERS / 4u],
        factor4[at + 2u * (FILTERS / 4u)],
        factor4[at + 3u * (FILTERS / 4u)],
      ));
      let inside = term < tile.end;
      let to = 4u * step * groups + n;
      b_tile[to] = select(vec4<f32>(0.0), columns[0], inside);
      b_tile[to + groups] = select(vec4<f32>(0.0), columns[1], inside);
      b_tile[to + 2u * groups] = select(vec4<f32>(0.0), columns[2], inside);
      b_tile[to + 3u * groups] = select(vec4<f32>(0.0), columns[3], inside);
    }
  }
}

fn store4(tile: Tile, row: u32, column: u32, value: vec4<f32>, shift: vec4<f32>) {
  let to = result_place(tile, row, column);
  if (to.inside && column < sizes().columns) {
    var out = activate(value + shift);
    if (ACCUMULATE) {
      out += result4[to.index / 4u];
    }
    result4[to.index / 4u] = out;
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
  var sums = Sums();
  for (var k0 = tile.first; k0 < tile.end * once; k0 += DEPTH) {
    stage_a4(tile, k0, lane);
    stage_b4(tile, k0, lane);
    workgroupBarrier();
    sums = add_tiles(sums, id);
    workgroupBarrier();
  }
  let column0 = tile.column + 4u * id.x;
  let column1 = column0 + 4u * WX;
  let bias0 = bias_at(column0);
  let bias1 = bias_at(column1);
  // A loop keeps the code of the epilogue once.
  for (var i = 0u; i < ROWS * once; i++) {
    let row = tile.row + 4u * id.y + (i / 4u) * (4u * WY) + i % 4u;
    store4(tile, row, column0, row_of(sums.left0, sums.left1, sums.left2, sums.left3, i), bias0);
    if (COLUMNS == 8u) {
      store4(tile, row, column1, row_of(sums.right0, sums.right1, sums.right2, sums.right3, i), bias1);
    }
  }
}

// The same with scalar loads and stores, for any number of channels and filters.

fn load_a(tile: Tile, row: u32, term: u32) -> f32 {
  let seen = place_of(row, term, tile.phase);
  return select(0.0, source[seen.index], seen.inside && term < tile.end);
}

fn stage_a(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * ROWS / 4u;
  for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
    // Neighbouring lanes read neighbouring channels.
    let step = select(i % DEPTH, i / groups, DIRECTION == 2u);
    let m = select(i / DEPTH, i % groups, DIRECTION == 2u);
    let row = tile.row + 4u * m;
    a_tile[step * groups + m] = vec4<f32>(
      load_a(tile, row, k0 + step),
      load_a(tile, row + 1u, k0 + step),
      load_a(tile, row + 2u, k0 + step),
      load_a(tile, row + 3u, k0 + step),
    );
  }
}

fn stage_b(tile: Tile, k0: u32, lane: u32) {
  let groups = WX * COLUMNS / 4u;
  let last = sizes().columns - 1u;
  for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
    let step = select(i / groups, i % DEPTH, DIRECTION == 1u);
    let n = select(i % groups, i / DEPTH, DIRECTION == 1u);
    let term = min(k0 + step, sizes().terms - 1u);
    let column = tile.column + 4u * n;
    let value = vec4<f32>(
      factor[factor_index(term, min(column, last), tile.phase)],
      factor[factor_index(term, min(column + 1u, last), tile.phase)],
      factor[factor_index(term, min(column + 2u, last), tile.phase)],
      factor[factor_index(term, min(column + 3u, last), tile.phase)],
    );
    b_tile[step * groups + n] = select(vec4<f32>(0.0), value, k0 + step < tile.end);
  }
}

fn store(tile: Tile, row: u32, column: u32, value: vec4<f32>, shift: vec4<f32>) {
  let to = result_place(tile, row, column);
  let final_values = activate(value + shift);
  for (var j = 0u; j < 4u * once; j++) {
    if (to.inside && column + j < sizes().columns) {
      var out = final_values[j];
      if (ACCUMULATE) {
        out += result[to.index + j];
      }
      result[to.index + j] = out;
    }
  }
}

@compute @workgroup_size(WX, WY)
fn scalar(
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
  var sums = Sums();
  for (var k0 = tile.first; k0 < tile.end * once; k0 += DEPTH) {
    stage_a(tile, k0, lane);
    stage_b(tile, k0, lane);
    workgroupBarrier();
    sums = add_tiles(sums, id);
    workgroupBarrier();
  }
  let column0 = tile.column + 4u * id.x;
  let column1 = column0 + 4u * WX;
  let bias0 = bias_at(column0);
  let bias1 = bias_at(column1);
  // A loop keeps the code of the epilogue once.
  for (var i = 0u; i < ROWS * once; i++) {
    let row = tile.row + 4u * id.y + (i / 4u) * (4u * WY) + i % 4u;
    store(tile, row, column0, row_of(sums.left0, sums.left1, sums.left2, sums.left3, i), bias0);
    if (COLUMNS == 8u) {
      store(tile, row, column1, row_of(sums.right0, sums.right1, sums.right2, sums.right3, i), bias1);
    }
  }
}
