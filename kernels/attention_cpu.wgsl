// attention_cpu — multi-head attention and its gradients on a CPU: four queries, or four keys, in the lanes of each vector
//
// Computes    what attention computes, with the same two parts of δ
// Shapes      those of attention, in elements
// Bindings    those of attention, all of f32
// Overrides   those of attention. WIDTH, the channels of a head, is a constant of the text, since it sizes arrays
// Grid        forward, backward_query: one invocation per picture, head and four queries; backward_key: per picture, key head and
//             four keys; folded over x and y
// Tolerance   that of attention
// Source      that of attention
//
// With rows in lanes a product of four rows with a key is WIDTH multiply-adds by a splatted number: nothing is summed across
// lanes, and one exponential serves four rows. Rows past the end repeat the last one and are not stored.

const WIDTH = 1u;
// Keys, or queries, whose share of the totals is added in one go: there are more totals than registers. In `forward` they
// also share one running maximum, and so one correction of the totals.
const AT_ONCE = 4u;
alias Rows = array<vec4<f32>, WIDTH>;

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

const HIDDEN = vec4<f32>(-3e38);
const LANES = vec4<u32>(0u, 1u, 2u, 3u);

@group(0) @binding(0) var<storage, read> query: array<f32>;
@group(0) @binding(1) var<storage, read> key: array<f32>;
@group(0) @binding(2) var<storage, read> value: array<f32>;
@group(0) @binding(3) var<storage, read> mask: array<f32>;
@group(0) @binding(4) var<storage, read> upstream: array<f32>;
@group(0) @binding(5) var<storage, read_write> rows: array<f32>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;
@group(0) @binding(7) var<storage, read_write> value_gradient: array<f32>;
@group(0) @binding(7) var<storage, read> log_sums: array<f32>;

fn query_row(picture: u32, head: u32) -> u32 {
  return picture * QUERIES * Q_STRIDE + Q_START + head * WIDTH;
}

fn key_row(picture: u32, head: u32) -> u32 {
  return picture * KEYS * K_STRIDE + K_START + head / REPEAT * WIDTH;
}

fn value_row(picture: u32, head: u32) -> u32 {
  return picture * KEYS * V_STRIDE + V_START + head / REPEAT * WIDTH;
}

fn output_row(picture: u32, head: u32) -> u32 {
  return (picture * QUERIES * HEADS + head) * WIDTH;
}

// Takes `count` keys from j on into the sums of softmax and the totals of four queries i.
fn add_keys(
  count: u32,
  j: u32,
  i: vec4<u32>,
  row: u32,
  from_key: u32,
  from_value: u32,
  q: ptr<function, Rows>,
  top: ptr<function, vec4<f32>>,
  sum: ptr<function, vec4<f32>>,
  total: ptr<function, Rows>,
) {
  var p: array<vec4<f32>, AT_ONCE>;
  var peak = *top;
  for (var t = 0u; t < count; t++) {
    let k = from_key + (j + t) * K_STRIDE;
    var score = vec4<f32>(0.0);
    for (var w = 0u; w < WIDTH; w++) {
      score = fma((*q)[w], vec4<f32>(key[k + w]), score);
    }
    if (CAUSAL == 1u) {
      score = select(HIDDEN, score, vec4<u32>(j + t) <= i + (KEYS - QUERIES));
    }
    p[t] = score;
    peak = max(peak, score);
  }
  let shrink = exp(*top - peak);
  *top = peak;
  *sum *= shrink;
  for (var t = 0u; t < count; t++) {
    p[t] = exp(p[t] - peak);
    *sum += p[t];
    if (MASKED == 1u) {
      let m = (row + i) * KEYS + j + t;
      p[t] *= vec4<f32>(mask[m.x], mask[m.y], mask[m.z], mask[m.w]);
    }
  }
  for (var w = 0u; w < WIDTH; w++) {
    var next = (*total)[w] * shrink;
    for (var t = 0u; t < count; t++) {
      next = fma(p[t], vec4<f32>(value[from_value + (j + t) * V_STRIDE + w]), next);
    }
    (*total)[w] = next;
  }
}

@compute @workgroup_size(GROUP)
fn forward(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let index = (group.y * groups.x + group.x) * GROUP + lane;
  let tiles = (QUERIES + 3u) / 4u;
  if (index >= BATCH * HEADS * tiles) {
    return;
  }
  let first = index % tiles * 4u;
  let head = index / tiles % HEADS;
  let picture = index / tiles / HEADS;
  let row = (picture * HEADS + head) * QUERIES;
  let i = min(vec4<u32>(first) + LANES, vec4<u32>(QUERIES - 1u));
  let at = query_row(picture, head) + i * Q_STRIDE;
  var q: Rows;
  var total: Rows;
  for (var w = 0u; w < WIDTH; w++) {
    q[w] = SCALE * vec4<f32>(query[at.x + w], query[at.y + w], query[at.z + w], query[at.w + w]);
    total[w] = vec4<f32>(0.0);
  }
  var top = HIDDEN;
  var sum = vec4<f32>(0.0);
  var keys = KEYS;
  if (CAUSAL == 1u) {
    keys = min(keys, first + 4u + KEYS - QUERIES);
  }
  let from_key = key_row(picture, head);
  let from_value = value_row(picture, head);
  var j = 0u;
  for (; j + AT_ONCE <= keys; j += AT_ONCE) {
    add_keys(AT_ONCE, j, i, row, from_key, from_value, &q, &top, &sum, &total);
  }
  for (; j < keys; j++) {
    add_keys(1u, j, i, row, from_key, from_value, &q, &top, &sum, &total);
  }
  let norm = top + log(sum);
  let share = 1.0 / sum;
  for (var r = 0u; r < 4u; r++) {
    if (first + r < QUERIES) {
      let to = output_row(picture, head) + (first + r) * (HEADS * WIDTH);
      for (var w = 0u; w < WIDTH; w++) {
        output[to + w] = total[w][r] * share[r];
      }
      rows[row + first + r] = norm[r];
    }
  }
}

