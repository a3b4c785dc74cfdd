// segment_sum — sums of the rows that share an index (the gradient of gather_rows; codebook statistics)
//
// Computes    out[p, k, :] = Σ_{i : index[i] = k, p·CHUNK ≤ i < (p+1)·CHUNK} rows[i, :]
// Shapes      rows [COUNT, WIDTH], index i32 [COUNT], out [PARTS, SEGMENTS, WIDTH]
// Bindings    0 rows (read), 1 index (read), 2 out (read_write); V is f32, or vec4<f32> with WIDTH counted in vectors
// Overrides   COUNT, WIDTH, SEGMENTS ≥ 1; CHUNK rows of one part (scan; default all); GROUP workgroup size
// Grid        scan: one invocation per element (vector) of out; scatter: one per column; GROUP per workgroup, folded
// Tolerance   1e-6 relative to Σ|rows|; within a part rows are added in ascending order: the same input gives the same bits
// Source      codebook statistics: van den Oord et al. 2017, appendix A.1
//
// `scan` reads every index once per segment but keeps a GPU busy, with many rows in several parts, which `reduce` adds;
// `scatter` does the least work, on few invocations.
// Rows whose index is out of range are left out.

alias V = f32;

override COUNT: u32;
override WIDTH: u32;
override SEGMENTS: u32;
override CHUNK: u32 = COUNT;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> rows: array<V>;
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read_write> output: array<V>;

@compute @workgroup_size(GROUP)
fn scan(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * GROUP + lane;
  let first = at / (SEGMENTS * WIDTH) * CHUNK;
  if (first >= COUNT) {
    return;
  }
  let segment = i32(at / WIDTH % SEGMENTS);
  let column = at % WIDTH;
  var total = V(0.0);
  for (var i = first; i < min(first + CHUNK, COUNT); i++) {
    if (index[i] == segment) {
      total += rows[i * WIDTH + column];
    }
  }
  output[at] = total;
}

@compute @workgroup_size(GROUP)
fn scatter(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let column = (group.y * groups.x + group.x) * GROUP + lane;
  if (column >= WIDTH) {
    return;
  }
  for (var k = 0u; k < SEGMENTS; k++) {
    output[k * WIDTH + column] = V(0.0);
  }
  for (var i = 0u; i < COUNT; i++) {
    let segment = index[i];
    if (segment >= 0 && segment < i32(SEGMENTS)) {
      output[u32(segment) * WIDTH + column] += rows[i * WIDTH + column];
    }
  }
}
