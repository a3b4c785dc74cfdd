// matmul — products of matrices, batched, with bias and activation
//
// Computes    C[z] = act(ALPHA · op(A[z]) · op(B[z]) + bias)  (+ C[z] when ACCUMULATE), op = as stored or transposed
// Shapes      A [M, K] or, with TRANSPOSE_A, [K, M]; B [K, N] or, with TRANSPOSE_B, [N, K]; bias [N]; C [M, N]; all row-major.
//             Batch item z begins at z·STRIDE_A, z·STRIDE_B, z·STRIDE_C elements; stride 0 repeats one matrix.
// Bindings    main, any: 0 A, 1 B, 2 bias (read; any buffer without HAS_BIAS), 3 C (read_write)
//             sum_parts: 0 parts [PARTS, BATCH·M·N], 1 bias (read), 2 C (read_write)
// Overrides   M, N, K, BATCH ≥ 1; WX, WY lanes along columns and rows (WX·WY ≤ 256); DEPTH steps of k per tile, a multiple of 4;
//             SIDE² sums per lane, 8 for main, 4 for any; KEEP_LOOPS stops the driver from unrolling (software adapters);
//             PARTS ≥ 1 cuts k into ranges of CHUNK (a multiple of DEPTH) whose products go to C[part];
//             ACTIVATION 0 none, 1 relu, 2 gelu (erf), 3 silu, 4 sigmoid, 5 tanh
// Grid        one workgroup per tile of C, part and batch item, folded over x and y;
//             tiles are SIDE·WY × SIDE·WX; main: where N, strides and the inner sizes of A and B are multiples of 4;
//             any: any size; sum_parts: WX elements of C per workgroup
// Tolerance   K · 6e-8 relative to Σ|a·b|: f32 sums in a fixed order (typical error √K · 6e-8), activation 3e-7
// Source      tiles in workgroup memory, registers per lane: V. Volkov, J. Demmel, "Benchmarking GPUs to tune dense linear
//             algebra", SC 2008
//
// Each lane keeps 8×8 (any: 4×4) sums in registers and reads a column of A's tile and a row of B's tile per step of k.
// A product with a long k and a small C (a weight gradient) is cut along k, so that all cores have work: PARTS sums are
// written and sum_parts adds them in order. No atomics: the same input gives the same bits.

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32 = 1u;
override WX: u32 = 8u;
override WY: u32 = 8u;
override DEPTH: u32 = 16u;
override SIDE: u32 = 8u;
override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;
override STRIDE_A: u32 = 0u;
override STRIDE_B: u32 = 0u;
override STRIDE_C: u32 = 0u;
override PARTS: u32 = 1u;
override CHUNK: u32 = K;
override ALPHA: f32 = 1.0;
override HAS_BIAS: bool = false;
override ACTIVATION: u32 = 0u;
override ACCUMULATE: bool = false;
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

// 1, but with KEEP_LOOPS no compiler can know it: llvmpipe unrolls loops of known length and then compiles for seconds.
var<private> once: u32 = 1u;

// Both tiles have k as their slow axis; one element is four rows of A, or four columns of B.
var<workgroup> a_tile: array<vec4<f32>, DEPTH * WY * SIDE / 4u>;
var<workgroup> b_tile: array<vec4<f32>, DEPTH * WX * SIDE / 4u>;

struct Tile {
  row: u32, // first row of C
  column: u32, // first column of C
  part: u32,
  batch: u32,
  first_k: u32,
  end_k: u32,
}

