// tiles — the inner loop that matmul and conv2d share; its text is appended to theirs
//
// Computes    C += A·B for tiles of A and B in workgroup memory
// Shapes      A tile [DEPTH, SIDE·WY], B tile [DEPTH, SIDE·WX], C tile [SIDE·WY, SIDE·WX] in the registers of WX·WY lanes
// Bindings    none
// Overrides   declared by the page: WX, WY lanes along columns and rows (WX·WY ≤ 256); SIDE² sums per lane, SIDE 4 or 8;
//             DEPTH steps per tile, a multiple of 4; KEEP_LOOPS stops the driver from unrolling (software adapters)
// Grid        that of the page
// Tolerance   that of the page
//
// A lane (x, y) owns rows 4y … 4y+3 and columns 4x … 4x+3 of each quarter of the tile: neighbouring lanes read
// neighbouring vectors, and each vector that is read serves 4 or 8 multiply-adds per element.
// naga 29 aborts where an override stands behind an array whose length is an override: all overrides come first.

// 1, but with KEEP_LOOPS no compiler can know it: llvmpipe unrolls loops of known length and then compiles for seconds.
var<private> once: u32 = 1u;

// Both tiles have the summed index as their slow axis; one element is four rows of A, or four columns of B.
var<workgroup> a_tile: array<vec4<f32>, DEPTH * WY * SIDE / 4u>;
var<workgroup> b_tile: array<vec4<f32>, DEPTH * WX * SIDE / 4u>;

// Sums of one lane: up to four blocks of 4×4, one row of C per column vector.
struct Sums {
  top_left: mat4x4<f32>,
  top_right: mat4x4<f32>,
  bottom_left: mat4x4<f32>,
  bottom_right: mat4x4<f32>,
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
    let at_a = k * (WY * SIDE / 4u) + id.y;
    let at_b = k * (WX * SIDE / 4u) + id.x;
    let a0 = a_tile[at_a];
    let b0 = b_tile[at_b];
    sums.top_left = add_outer(sums.top_left, a0, b0);
    if (SIDE == 8u) {
      let a1 = a_tile[at_a + WY];
      let b1 = b_tile[at_b + WX];
      sums.top_right = add_outer(sums.top_right, a0, b1);
      sums.bottom_left = add_outer(sums.bottom_left, a1, b0);
      sums.bottom_right = add_outer(sums.bottom_right, a1, b1);
    }
  }
  return sums;
}

// Row i of a block, without an index that would push the sums out of registers.
fn row_of(block: mat4x4<f32>, i: u32) -> vec4<f32> {
  let first = select(block[0], block[1], i == 1u);
  let second = select(block[2], block[3], i == 3u);
  return select(first, second, i >= 2u);
}
