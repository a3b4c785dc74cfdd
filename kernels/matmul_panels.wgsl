// matmul_panels — large products of matrices on a software adapter, batched, with bias and activation
//
// Computes    main: C[z] = act(ALPHA · A[z] · B[z] + bias)  (+ C[z] when ACCUMULATE); pack: A[z] or, with TRANSPOSED, A[z]ᵀ in
//             panels; flip: B[z]ᵀ
// Shapes      A [M, K] or [K, M]; panels [BATCH, ⌈M / 8⌉, K, 8], rows past the end 0; B [K, N], before flip [N, K]; bias [N];
//             C [M, N]; all row-major, N a multiple of 4. Batch item z begins at element z·STRIDE_A, z·STRIDE_B, z·STRIDE_C
// Bindings    main: 0 panels, 1 B, 2 bias (read; any buffer without HAS_BIAS), 3 C (read_write)
//             pack: 0 A (read), 1 panels (read_write); flip: 0 B (read), 1 its transpose (read_write)
// Overrides   M, N, K, BATCH ≥ 1; strides, for main multiples of 4; ACTIVATION of activation
// Grid        main: ⌈M / 8⌉ · ⌈N / 128⌉ · BATCH workgroups; pack: 64 of ⌈M / 8⌉·K·BATCH, flip: 64 of K·N/4·BATCH per workgroup;
//             folded over x and y; z = 1
// Tolerance   that of matmul
// Source      panels of A that are read in order: K. Goto, R. van de Geijn, "Anatomy of high-performance matrix multiplication",
//             ACM TOMS 34, 2008
//
// A software adapter runs eight lanes as one vector. What all lanes read alike is one load: eight rows of A, two loads in a
// panel. So each lane keeps eight rows by four vectors of sums, without workgroup memory and barriers.

const ROWS = 8u;
const VECTORS = 4u;
const LANES = 8u;
const FLAT = 64u;

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32 = 1u;
override TRANSPOSED: bool = false;
override STRIDE_A: u32 = 0u;
override STRIDE_B: u32 = 0u;
override STRIDE_C: u32 = 0u;
override ALPHA: f32 = 1.0;
override HAS_BIAS: bool = false;
override ACCUMULATE: bool = false;
override ACTIVATION: u32 = 0u;

@group(0) @binding(0) var<storage, read> panels: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4<f32>>;

@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4<f32>>;

fn bias_at(column: u32) -> vec4<f32> {
  if (!HAS_BIAS) {
    return vec4<f32>(0.0);
  }
  return vec4<f32>(bias[column], bias[column + 1u], bias[column + 2u], bias[column + 3u]);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = group.y * groups.x + group.x;
  let down = (M + ROWS - 1u) / ROWS;
  let wide = N / 4u;
  let across = (wide + LANES * VECTORS - 1u) / (LANES * VECTORS);
  // Neighbouring workgroups share columns of B, which stay in the cache.
  let panel = index % down;
  let batch = index / down / across;
  if (batch >= BATCH) {
    return;
  }
  let column = index / down % across * (LANES * VECTORS) + lane;
  let start = (batch * down + panel) * K * (ROWS / 4u);
  var at: array<u32, VECTORS>;
  for (var v = 0u; v < VECTORS; v++) {
    // Columns past the end repeat the last ones and are not stored.
    at[v] = batch * (STRIDE_B / 4u) + min(column + v * LANES, wide - 1u);
  }
  var sums: array<vec4<f32>, ROWS * VECTORS>;
  // groups.z is 1, but no constant: the compiler leaves the loop rolled up.
  for (var k = 0u; k < K * groups.z; k++) {
    var row_of_b: array<vec4<f32>, VECTORS>;
    for (var v = 0u; v < VECTORS; v++) {
      row_of_b[v] = b[at[v] + k * wide];
    }
    for (var i = 0u; i < ROWS / 4u; i++) {
      let a = panels[start + k * (ROWS / 4u) + i];
      for (var v = 0u; v < VECTORS; v++) {
        let s = 4u * i * VECTORS + v;
        sums[s] = fma(vec4<f32>(a.x), row_of_b[v], sums[s]);
        sums[s + VECTORS] = fma(vec4<f32>(a.y), row_of_b[v], sums[s + VECTORS]);
        sums[s + 2u * VECTORS] = fma(vec4<f32>(a.z), row_of_b[v], sums[s + 2u * VECTORS]);
        sums[s + 3u * VECTORS] = fma(vec4<f32>(a.w), row_of_b[v], sums[s + 3u * VECTORS]);
      }
    }
  }
  for (var v = 0u; v < VECTORS; v++) {
    if (column + v * LANES < wide) {
      let added = bias_at(4u * (column + v * LANES));
      for (var r = 0u; r < ROWS; r++) {
        let row = panel * ROWS + r;
        if (row < M) {
          let to = batch * (STRIDE_C / 4u) + row * wide + column + v * LANES;
          let value = activate(ALPHA * sums[r * VECTORS + v] + added);
          if (ACCUMULATE) {
            c[to] += value;
          } else {
            c[to] = value;
          }
        }
      }
    }
  }
}

// Element `row`, `k` of A.
fn element(batch: u32, row: u32, k: u32) -> f32 {
  if (row >= M) {
    return 0.0;
  }
  return source[batch * STRIDE_A + select(row * K + k, k * M + row, TRANSPOSED)];
}

@compute @workgroup_size(FLAT)
fn pack(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * FLAT + lane;
  let down = (M + ROWS - 1u) / ROWS;
  if (index >= BATCH * down * K) {
    return;
  }
  let k = index % K;
  let row = index / K % down * ROWS;
  let batch = index / K / down;
  for (var i = 0u; i < ROWS / 4u; i++) {
    let r = row + 4u * i;
    packed[index * (ROWS / 4u) + i] = vec4<f32>(
      element(batch, r, k),
      element(batch, r + 1u, k),
      element(batch, r + 2u, k),
      element(batch, r + 3u, k),
    );
  }
}

@compute @workgroup_size(FLAT)
fn flip(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * FLAT + lane;
  let wide = N / 4u;
  if (index >= BATCH * K * wide) {
    return;
  }
  // Neighbouring lanes read neighbouring terms.
  let k = index % K;
  let column = index / K % wide;
  let batch = index / K / wide;
  let at = batch * STRIDE_B + 4u * column * K + k;
  packed[(batch * K + k) * wide + column] = vec4<f32>(source[at], source[at + K], source[at + 2u * K], source[at + 3u * K]);
}
