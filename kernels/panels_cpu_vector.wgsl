// panels_cpu_vector — how panels_cpu reads B and writes C where rows are whole vectors; its text is appended
//
// Computes    panel from B, C from sums
// Shapes      those of the page; columns of C and contiguous runs of B in multiples of 4
// Bindings    1 B (read), 3 C (read_write)
// Overrides   those of panels_cpu
// Grid        that of the page
// Tolerance   exact
// Source      that of panels_cpu

@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4<f32>>;

// Terms whose columns lie side by side: the first term's first column is at `start`, the next term `apart` elements on.
fn pack_rows(to: u32, start: u32, apart: u32, length: u32, column: u32) {
  for (var s = 0u; s < length; s++) {
    let at = (start + s * apart) / 4u;
    panel[(to + s) * COLS] = b[at];
    if (COLS == 2u) {
      var right = vec4<f32>(0.0);
      if (column + 4u < N) {
        right = b[at + 1u];
      }
      panel[(to + s) * COLS + 1u] = right;
    }
  }
}

// Columns whose terms lie side by side: the first column's first term is at `start`, the next column `apart` elements on.
fn pack_columns(to: u32, start: u32, apart: u32, length: u32, column: u32) {
  for (var s = 0u; s < length; s += 4u) {
    for (var j = 0u; j < COLS; j++) {
      if (column + 4u * j < N) {
        let at = start + s + 4u * j * apart;
        let rows = transpose(mat4x4<f32>(
          b[at / 4u],
          b[(at + apart) / 4u],
          b[(at + 2u * apart) / 4u],
          b[(at + 3u * apart) / 4u],
        ));
        panel[(to + s) * COLS + j] = rows[0];
        panel[(to + s + 1u) * COLS + j] = rows[1];
        panel[(to + s + 2u) * COLS + j] = rows[2];
        panel[(to + s + 3u) * COLS + j] = rows[3];
      }
    }
  }
}

fn store(at: u32, column: u32, value: vec4<f32>) {
  if (ACCUMULATE) {
    c[at / 4u] += value;
  } else {
    c[at / 4u] = value;
  }
}
