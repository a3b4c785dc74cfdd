// nearest_code — the nearest row of a codebook for every token
//
// Computes    index[i] = argmin_k Σ_d (token[i, d] − code[k, d])²; the lowest k on ties
// Shapes      token [TOKENS, DEPTH], code [CODES, DEPTH], index i32 [TOKENS]
// Bindings    0 token (read), 1 code (read), 2 index (read_write); V is f32, or vec4<f32> with DEPTH counted in vectors
// Overrides   TOKENS, CODES ≥ 1; GROUP workgroup size. DEPTH is a constant of the text, since it sizes an array
// Grid        one invocation per token, GROUP per workgroup, folded over x and y
// Tolerance   exact where the best and second-best distance differ by more than 1e-6 relative
// Source      van den Oord et al. 2017, eq. 2

alias V = f32;
const DEPTH = 1u;

override TOKENS: u32;
override CODES: u32;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read> tokens: array<V>;
@group(0) @binding(1) var<storage, read> codes: array<V>;
@group(0) @binding(2) var<storage, read_write> nearest: array<i32>;

fn squared(x: V) -> f32 {
  return x * x;
}

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * GROUP + lane;
  if (i >= TOKENS) {
    return;
  }
  var token: array<V, DEPTH>;
  for (var d = 0u; d < DEPTH; d++) {
    token[d] = tokens[i * DEPTH + d];
  }
  var best = 0u;
  var least = 3.4e38;
  for (var k = 0u; k < CODES; k++) {
    var distance = 0.0;
    for (var d = 0u; d < DEPTH; d++) {
      distance += squared(token[d] - codes[k * DEPTH + d]);
    }
    if (distance < least) {
      least = distance;
      best = k;
    }
  }
  nearest[i] = i32(best);
}
