// segment_sum — sums of the rows that share an index (the gradient of gather_rows; codebook statistics)
//
// Computes    out[k, :] = Σ_{i : index[i] = k} rows[i, :]
// Shapes      rows [COUNT, WIDTH], index i32 [COUNT], out [SEGMENTS, WIDTH]
// Bindings    0 rows (read), 1 index (read), 2 out (read_write); V is f32, or vec4<f32> with WIDTH counted in vectors
// Overrides   COUNT, WIDTH, SEGMENTS ≥ 1; GROUP workgroup size
// Grid        scan: one invocation per element (vector) of out; scatter: one per column; GROUP per workgroup, folded
// Tolerance   1e-6 relative to Σ|rows|; rows are added in ascending order, so both entry points give the same bits
// Source      codebook statistics: van den Oord et al. 2017, appendix A.1
//
// `scan` reads every index once per segment but keeps a GPU busy; `scatter` does the least work, on few invocations.
// Rows whose index is out of range are left out.

alias V = f32;

override COUNT: u32;
override WIDTH: u32;
override SEGMENTS: u32;
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
  if (at >= SEGMENTS * WIDTH) {
    return;
  }
  let segment = i32(at / WIDTH);
  let column = at % WIDTH;
  var total = V(0.0);
  for (var i = 0u; i < COUNT; i++) {
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
