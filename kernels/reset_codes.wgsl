// reset_codes — gives codes that are hardly used a new place among the tokens
//
// Computes    the dead codes are those with usage < LEAST, in ascending order; the j-th of them, j < MOST, becomes
//             E = token[pick[j]] + noise[j], with EMA count 1 and EMA sum E
// Shapes      usage [CODES], token [TOKENS, DEPTH], pick i32 [MOST], noise [MOST, DEPTH]; E, sum [CODES, DEPTH]; count [CODES]
// Bindings    0 E, 1 count, 2 sum (read_write); 3 usage, 4 token, 5 pick, 6 noise (read)
// Overrides   CODES, DEPTH, TOKENS, MOST ≥ 1; LEAST f32; GROUP workgroup size
// Grid        one invocation per code, GROUP per workgroup, folded over x and y
// Tolerance   exact
// Source      spec 1 §5

override CODES: u32;
override DEPTH: u32;
override TOKENS: u32;
override MOST: u32;
override LEAST: f32 = 2.0;
override GROUP: u32 = 64u;

@group(0) @binding(0) var<storage, read_write> codebook: array<f32>;
@group(0) @binding(1) var<storage, read_write> ema_count: array<f32>;
@group(0) @binding(2) var<storage, read_write> ema_sum: array<f32>;
@group(0) @binding(3) var<storage, read> usage: array<f32>;
@group(0) @binding(4) var<storage, read> tokens: array<f32>;
@group(0) @binding(5) var<storage, read> pick: array<i32>;
@group(0) @binding(6) var<storage, read> noise: array<f32>;

@compute @workgroup_size(GROUP)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let code = (group.y * groups.x + group.x) * GROUP + lane;
  if (code >= CODES || usage[code] >= LEAST) {
    return;
  }
  var rank = 0u;
  for (var k = 0u; k < code; k++) {
    if (usage[k] < LEAST) {
      rank++;
    }
  }
  if (rank >= MOST) {
    return;
  }
  let token = min(u32(max(pick[rank], 0)), TOKENS - 1u);
  for (var d = 0u; d < DEPTH; d++) {
    let value = tokens[token * DEPTH + d] + noise[rank * DEPTH + d];
    codebook[code * DEPTH + d] = value;
    ema_sum[code * DEPTH + d] = value;
  }
  ema_count[code] = 1.0;
}
