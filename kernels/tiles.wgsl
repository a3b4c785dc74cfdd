// tiles — the inner loop that matmul and conv2d share; its text is appended to theirs
//
// Computes    C += A·B for tiles of A and B in workgroup memory
// Shapes      A tile [DEPTH, ROWS·WY], B tile [DEPTH, COLUMNS·WX]; C tile [ROWS·WY, COLUMNS·WX] in registers
// Bindings    none
// Overrides   declared by the page: WX, WY lanes along columns and rows (WX·WY ≤ 256); sums of one lane: ROWS 4, 8 or
//             16 by COLUMNS 4 or 8; DEPTH steps per tile, a multiple of 4; KEEP_LOOPS stops the driver from unrolling
// Grid        that of the page
// Tolerance   that of the page
// Source      that of matmul
//
// The tile of C is cut into ROWS/4 × COLUMNS/4 equal parts, and lane (x, y) owns 4×4 sums in each: neighbouring lanes
// read neighbouring vectors, and each element that is read serves COLUMNS or ROWS multiply-adds.
// naga 29 aborts where an override stands behind an array whose length is an override: all overrides come first.

// 1, but with KEEP_LOOPS no compiler can know it: llvmpipe unrolls loops of known length and then compiles for seconds.
var<private> once: u32 = 1u;

// Both tiles have the summed index as their slow axis; one element is four rows of A, or four columns of B.
var<workgroup> a_tile: array<vec4<f32>, DEPTH * WY * ROWS / 4u>;
var<workgroup> b_tile: array<vec4<f32>, DEPTH * WX * COLUMNS / 4u>;

// Sums of one lane in blocks of 4×4, from top to bottom: four columns, and four more with COLUMNS 8.
struct Sums {
  left0: mat4x4<f32>,
  left1: mat4x4<f32>,
  left2: mat4x4<f32>,
  left3: mat4x4<f32>,
  right0: mat4x4<f32>,
  right1: mat4x4<f32>,
  right2: mat4x4<f32>,
  right3: mat4x4<f32>,
}

fn add_outer(sums: mat4x4<f32>, rows: vec4<f32>, columns: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(
    fma(vec4<f32>(rows.x), columns, sums[0]),
    fma(vec4<f32>(rows.y), columns, sums[1]),
    fma(vec4<f32>(rows.z), columns, sums[2]),
    fma(vec4<f32>(rows.w), columns, sums[3]),
  );
}

// Adds the product of both tiles.
fn add_tiles(before: Sums, id: vec3<u32>) -> Sums {
  var sums = before;
  for (var k = 0u; k < DEPTH * once; k++) {
    let at_a = k * (WY * ROWS / 4u) + id.y;
    let at_b = k * (WX * COLUMNS / 4u) + id.x;
    let a0 = a_tile[at_a];
    let b0 = b_tile[at_b];
    sums.left0 = add_outer(sums.left0, a0, b0);
    var a1 = a0;
    var a2 = a0;
    var a3 = a0;
    if (ROWS >= 8u) {
      a1 = a_tile[at_a + WY];
      sums.left1 = add_outer(sums.left1, a1, b0);
    }
    if (ROWS == 16u) {
      a2 = a_tile[at_a + 2u * WY];
      a3 = a_tile[at_a + 3u * WY];
      sums.left2 = add_outer(sums.left2, a2, b0);
      sums.left3 = add_outer(sums.left3, a3, b0);
    }
    if (COLUMNS == 8u) {
      let b1 = b_tile[at_b + WX];
      sums.right0 = add_outer(sums.right0, a0, b1);
      if (ROWS >= 8u) {
        sums.right1 = add_outer(sums.right1, a1, b1);
      }
      if (ROWS == 16u) {
        sums.right2 = add_outer(sums.right2, a2, b1);
        sums.right3 = add_outer(sums.right3, a3, b1);
      }
    }
  }
  return sums;
}

// Row i of four blocks, without an index that would push the sums out of registers.
fn row_of(first: mat4x4<f32>, second: mat4x4<f32>, third: mat4x4<f32>, fourth: mat4x4<f32>, i: u32) -> vec4<f32> {
  var value = row_in(first, i % 4u);
  if (ROWS >= 8u) {
    value = select(value, row_in(second, i % 4u), i / 4u == 1u);
  }
  if (ROWS == 16u) {
    value = select(value, row_in(third, i % 4u), i / 4u == 2u);
    value = select(value, row_in(fourth, i % 4u), i / 4u == 3u);
  }
  return value;
}

fn row_in(block: mat4x4<f32>, i: u32) -> vec4<f32> {
  let upper = select(block[0], block[1], i == 1u);
  let lower = select(block[2], block[3], i == 3u);
  return select(upper, lower, i >= 2u);
}
