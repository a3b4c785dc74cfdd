// attention — multi-head attention without the matrix of probabilities in memory, and its gradients
//
// Computes    per head: s_ij = SCALE·q_i·k_j, P_ij = e^(s_ij − l_i) with l_i = ln Σ_j e^(s_ij), y_i = Σ_j m_ij P_ij v_j
//             (m: dropout's keep-mask, 1 without). The gradients compute P again from l, and with g = gradient of y:
//             x_ij = m_ij g_i·v_j, δ_i = Σ_j P_ij x_ij, D_ij = P_ij (x_ij − δ_i), dq_i = SCALE Σ_j D_ij k_j,
//             dk_j = SCALE Σ_i D_ij q_i, dv_j = Σ_i m_ij P_ij g_i. CAUSAL: only keys j ≤ i + KEYS − QUERIES
//             forward: y, l. backward_query: dq and (l_i, x_i0, δ_i − x_i0), which backward_key needs for dk and dv.
//             δ is a mean over the same P that D is made of, and kept in two parts, so that Σ_j D_ij is 0 up to the last
//             rounding: a bias on the keys, which attention ignores, gets next to no gradient for Adam to blow up
// Shapes      q, dq [BATCH, QUERIES, Q_STRIDE], k, dk [BATCH, KEYS, K_STRIDE], v, dv [BATCH, KEYS, V_STRIDE]: of each row the
//             heads begin at Q_START (K_START, V_START), WIDTH wide, so that all may lie in one tensor; query head h uses
//             key head h / REPEAT; y, g [BATCH, QUERIES, HEADS·WIDTH]; l [BATCH, HEADS, QUERIES], parts [BATCH, HEADS, QUERIES,
//             3]; m [BATCH, HEADS, QUERIES, KEYS]. V is f32, or vec4<f32> with widths, strides and starts in vectors
// Bindings    0 q (read); 1 k (read); 2 v (read); 3 m (read; any if MASKED = 0); 4 g (read); 5 l for forward, else parts
//             (read_write); 6 y, dq or dk (read_write); 7 dv (read_write), or l for backward_query (read)
// Overrides   as above; MASKED, CAUSAL 0 or 1; GROUP workgroup size. WIDTH and ROWS are constants of the text, since they size
//             arrays: each invocation holds ROWS queries (backward_key: keys) in registers, with R = f32 for ROWS = 1,
//             vec2<f32> for 2 and vec4<f32> for 4, so that each vector that it loads serves ROWS products
// Grid        forward, backward_query: one invocation per picture, head and ROWS queries; backward_key: per picture, key head and
//             ROWS keys; folded over x and y, one deep: `groups.z` is 1, but no constant, so that compilers leave the long
//             loops rolled up
// Tolerance   y: 5e-6 of the largest |v|; gradients: 1e-5 of Σ|terms|
// Source      Vaswani et al. 2017; running maximum and sum: Milakov & Gimelshein 2018; recomputation: Dao et al. 2022

alias V = f32;
alias R = f32;
const WIDTH = 1u;
const ROWS = 1u;

override BATCH: u32;
override HEADS: u32;
override REPEAT: u32 = 1u;
override QUERIES: u32;
override KEYS: u32;
override Q_STRIDE: u32;
override Q_START: u32 = 0u;
override K_STRIDE: u32;
override K_START: u32 = 0u;
override V_STRIDE: u32;
override V_START: u32 = 0u;
override SCALE: f32;
override CAUSAL: u32 = 0u;
override MASKED: u32 = 0u;
override GROUP: u32 = 64u;

const HIDDEN = -3e38;

@group(0) @binding(0) var<storage, read> query: array<V>;
@group(0) @binding(1) var<storage, read> key: array<V>;
@group(0) @binding(2) var<storage, read> value: array<V>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read> upstream: array<V>;
@group(0) @binding(5) var<storage, read_write> rows: array<f32>;
@group(0) @binding(6) var<storage, read_write> output: array<V>;
@group(0) @binding(7) var<storage, read_write> value_gradient: array<V>;
@group(0) @binding(7) var<storage, read> log_sums: array<f32>;

fn sum_of(v: V) -> f32 { return v; }
fn row_of(numbers: R, r: u32) -> f32 { return numbers; }
fn with_row(numbers: R, r: u32, x: f32) -> R { return x; }

// Whether query i may look at key j.
fn sees(i: u32, j: u32) -> bool {
  return CAUSAL == 0u || j <= i + KEYS - QUERIES;
}

// The factor by which dropout multiplies P_ij; `at` is the row of m.
fn kept(at: u32, j: u32) -> f32 {
  if (MASKED == 0u) {
    return 1.0;
  }
  return mask[at * KEYS + j];
}

fn query_at(picture: u32, i: u32, head: u32) -> u32 {
  return (picture * QUERIES + i) * Q_STRIDE + Q_START + head * WIDTH;
}

fn key_at(picture: u32, j: u32, head: u32) -> u32 {
  return (picture * KEYS + j) * K_STRIDE + K_START + head / REPEAT * WIDTH;
}

