// matmul — products of matrices, batched, with bias and activation
//
// Computes    C[z] = act(ALPHA · op(A[z]) · op(B[z]) + bias)  (+ C[z] when ACCUMULATE), op = as stored or transposed
// Shapes      A [M, K] or, with TRANSPOSE_A, [K, M]; B [K, N] or, with TRANSPOSE_B, [N, K]; bias [N]; C [M, N];
//             all row-major. Batch item z begins at element z·STRIDE_A, z·STRIDE_B, z·STRIDE_C; stride 0 repeats one
// Bindings    main, scalar, plain: 0 A, 1 B, 2 bias (read; any buffer without HAS_BIAS), 3 C (read_write)
//             sum_parts: 0 parts [PARTS, BATCH·M·N], 1 bias (read; any buffer without HAS_BIAS), 2 C (read_write)
// Overrides   M, N, K, BATCH ≥ 1; WX, WY, ROWS, COLUMNS, DEPTH, KEEP_LOOPS of tiles, ACTIVATION of activation;
//             PARTS ≥ 1 cuts k into ranges of CHUNK (a multiple of DEPTH) whose products go to C[part]
// Grid        one workgroup per tile of ROWS·WY × COLUMNS·WX, part and batch item, folded over x and y; z = 1.
//             main where N, the strides and the inner sizes of A and B are multiples of 4; scalar for any size;
//             plain without tiles and parts, for small products (it compiles ten times faster on software adapters), and
//             sum_parts: WX elements of C per workgroup
// Tolerance   K · 6e-8 relative to Σ|a·b|: f32 sums in a fixed order (typical error √K · 6e-8), activation 3e-7
// Source      tiles in workgroup memory, sums in registers: V. Volkov, J. Demmel, "Benchmarking GPUs to tune dense
//             linear algebra", SC 2008
//
// A product with a long k and a small C (a weight gradient) is cut along k, so that all cores have work: PARTS sums are
// written and sum_parts adds them in order. No atomics: the same input gives the same bits.

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32 = 1u;
override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
override STRIDE_A: u32 = 0u;
override STRIDE_B: u32 = 0u;
override STRIDE_C: u32 = 0u;
override WX: u32 = 8u;
override WY: u32 = 8u;
override ROWS: u32 = 8u;
override COLUMNS: u32 = 8u;
override DEPTH: u32 = 16u;
override PARTS: u32 = 1u;
override CHUNK: u32 = K;
override ALPHA: f32 = 1.0;
override HAS_BIAS: bool = false;
override ACCUMULATE: bool = false;
override ACTIVATION: u32 = 0u;
override KEEP_LOOPS: bool = false;

@group(0) @binding(0) var<storage, read> a4: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b4: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> c4: array<vec4<f32>>;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@group(0) @binding(0) var<storage, read> parts: array<f32>;
@group(0) @binding(1) var<storage, read> sum_bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

struct Tile {
  row: u32, // first row and column of C
  column: u32,
  part: u32,
  batch: u32,
  first: u32, // range of k
  end: u32,
  valid: bool,
}

fn tile_of(index: u32) -> Tile {
  let across = (N + COLUMNS * WX - 1u) / (COLUMNS * WX);
  let down = (M + ROWS * WY - 1u) / (ROWS * WY);
  let part = (index / (across * down)) % PARTS;
  let batch = index / (across * down * PARTS);
  let first = part * CHUNK;
  return Tile(
    ((index / across) % down) * (ROWS * WY),
    (index % across) * (COLUMNS * WX),
    part,
    batch,
    first,
    min(K, first + CHUNK),
    batch < BATCH,
  );
}

// Four biases from `column` on; columns past the end repeat the last one and are not stored.
fn bias_at(column: u32) -> vec4<f32> {
  if (!HAS_BIAS) {
    return vec4<f32>(0.0);
  }
  let last = N - 1u;
  return vec4<f32>(
    bias[min(column, last)],
    bias[min(column + 1u, last)],
    bias[min(column + 2u, last)],
    bias[min(column + 3u, last)],
  );
}

