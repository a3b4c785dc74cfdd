// conv2d_cpu — two-dimensional convolution and its two gradients on a CPU, over pictures that conv2d_pad has given a border
//
// Computes    what conv2d computes, as products of matrices whose A is read where it lies: terms that are neighbours in the
//             sum are neighbours in memory (a row of the window with all channels), or one stride apart
// Shapes      A  forward  rows pixels of y, terms (i, j, c), from padded x
//                input    rows pixels (r, s) of one phase of x, terms (i, j, o) with i and j downwards, from padded y
//                weight   rows (i, j, c), terms pixels of y, from padded x
//             B  forward  w [KY·KX·CHANNELS, N]; input w [KY, KX, N, FILTERS]; weight y [pixels, N]
//             C  forward  y [pixels, N]; input x [images, HEIGHT, WIDTH, N]; weight w [rows, N]
// Bindings    0 A, 1 B, 2 bias (read; any buffer without HAS_BIAS), 3 C (read_write), or with PARTS > 1 parts [PARTS, M·N]
// Overrides   those of panels_cpu, with BATCH the number of phases; ACROSS rows of A lie ROW_STEP apart, then LINES lines
//             lie LINE apart, and then images IMAGE apart; RUNS runs of terms lie RUN_APART apart, groups of them RUNS_APART.
//             INPUT: direction input, with KY, KX, SY, SX, PY, PX, FILTERS, HEIGHT, WIDTH as in conv2d; TY, TX taps of a
//             phase; TOP, LEFT border of y
// Grid        that of panels_cpu. With panels_cpu_vector N and, with INPUT, FILTERS are multiples of 4
// Tolerance   terms · 6e-8 relative to Σ|x·w|: f32 sums in a fixed order, activation 3e-7
// Source      that of panels_cpu

override ACROSS: u32;
override LINES: u32;
override ROW_STEP: u32;
override LINE: u32;
override IMAGE: u32;
override RUNS: u32;
override RUN_APART: u32;
override RUNS_APART: u32 = 0u;
override INPUT: bool = false;
override KY: u32 = 1u;
override KX: u32 = 1u;
override SY: u32 = 1u;
override SX: u32 = 1u;
override PY: u32 = 0u;
override PX: u32 = 0u;
override FILTERS: u32 = 1u;
override HEIGHT: u32 = 1u;
override WIDTH: u32 = 1u;
override TY: u32 = 1u;
override TX: u32 = 1u;
override TOP: u32 = 0u;
override LEFT: u32 = 0u;

fn row_place(work: Work, row: u32) -> u32 {
  let image = row / (ACROSS * LINES);
  let line = (row / ACROSS) % LINES;
  let place = image * IMAGE + line * LINE + (row % ACROSS) * ROW_STEP;
  if (!INPUT) {
    return place;
  }
  // With r = phase + SY·y, the taps of a phase read rows y + (phase + PY)/SY − (TY − 1) … y + (phase + PY)/SY.
  let down = (work.batch / SX + PY) / SY + TOP - (TY - 1u);
  let right = (work.batch % SX + PX) / SX + LEFT - (TX - 1u);
  return place + down * LINE + right * ROW_STEP;
}

fn run_place(run: u32) -> u32 {
  return (run / RUNS) * RUNS_APART + (run % RUNS) * RUN_APART;
}

fn pack(work: Work, first: u32, end: u32) {
  if (!INPUT) {
    pack_rows(0u, first * N + work.column, N, end - first, work.column);
    return;
  }
  var k = first;
  while (k < end) {
    let tap = k / FILTERS;
    let length = min(FILTERS - k % FILTERS, end - k);
    let i = (work.batch / SX + PY) % SY + (TY - 1u - tap / TX) * SY;
    let j = (work.batch % SX + PX) % SX + (TX - 1u - tap % TX) * SX;
    if (i < KY && j < KX) {
      let start = ((i * KX + j) * N + work.column) * FILTERS + k % FILTERS;
      pack_columns(k - first, start, FILTERS, length, work.column);
    } else {
      // Phases with fewer taps than others.
      for (var s = (k - first) * COLS; s < (k - first + length) * COLS; s++) {
        panel[s] = vec4<f32>(0.0);
      }
    }
    k += length;
  }
}

fn result_place(work: Work, row: u32) -> ResultPlace {
  if (!INPUT) {
    return ResultPlace((work.part * M + row) * N, row < M);
  }
  let image = row / (ACROSS * LINES);
  let r = ((row / ACROSS) % LINES) * SY + work.batch / SX;
  let s = (row % ACROSS) * SX + work.batch % SX;
  return ResultPlace(((image * HEIGHT + r) * WIDTH + s) * N, row < M && r < HEIGHT && s < WIDTH);
}