fn value_at(picture: u32, j: u32, head: u32) -> u32 {
  return (picture * KEYS + j) * V_STRIDE + V_START + head / REPEAT * WIDTH;
}

fn output_at(picture: u32, i: u32, head: u32) -> u32 {
  return ((picture * QUERIES + i) * HEADS + head) * WIDTH;
}

@compute @workgroup_size(GROUP)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let tiles = (QUERIES + ROWS - 1u) / ROWS;
  if (index >= BATCH * HEADS * tiles) {
    return;
  }
  let first = index % tiles * ROWS;
  let head = index / tiles % HEADS;
  let picture = index / tiles / HEADS;
  let row = (picture * HEADS + head) * QUERIES;
  var q: array<V, ROWS * WIDTH>;
  var total: array<V, ROWS * WIDTH>;
  for (var r = 0u; r < ROWS; r++) {
    let at = query_at(picture, min(first + r, QUERIES - 1u), head);
    for (var w = 0u; w < WIDTH; w++) {
      q[r * WIDTH + w] = query[at + w] * V(SCALE);
      total[r * WIDTH + w] = V(0.0);
    }
  }
  var top = R(HIDDEN);
  var sum = R(0.0);
  var keys = KEYS * groups.z;
  if (CAUSAL == 1u) {
    keys = min(keys, first + ROWS + KEYS - QUERIES);
  }
  for (var j = 0u; j < keys; j++) {
    let k = key_at(picture, j, head);
    let v = value_at(picture, j, head);
    var dotted: array<V, ROWS>;
    for (var r = 0u; r < ROWS; r++) {
      dotted[r] = V(0.0);
    }
    for (var w = 0u; w < WIDTH; w++) {
      let x = key[k + w];
      for (var r = 0u; r < ROWS; r++) {
        dotted[r] += q[r * WIDTH + w] * x;
      }
    }
    var score = R(0.0);
    for (var r = 0u; r < ROWS; r++) {
      score = with_row(score, r, select(HIDDEN, sum_of(dotted[r]), sees(first + r, j)));
    }
    let peak = max(top, score);
    let shrink = exp(top - peak);
    var p = exp(score - peak);
    top = peak;
    sum = sum * shrink + p;
    if (MASKED == 1u) {
      for (var r = 0u; r < ROWS; r++) {
        p = with_row(p, r, row_of(p, r) * kept(row + min(first + r, QUERIES - 1u), j));
      }
    }
    for (var w = 0u; w < WIDTH; w++) {
      let x = value[v + w];
      for (var r = 0u; r < ROWS; r++) {
        total[r * WIDTH + w] = total[r * WIDTH + w] * row_of(shrink, r) + x * row_of(p, r);
      }
    }
  }
  let norm = top + log(sum);
  for (var r = 0u; r < ROWS; r++) {
    if (first + r < QUERIES) {
      let at = output_at(picture, first + r, head);
      for (var w = 0u; w < WIDTH; w++) {
        output[at + w] = total[r * WIDTH + w] * V(1.0 / row_of(sum, r));
      }
      rows[row + first + r] = row_of(norm, r);
    }
  }
}

@compute @workgroup_size(GROUP)
fn backward_query(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let tiles = (QUERIES + ROWS - 1u) / ROWS;
  if (index >= BATCH * HEADS * tiles) {
    return;
  }
  let first = index % tiles * ROWS;
  let head = index / tiles % HEADS;
  let picture = index / tiles / HEADS;
  let row = (picture * HEADS + head) * QUERIES;
  var q: array<V, ROWS * WIDTH>;
  var g: array<V, ROWS * WIDTH>;
  var plain: array<V, ROWS * WIDTH>;
  var weighted: array<V, ROWS * WIDTH>;
  var norm = R(0.0);
  for (var r = 0u; r < ROWS; r++) {
    let i = min(first + r, QUERIES - 1u);
    let at = query_at(picture, i, head);
    let above = output_at(picture, i, head);
    for (var w = 0u; w < WIDTH; w++) {
      q[r * WIDTH + w] = query[at + w] * V(SCALE);
      g[r * WIDTH + w] = upstream[above + w];
      plain[r * WIDTH + w] = V(0.0);
      weighted[r * WIDTH + w] = V(0.0);
    }
    norm = with_row(norm, r, log_sums[row + i]);
  }
  var sum = R(0.0);
  var origin = R(0.0);
  var rest = R(0.0);
  var keys = KEYS * groups.z;
  if (CAUSAL == 1u) {
    keys = min(keys, first + ROWS + KEYS - QUERIES);
  }
  for (var j = 0u; j < keys; j++) {
    let at_key = key_at(picture, j, head);
    let at_value = value_at(picture, j, head);
    var k: array<V, WIDTH>;
    var v: array<V, WIDTH>;
    for (var w = 0u; w < WIDTH; w++) {
      k[w] = key[at_key + w];
      v[w] = value[at_value + w];
    }
    var score = R(0.0);
    var slope = R(0.0);
    for (var r = 0u; r < ROWS; r++) {
      var dotted = V(0.0);
      var above = V(0.0);
      for (var w = 0u; w < WIDTH; w++) {
        dotted += q[r * WIDTH + w] * k[w];
        above += g[r * WIDTH + w] * v[w];
      }
      score = with_row(score, r, select(HIDDEN, sum_of(dotted), sees(first + r, j)));
      slope = with_row(slope, r, sum_of(above) * kept(row + min(first + r, QUERIES - 1u), j));
    }
    if (j == 0u) {
      origin = slope;
    }
    let p = exp(score - norm);
    let d = p * (slope - origin);
    sum += p;
    rest += d;
    for (var w = 0u; w < WIDTH; w++) {
      for (var r = 0u; r < ROWS; r++) {
        plain[r * WIDTH + w] += k[w] * row_of(p, r);
        weighted[r * WIDTH + w] += k[w] * row_of(d, r);
      }
    }
  }
  rest = rest / sum;
  for (var r = 0u; r < ROWS; r++) {
    if (first + r < QUERIES) {
      let at = query_at(picture, first + r, head);
      for (var w = 0u; w < WIDTH; w++) {
        output[at + w] = (weighted[r * WIDTH + w] - plain[r * WIDTH + w] * V(row_of(rest, r))) * V(SCALE);
      }
      let at_row = 3u * (row + first + r);
      rows[at_row] = row_of(norm, r);
      rows[at_row + 1u] = row_of(origin, r);
      rows[at_row + 2u] = row_of(rest, r);
    }
  }
}

