import assert from "node:assert/strict";
import { DeviceError } from "../../../lib/device/device.ts";
import { cpu, runKernel } from "./harness.ts";

const numbers = (count: number) => Uint32Array.from({ length: count }, (_, i) => (i * 7919) % 1009);

Deno.test("a tree reduction in workgroup memory", async () => {
  const data = numbers(256);
  const [, out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
var<workgroup> part: array<u32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  part[lane] = x[group.x * 64u + lane];
  workgroupBarrier();
  for (var half = 32u; half > 0u; half = half / 2u) {
    if (lane < half) { part[lane] += part[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u) { out[group.x] = part[0]; }
}`,
    buffers: [data, new Uint32Array(4)],
    grid: [4, 1, 1],
  });
  const sum = (from: number) => data.subarray(from, from + 64).reduce((a, b) => a + b, 0);
  assert.deepEqual([...out], [sum(0), sum(64), sum(128), sum(192)]);
});

Deno.test("locals live across barriers, in loops and in functions, in three dimensions", async () => {
  const [out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> ring: array<u32, 24>;
fn shift(lane: u32, value: u32, by: u32) -> u32 {
  ring[lane] = value;
  workgroupBarrier();
  let found = ring[(lane + by) % 24u];
  workgroupBarrier();
  return found;
}
@compute @workgroup_size(4, 3, 2)
fn main(@builtin(local_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  var mine = id.x + 10u * id.y + 100u * id.z;
  var history: array<u32, 3>;
  for (var step = 0u; step < 3u; step++) {
    if (group.y == 0u) { mine = shift(lane, mine, step + 1u); } else { mine = shift(lane, mine + 1u, 0u); }
    history[step] = mine;
  }
  out[(group.y * 24u) + lane] = history[0] + 1000u * history[1] + 1000000u * history[2];
}`,
    buffers: [new Uint32Array(48)],
    grid: [1, 2, 1],
  });
  const start = Array.from({ length: 24 }, (_, i) => i % 4 + 10 * (Math.floor(i / 4) % 3) + 100 * Math.floor(i / 12));
  const at = (i: number) => start[i % 24];
  const expected = start.map((_, i) => at(i + 1) + 1000 * at(i + 3) + 1000000 * at(i + 6));
  assert.deepEqual([...out.subarray(0, 24)], expected);
  assert.deepEqual([...out.subarray(24)], start.map((x) => x + 1 + 1000 * (x + 2) + 1000000 * (x + 3)));
});

Deno.test("invocations may leave early after the last barrier, and all together before one", async () => {
  const [out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> board: array<u32, 8>;
@compute @workgroup_size(8)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  if (group.x == 1u) { return; }
  board[lane] = lane * lane;
  workgroupBarrier();
  if (lane % 2u == 1u) { return; }
  var n = 0u;
  for (var i = 0u; i < group.x + 2u; i++) { if (i == lane) { continue; } n += board[i]; }
  out[group.x * 8u + lane] = n + 1u;
}`,
    buffers: [new Uint32Array(24)],
    grid: [3, 1, 1],
  });
  assert.deepEqual([...out], [2, 0, 2, 0, 2, 0, 2, 0, ...new Array(8).fill(0), 15, 0, 11, 0, 15, 0, 15, 0]);
});

Deno.test("atomics in buffers and in workgroup memory, from several threads", async () => {
  const device = await cpu(2);
  const data = numbers(4096);
  const [, bins, total] = await runKernel({
    device,
    code: `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> bins: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> total: array<atomic<i32>>;
var<workgroup> local_max: atomic<u32>;
@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  atomicAdd(&bins[x[id.x] % 16u], 1u);
  atomicMax(&local_max, x[id.x]);
  atomicMin(&total[0], -i32(x[id.x]));
  workgroupBarrier();
  if (lane == 0u) { atomicMax(&total[1], i32(atomicLoad(&local_max))); }
  let got = atomicCompareExchangeWeak(&total[2], 0, 5);
  if (got.exchanged) { atomicAdd(&total[3], 1); }
}`,
    buffers: [data, new Uint32Array(16), new Int32Array(4)],
    grid: [128, 1, 1],
  });
  const expected = new Array(16).fill(0);
  for (const x of data) expected[x % 16]++;
  assert.deepEqual([...bins], expected);
  const most = Math.max(...data);
  assert.deepEqual([...total], [-most, most, 5, 1]);
});

Deno.test("workgroup memory starts at zero for every workgroup", async () => {
  const [out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> w: array<u32, 16>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) g: vec3u) { for (var i = 0u; i < 16u; i++) { out[g.x] += w[i]; w[i] = 7u; } }`,
    buffers: [new Uint32Array(5)],
    grid: [5, 1, 1],
  });
  assert.deepEqual([...out], [0, 0, 0, 0, 0]);
});