// Rows past the end repeat the last one: they fill parts of the tile that are not stored. Steps past the end of k are
// zero.

fn stage_a4(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * ROWS / 4u;
  let origin = tile.batch * (STRIDE_A / 4u);
  if (TRANSPOSE_A) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let k = k0 + i / groups;
      let m = min(tile.row / 4u + i % groups, M / 4u - 1u);
      let value = a4[origin + min(k, K - 1u) * (M / 4u) + m];
      a_tile[i] = select(vec4<f32>(0.0), value, k < tile.end);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let m = i / (DEPTH / 4u);
      let k = k0 + 4u * step;
      let row = tile.row + 4u * m;
      let at = origin + min(k, K - 4u) / 4u;
      let columns = transpose(mat4x4<f32>(
        a4[at + min(row, M - 1u) * (K / 4u)],
        a4[at + min(row + 1u, M - 1u) * (K / 4u)],
        a4[at + min(row + 2u, M - 1u) * (K / 4u)],
        a4[at + min(row + 3u, M - 1u) * (K / 4u)],
      ));
      let inside = k < tile.end;
      let to = 4u * step * groups + m;
      a_tile[to] = select(vec4<f32>(0.0), columns[0], inside);
      a_tile[to + groups] = select(vec4<f32>(0.0), columns[1], inside);
      a_tile[to + 2u * groups] = select(vec4<f32>(0.0), columns[2], inside);
      a_tile[to + 3u * groups] = select(vec4<f32>(0.0), columns[3], inside);
    }
  }
}

fn stage_b4(tile: Tile, k0: u32, lane: u32) {
  let groups = WX * COLUMNS / 4u;
  let origin = tile.batch * (STRIDE_B / 4u);
  if (!TRANSPOSE_B) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let k = k0 + i / groups;
      let n = min(tile.column / 4u + i % groups, N / 4u - 1u);
      let value = b4[origin + min(k, K - 1u) * (N / 4u) + n];
      b_tile[i] = select(vec4<f32>(0.0), value, k < tile.end);
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let n = i / (DEPTH / 4u);
      let k = k0 + 4u * step;
      let row = tile.column + 4u * n;
      let at = origin + min(k, K - 4u) / 4u;
      let columns = transpose(mat4x4<f32>(
        b4[at + min(row, N - 1u) * (K / 4u)],
        b4[at + min(row + 1u, N - 1u) * (K / 4u)],
        b4[at + min(row + 2u, N - 1u) * (K / 4u)],
        b4[at + min(row + 3u, N - 1u) * (K / 4u)],
      ));
      let inside = k < tile.end;
      let to = 4u * step * groups + n;
      b_tile[to] = select(vec4<f32>(0.0), columns[0], inside);
      b_tile[to + groups] = select(vec4<f32>(0.0), columns[1], inside);
      b_tile[to + 2u * groups] = select(vec4<f32>(0.0), columns[2], inside);
      b_tile[to + 3u * groups] = select(vec4<f32>(0.0), columns[3], inside);
    }
  }
}