fn tile_of(index: u32) -> Tile {
  let rows = SIDE * WY;
  let columns = SIDE * WX;
  let across = (N + columns - 1u) / columns;
  let down = (M + rows - 1u) / rows;
  let part = (index / (across * down)) % PARTS;
  let first = part * CHUNK;
  return Tile(
    ((index / across) % down) * rows,
    (index % across) * columns,
    part,
    index / (across * down * PARTS),
    first,
    min(K, first + CHUNK),
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

// Rows past the end repeat the last one: they fill parts of the tile that are not stored. Steps past the end of k are zero.

fn stage_a4(tile: Tile, k0: u32, lane: u32) {
  let groups = WY * 2u;
  let origin = tile.batch * (STRIDE_A / 4u);
  if (TRANSPOSE_A) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let k = k0 + i / groups;
      let m = min(tile.row / 4u + i % groups, M / 4u - 1u);
      var value = vec4<f32>(0.0);
      if (k < tile.end_k) {
        value = a4[origin + k * (M / 4u) + m];
      }
      a_tile[i] = value;
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let m = i / (DEPTH / 4u);
      let k = k0 / 4u + step;
      let row = tile.row + 4u * m;
      var rows = mat4x4<f32>();
      if (4u * k < tile.end_k) {
        rows = mat4x4<f32>(
          a4[origin + min(row, M - 1u) * (K / 4u) + k],
          a4[origin + min(row + 1u, M - 1u) * (K / 4u) + k],
          a4[origin + min(row + 2u, M - 1u) * (K / 4u) + k],
          a4[origin + min(row + 3u, M - 1u) * (K / 4u) + k],
        );
      }
      let turned = transpose(rows);
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
  let origin = tile.batch * (STRIDE_B / 4u);
  if (!TRANSPOSE_B) {
    for (var i = lane; i < DEPTH * groups * once; i += WX * WY) {
      let k = k0 + i / groups;
      let n = min(tile.column / 4u + i % groups, N / 4u - 1u);
      var value = vec4<f32>(0.0);
      if (k < tile.end_k) {
        value = b4[origin + k * (N / 4u) + n];
      }
      b_tile[i] = value;
    }
  } else {
    for (var i = lane; i < DEPTH / 4u * groups * once; i += WX * WY) {
      let step = i % (DEPTH / 4u);
      let n = i / (DEPTH / 4u);
      let k = k0 / 4u + step;
      let row = tile.column + 4u * n;
      var rows = mat4x4<f32>();
      if (4u * k < tile.end_k) {
        rows = mat4x4<f32>(
          b4[origin + min(row, N - 1u) * (K / 4u) + k],
          b4[origin + min(row + 1u, N - 1u) * (K / 4u) + k],
          b4[origin + min(row + 2u, N - 1u) * (K / 4u) + k],
          b4[origin + min(row + 3u, N - 1u) * (K / 4u) + k],
        );
      }
      let turned = transpose(rows);
      let to = 4u * step * groups + n;
      b_tile[to] = turned[0];
      b_tile[to + groups] = turned[1];
      b_tile[to + 2u * groups] = turned[2];
      b_tile[to + 3u * groups] = turned[3];
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
  if (tile.batch >= BATCH) {
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
  for (var k0 = tile.first_k; k0 < tile.end_k * once; k0 += DEPTH) {
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
    store4(tile, row, column0, left, bias0);
    store4(tile, row, column1, right, bias1);
  }
}

// Any size: scalar loads and stores, 4×4 sums per lane.

fn stage_a(tile: Tile, k0: u32, lane: u32) {
  for (var i = lane; i < DEPTH * WY * once; i += WX * WY) {
    // Neighbouring lanes read neighbouring elements.
    let step = select(i % DEPTH, i / WY, TRANSPOSE_A);
    let m = select(i / DEPTH, i % WY, TRANSPOSE_A);
    let k = k0 + step;
    let row = tile.row + 4u * m;
    var value = vec4<f32>(0.0);
    if (k < tile.end_k) {
      let origin = tile.batch * STRIDE_A + k * select(1u, M, TRANSPOSE_A);
      let stride = select(K, 1u, TRANSPOSE_A);
      value = vec4<f32>(
        a[origin + min(row, M - 1u) * stride],
        a[origin + min(row + 1u, M - 1u) * stride],
        a[origin + min(row + 2u, M - 1u) * stride],
        a[origin + min(row + 3u, M - 1u) * stride],
      );
    }
    a_tile[step * WY + m] = value;
  }
}

fn stage_b(tile: Tile, k0: u32, lane: u32) {
  for (var i = lane; i < DEPTH * WX * once; i += WX * WY) {
    let step = select(i / WX, i % DEPTH, TRANSPOSE_B);
    let n = select(i % WX, i / DEPTH, TRANSPOSE_B);
    let k = k0 + step;
    let column = tile.column + 4u * n;
    var value = vec4<f32>(0.0);
    if (k < tile.end_k) {
      let origin = tile.batch * STRIDE_B + k * select(N, 1u, TRANSPOSE_B);
      let stride = select(1u, K, TRANSPOSE_B);
      value = vec4<f32>(
        b[origin + min(column, N - 1u) * stride],
        b[origin + min(column + 1u, N - 1u) * stride],
        b[origin + min(column + 2u, N - 1u) * stride],
        b[origin + min(column + 3u, N - 1u) * stride],
      );
    }
    b_tile[step * WX + n] = value;
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
  if (tile.batch >= BATCH) {
    return;
  }
  var sums = mat4x4<f32>();
  for (var k0 = tile.first_k; k0 < tile.end_k * once; k0 += DEPTH) {
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
    let value = activate(ALPHA * select(low, high, i >= 2u) + shift);
    let at = tile.part * (BATCH * M * N) + tile.batch * STRIDE_C + row * N + column;
    for (var j = 0u; j < 4u * once; j++) {
      if (row < M && column + j < N) {
        let low_pair = select(value.x, value.y, j == 1u);
        let high_pair = select(value.z, value.w, j == 3u);
        var result = select(low_pair, high_pair, j >= 2u);
        if (ACCUMULATE) {
          result += c[at + j];
        }
        c[at + j] = result;
      }
    }
  }
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
