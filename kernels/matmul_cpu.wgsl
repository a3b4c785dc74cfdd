// matmul_cpu — products of matrices on a CPU, batched, with bias and activation
//
// Computes    C[z] = act(ALPHA · op(A[z]) · op(B[z]) + bias)  (+ C[z] when ACCUMULATE), op = as stored or transposed
// Shapes      A [M, K] or, with A_ROW 1 and STEP M, [K, M]; B [K, N] or, with TRANSPOSE_B, [N, K]; bias [N]; C [M, N];
//             all row-major. Batch item z begins at z·STRIDE_A, z·STRIDE_B, z·STRIDE_C elements; stride 0 repeats one matrix.
// Bindings    0 A, 1 B, 2 bias (read; any buffer without HAS_BIAS), 3 C (read_write), or with PARTS > 1
//             parts [PARTS, BATCH·M·N], which sum_parts of matmul adds
// Overrides   those of panels_cpu; A_ROW elements from one row of A to the next
// Grid        that of panels_cpu. With panels_cpu_vector N, STRIDE_B, STRIDE_C and, with TRANSPOSE_B, K are multiples of 4
// Tolerance   K · 6e-8 relative to Σ|a·b|: f32 sums in a fixed order (typical error √K · 6e-8), activation 3e-7
// Source      that of panels_cpu

override TRANSPOSE_B: bool = false;
override A_ROW: u32 = K;
override STRIDE_A: u32 = 0u;
override STRIDE_B: u32 = 0u;
override STRIDE_C: u32 = 0u;

fn row_place(work: Work, row: u32) -> u32 {
  return work.batch * STRIDE_A + row * A_ROW;
}

fn run_place(run: u32) -> u32 {
  return run * K * STEP;
}

fn pack(work: Work, first: u32, end: u32) {
  let origin = work.batch * STRIDE_B;
  if (TRANSPOSE_B) {
    pack_columns(0u, origin + work.column * K + first, K, end - first, work.column);
  } else {
    pack_rows(0u, origin + first * N + work.column, N, end - first, work.column);
  }
}

fn result_place(work: Work, row: u32) -> ResultPlace {
  return ResultPlace(work.part * (BATCH * M * N) + work.batch * STRIDE_C + row * N, row < M);
}