fn store4(tile: Tile, row: u32, column: u32, value: vec4<f32>, shift: vec4<f32>) {
  if (row < M && column < N) {
    let at = (tile.part * (BATCH * M * N) + tile.batch * STRIDE_C + row * N + column) / 4u;
    var result = activate(ALPHA * value + shift);
    if (ACCUMULATE) {
      result += c4[at];
    }
    c4[at] = result;
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

// The same with scalar loads and stores, for any size.

fn stage_a(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * ROWS / 4u;
  for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
    // Neighbouring lanes read neighbouring elements.
    let step = select(i % DEPTH, i / groups, TRANSPOSE_A);
    let m = select(i / DEPTH, i % groups, TRANSPOSE_A);
    let k = k0 + step;
    let row = tile.row + 4u * m;
    let at = tile.batch * STRIDE_A + min(k, K - 1u) * select(1u, M, TRANSPOSE_A);
    let stride = select(K, 1u, TRANSPOSE_A);
    let value = vec4<f32>(
      a[at + min(row, M - 1u) * stride],
      a[at + min(row + 1u, M - 1u) * stride],
      a[at + min(row + 2u, M - 1u) * stride],
      a[at + min(row + 3u, M - 1u) * stride],
    );
    a_tile[step * groups + m] = select(vec4<f32>(0.0), value, k < tile.end);
  }
}

fn stage_b(tile: Tile, k0: u32, lane: u32) {
  let groups = WX * COLUMNS / 4u;
  for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
    let step = select(i / groups, i % DEPTH, TRANSPOSE_B);
    let n = select(i % groups, i / DEPTH, TRANSPOSE_B);
    let k = k0 + step;
    let column = tile.column + 4u * n;
    let at = tile.batch * STRIDE_B + min(k, K - 1u) * select(N, 1u, TRANSPOSE_B);
    let stride = select(1u, K, TRANSPOSE_B);
    let value = vec4<f32>(
      b[at + min(column, N - 1u) * stride],
      b[at + min(column + 1u, N - 1u) * stride],
      b[at + min(column + 2u, N - 1u) * stride],
      b[at + min(column + 3u, N - 1u) * stride],
    );
    b_tile[step * groups + n] = select(vec4<f32>(0.0), value, k < tile.end);
  }
}

fn store(tile: Tile, row: u32, column: u32, value: vec4<f32>, shift: vec4<f32>) {
  let final_values = activate(ALPHA * value + shift);
  let at = tile.part * (BATCH * M * N) + tile.batch * STRIDE_C + row * N + column;
  for (var j = 0u; j < 4u * once; j++) {
    if (row < M && column + j < N) {
      var result = final_values[j];
      if (ACCUMULATE) {
        result += c[at + j];
      }
      c[at + j] = result;
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

// One sum per lane.
@compute @workgroup_size(WX)
fn plain(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (KEEP_LOOPS) {
    once = groups.z;
  }
  let index = (group.y * groups.x + group.x) * WX + lane;
  if (index >= BATCH * M * N) {
    return;
  }
  let batch = index / (M * N);
  let row = (index / N) % M;
  let column = index % N;
  let at_a = batch * STRIDE_A + row * select(K, 1u, TRANSPOSE_A);
  let at_b = batch * STRIDE_B + column * select(1u, K, TRANSPOSE_B);
  var total = 0.0;
  for (var k = 0u; k < K * once; k++) {
    total = fma(a[at_a + k * select(1u, M, TRANSPOSE_A)], b[at_b + k * select(N, 1u, TRANSPOSE_B)], total);
  }
  total *= ALPHA;
  if (HAS_BIAS) {
    total += bias[column];
  }
  var result = activate(vec4<f32>(total)).x;
  let at = batch * STRIDE_C + row * N + column;
  if (ACCUMULATE) {
    result += c[at];
  }
  c[at] = result;
}

@compute @workgroup_size(WX)
fn sum_parts(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  if (KEEP_LOOPS) {
    once = groups.z;
  }
  let index = (group.y * groups.x + group.x) * WX + lane;
  let count = BATCH * M * N;
  if (index >= count) {
    return;
  }
  var total = 0.0;
  for (var part = 0u; part < PARTS * once; part++) {
    total += parts[part * count + index];
  }
  var shift = 0.0;
  if (HAS_BIAS) {
    shift = sum_bias[index % N];
  }
  var result = activate(vec4<f32>(ALPHA * total + shift)).x;
  let at = (index / (M * N)) * STRIDE_C + index % (M * N);
  if (ACCUMULATE) {
    result += sum[at];
  }
  sum[at] = result;
}