Deno.test("workgroupUniformLoad makes a condition the same for all", async () => {
  const code = (condition: string) => `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> limit: u32;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) lane: u32) {
  if (lane == 2u) { limit = 3u; }
  let n = ${condition};
  for (var i = 0u; i < n; i++) { out[lane] += lane; workgroupBarrier(); }
}`;
  const [out] = await runKernel({ code: code("workgroupUniformLoad(&limit)"), buffers: [new Uint32Array(4)] });
  assert.deepEqual([...out], [0, 3, 6, 9]);
  await assert.rejects(
    runKernel({ code: code("limit"), buffers: [new Uint32Array(4)] }),
    (error: Error) => error instanceof DeviceError && /barrier/.test(error.message),
  );
});

Deno.test("atomics of a workgroup give what atomics of a buffer give, and old values", async () => {
  const code = (type: string, space: string) => `
@group(0) @binding(0) var<storage, read> given: array<${type}>;
@group(0) @binding(1) var<storage, read_write> out: array<${type}>;
${space === "workgroup" ? "" : "@group(0) @binding(2) "}var<${space}> cells: array<atomic<${type}>, 9>;
fn step(cell: ptr<${
    space === "workgroup" ? `workgroup, atomic<${type}>` : `storage, atomic<${type}>, read_write`
  }>, x: ${type}, which: u32) -> ${type} {
  switch which {
    case 0: { return atomicAdd(cell, x); }
    case 1: { return atomicSub(cell, x); }
    case 2: { return atomicMax(cell, x); }
    case 3: { return atomicMin(cell, x); }
    case 4: { return atomicAnd(cell, x); }
    case 5: { return atomicOr(cell, x); }
    case 6: { return atomicXor(cell, x); }
    case 7: { return atomicExchange(cell, x); }
    default: {
      let got = atomicCompareExchangeWeak(cell, x & ${type}(3), x);
      return select(got.old_value, got.old_value + ${type}(1000), got.exchanged);
    }
  }
}
@compute @workgroup_size(16) fn main(@builtin(local_invocation_index) lane: u32) {
  for (var i = 0u; i < 9u; i++) { out[lane * 9u + i] = step(&cells[i], given[lane], i); }
  workgroupBarrier();
  if (lane < 9u) { out[144u + lane] = atomicLoad(&cells[lane]); }
  workgroupBarrier();
  if (lane < 9u) { atomicStore(&cells[lane], given[lane]); out[153u + lane] = atomicLoad(&cells[lane]); }
}`;
  for (const [type, make] of [["u32", Uint32Array], ["i32", Int32Array]] as const) {
    const given = make.from([0, 1, 2, 3, 1, -1, 5, -7, 2, 0, 0x7fffffff, -0x80000000, 3, 1, 0, 2]);
    const [, inGroup] = await runKernel({ code: code(type, "workgroup"), buffers: [given, new make(162)] });
    const space = code(type, "storage, read_write");
    const [, inBuffer] = await runKernel({ code: space, buffers: [given, new make(162), new make(9)] });
    assert.deepEqual(inGroup, inBuffer, type);
    assert.deepEqual([...inGroup.subarray(153)], [...given.subarray(0, 9)]);
    assert.ok(new Set(inGroup).size > 20, "the case says something");
  }
});

Deno.test("members of uniforms and read-only structs are read right wherever they are used", async () => {
  const code = `
struct Inner { weights: array<vec4f, 2>, on: u32 }
struct Params { count: u32, scale: f32, offset: vec2f, shift: vec3i, inner: Inner }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: Params;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
var<workgroup> sum: array<f32, 4>;
fn weight(x: Params, i: u32) -> f32 { return x.inner.weights[i].w; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  sum[lane] = p.offset.y;
  workgroupBarrier();
  for (var i = 0u; i < p.count; i++) {
    if (q.inner.on == 1u) { sum[lane] += p.scale * f32(q.shift.z) + p.inner.weights[1].x; }
    workgroupBarrier();
  }
  out[group.x * 4u + lane] = sum[lane] + weight(q, 0u) + p.inner.weights[lane % 2u].y + f32(p.shift[lane % 3u]);
}`;
  const params = (words: number[]) => {
    const bytes = new DataView(new ArrayBuffer(80));
    words.forEach((x, i) =>
      [0, 4, 5, 6, 16].includes(i) ? bytes.setInt32(4 * i, x, true) : bytes.setFloat32(4 * i, x, true)
    );
    return new Uint32Array(bytes.buffer);
  };
  const p = [3, 0.5, 1.5, 2.5, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0];
  const q = [0, 0, 0, 0, 1, 2, 4, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 1, 0, 0, 0];
  const [, , out] = await runKernel({ code, buffers: [params(p), params(q), new Float32Array(8)], grid: [2, 1, 1] });
  const expected = [0, 1, 2, 3].map((lane) => 2.5 + 3 * (0.5 * 4 + 5) + 0.25 + [2, 6][lane % 2] + [7, 8, 9][lane % 3]);
  assert.deepEqual([...out], [...expected, ...expected]);
});