// Takes `count` keys from j on into the sums that make the gradient of four queries i.
fn add_slopes(
  count: u32,
  j: u32,
  i: vec4<u32>,
  row: u32,
  norm: vec4<f32>,
  from_key: u32,
  from_value: u32,
  q: ptr<function, Rows>,
  g: ptr<function, Rows>,
  origin: ptr<function, vec4<f32>>,
  sum: ptr<function, vec4<f32>>,
  rest: ptr<function, vec4<f32>>,
  plain: ptr<function, Rows>,
  weighted: ptr<function, Rows>,
) {
  var p: array<vec4<f32>, AT_ONCE>;
  var d: array<vec4<f32>, AT_ONCE>;
  for (var t = 0u; t < count; t++) {
    let k = from_key + (j + t) * K_STRIDE;
    let v = from_value + (j + t) * V_STRIDE;
    var score = vec4<f32>(0.0);
    var slope = vec4<f32>(0.0);
    for (var w = 0u; w < WIDTH; w++) {
      score = fma((*q)[w], vec4<f32>(key[k + w]), score);
      slope = fma((*g)[w], vec4<f32>(value[v + w]), slope);
    }
    if (CAUSAL == 1u) {
      score = select(HIDDEN, score, vec4<u32>(j + t) <= i + (KEYS - QUERIES));
    }
    if (MASKED == 1u) {
      let m = (row + i) * KEYS + j + t;
      slope *= vec4<f32>(mask[m.x], mask[m.y], mask[m.z], mask[m.w]);
    }
    if (j + t == 0u) {
      *origin = slope;
    }
    p[t] = exp(score - norm);
    d[t] = p[t] * (slope - *origin);
    *sum += p[t];
    *rest += d[t];
  }
  for (var w = 0u; w < WIDTH; w++) {
    for (var t = 0u; t < count; t++) {
      let x = vec4<f32>(key[from_key + (j + t) * K_STRIDE + w]);
      (*plain)[w] = fma(x, p[t], (*plain)[w]);
      (*weighted)[w] = fma(x, d[t], (*weighted)[w]);
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
  let tiles = (QUERIES + 3u) / 4u;
  if (index >= BATCH * HEADS * tiles) {
    return;
  }
  let first = index % tiles * 4u;
  let head = index / tiles % HEADS;
  let picture = index / tiles / HEADS;
  let row = (picture * HEADS + head) * QUERIES;
  let i = min(vec4<u32>(first) + LANES, vec4<u32>(QUERIES - 1u));
  let at = query_row(picture, head) + i * Q_STRIDE;
  let above = output_row(picture, head) + i * (HEADS * WIDTH);
  var q: Rows;
  var g: Rows;
  var plain: Rows;
  var weighted: Rows;
  for (var w = 0u; w < WIDTH; w++) {
    q[w] = SCALE * vec4<f32>(query[at.x + w], query[at.y + w], query[at.z + w], query[at.w + w]);
    g[w] = vec4<f32>(upstream[above.x + w], upstream[above.y + w], upstream[above.z + w], upstream[above.w + w]);
    plain[w] = vec4<f32>(0.0);
    weighted[w] = vec4<f32>(0.0);
  }
  let at_row = row + i;
  let norm = vec4<f32>(log_sums[at_row.x], log_sums[at_row.y], log_sums[at_row.z], log_sums[at_row.w]);
  var sum = vec4<f32>(0.0);
  var origin = vec4<f32>(0.0);
  var rest = vec4<f32>(0.0);
  var keys = KEYS;
  if (CAUSAL == 1u) {
    keys = min(keys, first + 4u + KEYS - QUERIES);
  }
  let from_key = key_row(picture, head);
  let from_value = value_row(picture, head);
  var j = 0u;
  for (; j + AT_ONCE <= keys; j += AT_ONCE) {
    add_slopes(AT_ONCE, j, i, row, norm, from_key, from_value, &q, &g, &origin, &sum, &rest, &plain, &weighted);
  }
  for (; j < keys; j++) {
    add_slopes(1u, j, i, row, norm, from_key, from_value, &q, &g, &origin, &sum, &rest, &plain, &weighted);
  }
  rest = rest / sum;
  for (var w = 0u; w < WIDTH; w++) {
    weighted[w] = (weighted[w] - plain[w] * rest) * SCALE;
  }
  for (var r = 0u; r < 4u; r++) {
    if (first + r < QUERIES) {
      let to = query_row(picture, head) + (first + r) * Q_STRIDE;
      for (var w = 0u; w < WIDTH; w++) {
        output[to + w] = weighted[w][r];
      }
      let parts = 3u * (row + first + r);
      rows[parts] = norm[r];
      rows[parts + 1u] = origin[r];
      rows[parts + 2u] = rest[r];
    }
  }
}

// Takes `count` queries from i on into the gradients of four keys j.
fn add_queries(
  count: u32,
  i: u32,
  j: vec4<u32>,
  row: u32,
  from_query: u32,
  from_output: u32,
  k: ptr<function, Rows>,
  v: ptr<function, Rows>,
  key_total: ptr<function, Rows>,
  value_total: ptr<function, Rows>,
) {
  var kept: array<vec4<f32>, AT_ONCE>;
  var d: array<vec4<f32>, AT_ONCE>;
  for (var t = 0u; t < count; t++) {
    let q = from_query + (i + t) * Q_STRIDE;
    let g = from_output + (i + t) * (HEADS * WIDTH);
    var score = vec4<f32>(0.0);
    var slope = vec4<f32>(0.0);
    for (var w = 0u; w < WIDTH; w++) {
      score = fma((*k)[w], vec4<f32>(query[q + w]), score);
      slope = fma((*v)[w], vec4<f32>(upstream[g + w]), slope);
    }
    if (CAUSAL == 1u) {
      score = select(HIDDEN, score, j <= vec4<u32>(i + t + KEYS - QUERIES));
    }
    let parts = 3u * (row + i + t);
    let p = exp(score - rows[parts]);
    kept[t] = p;
    if (MASKED == 1u) {
      let m = (row + i + t) * KEYS + j;
      let keep = vec4<f32>(mask[m.x], mask[m.y], mask[m.z], mask[m.w]);
      kept[t] *= keep;
      slope *= keep;
    }
    d[t] = p * ((slope - rows[parts + 1u]) - rows[parts + 2u]);
  }
  for (var w = 0u; w < WIDTH; w++) {
    for (var t = 0u; t < count; t++) {
      let q = vec4<f32>(query[from_query + (i + t) * Q_STRIDE + w]);
      let g = vec4<f32>(upstream[from_output + (i + t) * (HEADS * WIDTH) + w]);
      (*key_total)[w] = fma(d[t], q, (*key_total)[w]);
      (*value_total)[w] = fma(kept[t], g, (*value_total)[w]);
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
  let tiles = (KEYS + 3u) / 4u;
  let heads = HEADS / REPEAT;
  if (index >= BATCH * heads * tiles) {
    return;
  }
  let first = index % tiles * 4u;
  let key_head = index / tiles % heads;
  let picture = index / tiles / heads;
  let j = min(vec4<u32>(first) + LANES, vec4<u32>(KEYS - 1u));
  let from_key = key_row(picture, key_head * REPEAT);
  let from_value = value_row(picture, key_head * REPEAT);
  let at_key = from_key + j * K_STRIDE;
  let at_value = from_value + j * V_STRIDE;
  var k: Rows;
  var v: Rows;
  var key_total: Rows;
  var value_total: Rows;
  for (var w = 0u; w < WIDTH; w++) {
    k[w] = SCALE * vec4<f32>(key[at_key.x + w], key[at_key.y + w], key[at_key.z + w], key[at_key.w + w]);
    v[w] = vec4<f32>(value[at_value.x + w], value[at_value.y + w], value[at_value.z + w], value[at_value.w + w]);
    key_total[w] = vec4<f32>(0.0);
    value_total[w] = vec4<f32>(0.0);
  }
  var begin = 0u;
  if (CAUSAL == 1u) {
    begin = max(first + QUERIES, KEYS) - KEYS;
  }
  for (var head = key_head * REPEAT; head < (key_head + 1u) * REPEAT; head++) {
    let row = (picture * HEADS + head) * QUERIES;
    let from_query = query_row(picture, head);
    let from_output = output_row(picture, head);
    var i = begin;
    for (; i + AT_ONCE <= QUERIES; i += AT_ONCE) {
      add_queries(AT_ONCE, i, j, row, from_query, from_output, &k, &v, &key_total, &value_total);
    }
    for (; i < QUERIES; i++) {
      add_queries(1u, i, j, row, from_query, from_output, &k, &v, &key_total, &value_total);
    }
  }
  for (var r = 0u; r < 4u; r++) {
    if (first + r < KEYS) {
      let to_key = from_key + (first + r) * K_STRIDE;
      let to_value = from_value + (first + r) * V_STRIDE;
      for (var w = 0u; w < WIDTH; w++) {
        output[to_key + w] = key_total[w][r] * SCALE;
        value_gradient[to_value + w] = value_total[w][r];
      }
    }
  }
}
