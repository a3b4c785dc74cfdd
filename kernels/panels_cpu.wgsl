// panels_cpu — the block loop of matmul and conv2d on a CPU; its text is appended to theirs, before activation
//
// Computes    C[z] = act(ALPHA · A[z]·B[z] + bias)  (+ C[z] when ACCUMULATE), one block of C per workgroup
// Shapes      C [M, N], sum over K; how A, B and C lie in memory is the page's affair
// Bindings    2 bias (read; any buffer without HAS_BIAS); 0 A; 1 B and 3 C in panels_cpu_vector or panels_cpu_scalar
// Overrides   M, N, K, BATCH ≥ 1; BLOCK rows of a workgroup, a multiple of 4; COLS 1 or 2 vectors across;
//             DEPTH terms per panel; PARTS ≥ 1 cuts the sum into ranges of CHUNK; terms of A lie STEP elements apart, with
//             TABLE only RUN of them, and run_place says where the next begin; ACTIVATION of activation
// Grid        ⌈N / (4·COLS)⌉ · ⌈M / BLOCK⌉ · PARTS · BATCH workgroups of one invocation, folded over x and y; z = 1
// Tolerance   that of the page
// Source      a panel of B packed for the cache, sums in registers: K. Goto, R. van de Geijn, "Anatomy of
//             high-performance matrix multiplication", ACM TOMS 34, 2008
//
// The page defines        row_place(work, row)         where row `row` of A begins
//                         run_place(run)               what to add for term run·RUN
//                         pack(work, first, end)       puts terms first … end of B into the panel, from 0 on
//                         result_place(work, row)      where row `row` of C begins, and whether it exists
//
// No barriers: one invocation does a block alone. Four rows by two vectors of sums, two vectors of B and the elements of A
// fit into the sixteen vector registers of x86 and leave no adder idle.

override M: u32;
override N: u32;
override K: u32;
override BATCH: u32 = 1u;
override BLOCK: u32 = 64u;
override COLS: u32 = 2u;
override DEPTH: u32;
override PARTS: u32 = 1u;
override CHUNK: u32 = K;
override STEP: u32 = 1u;
override TABLE: bool = false;
override RUN: u32 = K;
override ALPHA: f32 = 1.0;
override HAS_BIAS: bool = false;
override ACCUMULATE: bool = false;
override ACTIVATION: u32 = 0u;
// Sums of a block that wait for the next panel: BLOCK·COLS where CHUNK is longer than DEPTH, else 1.
override WAITING: u32 = 1u;
// Places of terms: DEPTH with TABLE, else 1.
override PLACES: u32 = 1u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;

var<workgroup> panel: array<vec4<f32>, DEPTH * COLS>;
var<workgroup> waiting: array<vec4<f32>, WAITING>;
var<workgroup> terms: array<u32, PLACES>;

struct Work {
  row: u32, // first row and column of C
  column: u32,
  part: u32,
  batch: u32,
  first: u32, // range of the sum
  end: u32,
}

struct ResultPlace {
  index: u32,
  inside: bool,
}

fn work_of(index: u32) -> Work {
  let across = (N + 4u * COLS - 1u) / (4u * COLS);
  let down = (M + BLOCK - 1u) / BLOCK;
  let part = (index / (across * down)) % PARTS;
  return Work(
    ((index / across) % down) * BLOCK,
    (index % across) * (4u * COLS),
    part,
    index / (across * down * PARTS),
    part * CHUNK,
    min(K, (part + 1u) * CHUNK),
  );
}

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

fn finish_row(work: Work, row: u32, left: vec4<f32>, right: vec4<f32>, bias0: vec4<f32>, bias1: vec4<f32>) {
  let to = result_place(work, row);
  if (to.inside) {
    store(to.index + work.column, work.column, activate(ALPHA * left + bias0));
    if (COLS == 2u && work.column + 4u < N) {
      store(to.index + work.column + 4u, work.column + 4u, activate(ALPHA * right + bias1));
    }
  }
}

// What to add for terms first … end of A.
fn place_terms(first: u32, end: u32) {
  var k = first;
  while (k < end) {
    let within = k % RUN;
    let length = min(RUN - within, end - k);
    let start = run_place(k / RUN) + within * STEP;
    for (var s = 0u; s < length; s++) {
      terms[k - first + s] = start + s * STEP;
    }
    k += length;
  }
}

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let work = work_of(group.y * groups.x + group.x);
  if (work.batch >= BATCH) {
    return;
  }
  let bias0 = bias_at(work.column);
  let bias1 = bias_at(work.column + 4u);
  let rows_end = min(M, work.row + BLOCK);
  for (var k0 = work.first; k0 < work.end; k0 += DEPTH) {
    let k1 = min(work.end, k0 + DEPTH);
    pack(work, k0, k1);
    if (TABLE) {
      place_terms(k0, k1);
    }
    for (var row = work.row; row < rows_end; row += 4u) {
      var sums: array<vec4<f32>, 8>;
      let slot = (row - work.row) * COLS;
      if (WAITING > 1u && k0 > work.first) {
        for (var i = 0u; i < 4u * COLS; i++) {
          sums[i] = waiting[slot + i];
        }
      }
      // Rows past the end repeat the last one and are not stored.
      let a0 = row_place(work, row);
      let a1 = row_place(work, min(row + 1u, M - 1u));
      let a2 = row_place(work, min(row + 2u, M - 1u));
      let a3 = row_place(work, min(row + 3u, M - 1u));
      // Four terms at a time.
      var s = 0u;
      for (; s + 4u <= k1 - k0; s += 4u) {
        for (var u = 0u; u < 4u; u++) {
          var b_row: array<vec4<f32>, 2>;
          for (var j = 0u; j < COLS; j++) {
            b_row[j] = panel[(s + u) * COLS + j];
          }
          var at = (k0 + s + u) * STEP;
          if (TABLE) {
            at = terms[s + u];
          }
          var a_column: array<vec4<f32>, 4>;
          a_column[0] = vec4<f32>(a[a0 + at]);
          a_column[1] = vec4<f32>(a[a1 + at]);
          a_column[2] = vec4<f32>(a[a2 + at]);
          a_column[3] = vec4<f32>(a[a3 + at]);
          for (var i = 0u; i < 4u; i++) {
            for (var j = 0u; j < COLS; j++) {
              sums[i * COLS + j] = fma(a_column[i], b_row[j], sums[i * COLS + j]);
            }
          }
        }
      }
      if (CHUNK % 4u != 0u || K % 4u != 0u) {
        for (; s < k1 - k0; s++) {
          var at = (k0 + s) * STEP;
          if (TABLE) {
            at = terms[s];
          }
          for (var j = 0u; j < COLS; j++) {
            let b_row = panel[s * COLS + j];
            sums[j] = fma(vec4<f32>(a[a0 + at]), b_row, sums[j]);
            sums[COLS + j] = fma(vec4<f32>(a[a1 + at]), b_row, sums[COLS + j]);
            sums[2u * COLS + j] = fma(vec4<f32>(a[a2 + at]), b_row, sums[2u * COLS + j]);
            sums[3u * COLS + j] = fma(vec4<f32>(a[a3 + at]), b_row, sums[3u * COLS + j]);
          }
        }
      }
      if (WAITING > 1u && k1 < work.end) {
        for (var i = 0u; i < 4u * COLS; i++) {
          waiting[slot + i] = sums[i];
        }
      } else {
        for (var i = 0u; i < 4u; i++) {
          finish_row(work, row + i, sums[i * COLS], sums[i * COLS + COLS - 1u], bias0, bias1);
        }
      }
    }
  }
}
