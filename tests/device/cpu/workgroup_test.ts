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
