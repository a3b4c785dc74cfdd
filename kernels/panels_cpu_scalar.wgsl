// panels_cpu_scalar — how panels_cpu reads B and writes C for any sizes; its text is appended
//
// Computes    panel from B, C from sums
// Shapes      those of the page
// Bindings    1 B (read), 3 C (read_write)
// Overrides   those of panels_cpu
// Grid        that of the page
// Tolerance   exact
// Source      that of panels_cpu

@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// Four columns of one term, `apart` elements from one to the next; columns past the end are zero.
fn four(start: u32, apart: u32, column: u32) -> vec4<f32> {
  var value = vec4<f32>(0.0);
  if (column + 3u < N) {
    value = vec4<f32>(b[start], b[start + apart], b[start + 2u * apart], b[start + 3u * apart]);
  } else if (column < N) {
    value.x = b[start];
    if (column + 1u < N) {
      value.y = b[start + apart];
    }
    if (column + 2u < N) {
      value.z = b[start + 2u * apart];
    }
  }
  return value;
}

// Terms whose columns lie side by side: the first term's first column is at `start`, the next term `apart` elements on.
fn pack_rows(to: u32, start: u32, apart: u32, length: u32, column: u32) {
  for (var s = 0u; s < length; s++) {
    for (var j = 0u; j < COLS; j++) {
      panel[(to + s) * COLS + j] = four(start + s * apart + 4u * j, 1u, column + 4u * j);
    }
  }
}

// Columns whose terms lie side by side: the first column's first term is at `start`, the next column `apart` elements on.
fn pack_columns(to: u32, start: u32, apart: u32, length: u32, column: u32) {
  for (var s = 0u; s < length; s++) {
    for (var j = 0u; j < COLS; j++) {
      panel[(to + s) * COLS + j] = four(start + s + 4u * j * apart, apart, column + 4u * j);
    }
  }
}

fn store(at: u32, column: u32, value: vec4<f32>) {
  for (var i = 0u; i < 4u; i++) {
    if (column + i < N) {
      if (ACCUMULATE) {
        c[at + i] += value[i];
      } else {
        c[at + i] = value[i];
      }
    }
  }
}