@compute @workgroup_size(GROUP)
fn backward_key(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let tiles = (KEYS + ROWS - 1u) / ROWS;
  let heads = HEADS / REPEAT;
  if (index >= BATCH * heads * tiles) {
    return;
  }
  let first = index % tiles * ROWS;
  let key_head = index / tiles % heads;
  let picture = index / tiles / heads;
  var k: array<V, ROWS * WIDTH>;
  var v: array<V, ROWS * WIDTH>;
  var key_total: array<V, ROWS * WIDTH>;
  var value_total: array<V, ROWS * WIDTH>;
  for (var r = 0u; r < ROWS; r++) {
    let j = min(first + r, KEYS - 1u);
    let at_key = key_at(picture, j, key_head * REPEAT);
    let at_value = value_at(picture, j, key_head * REPEAT);
    for (var w = 0u; w < WIDTH; w++) {
      k[r * WIDTH + w] = key[at_key + w] * V(SCALE);
      v[r * WIDTH + w] = value[at_value + w];
      key_total[r * WIDTH + w] = V(0.0);
      value_total[r * WIDTH + w] = V(0.0);
    }
  }
  var begin = 0u;
  if (CAUSAL == 1u) {
    begin = max(first + QUERIES, KEYS) - KEYS;
  }
  let queries = QUERIES * groups.z;
  let heads_end = (key_head + 1u) * REPEAT * groups.z;
  for (var head = key_head * REPEAT; head < heads_end; head++) {
    let row = (picture * HEADS + head) * QUERIES;
    for (var i = begin; i < queries; i++) {
      let at_query = query_at(picture, i, head);
      let at_output = output_at(picture, i, head);
      var q: array<V, WIDTH>;
      var g: array<V, WIDTH>;
      for (var w = 0u; w < WIDTH; w++) {
        q[w] = query[at_query + w];
        g[w] = upstream[at_output + w];
      }
      var score = R(0.0);
      var slope = R(0.0);
      var keep = R(1.0);
      for (var r = 0u; r < ROWS; r++) {
        var dotted = V(0.0);
        var above = V(0.0);
        for (var w = 0u; w < WIDTH; w++) {
          dotted += k[r * WIDTH + w] * q[w];
          above += v[r * WIDTH + w] * g[w];
        }
        score = with_row(score, r, select(HIDDEN, sum_of(dotted), sees(i, first + r)));
        slope = with_row(slope, r, sum_of(above));
        keep = with_row(keep, r, kept(row + i, min(first + r, KEYS - 1u)));
      }
      let at_row = 3u * (row + i);
      let p = exp(score - R(rows[at_row]));
      let d = p * ((slope * keep - R(rows[at_row + 1u])) - R(rows[at_row + 2u]));
      let kept_p = p * keep;
      for (var r = 0u; r < ROWS; r++) {
        for (var w = 0u; w < WIDTH; w++) {
          key_total[r * WIDTH + w] += q[w] * row_of(d, r);
          value_total[r * WIDTH + w] += g[w] * row_of(kept_p, r);
        }
      }
    }
  }
  for (var r = 0u; r < ROWS; r++) {
    if (first + r < KEYS) {
      let at_key = key_at(picture, first + r, key_head * REPEAT);
      let at_value = value_at(picture, first + r, key_head * REPEAT);
      for (var w = 0u; w < WIDTH; w++) {
        output[at_key + w] = key_total[r * WIDTH + w] * V(SCALE);
        value_gradient[at_value + w] = value_total[r * WIDTH + w];
      }
    }
  }
}
