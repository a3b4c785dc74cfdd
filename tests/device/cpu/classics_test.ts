/** Classical compute shaders as one writes them for a GPU, from scratch, against plain loops in float64. */
import assert from "node:assert/strict";
import { type KernelSource } from "../../../lib/device/device.ts";
import { Stream } from "../../../lib/random.ts";
import { cpu } from "./harness.ts";

type Grid = readonly [number, number, number];
type Data = Float32Array | Uint32Array;

/** Runs entry points one after the other in one submission: on 1, 2 and 3 threads, which must agree bit for bit. */
async function run(code: string, buffers: readonly Data[], passes: readonly { entry: string; grid: Grid }[]) {
  const results: ArrayBuffer[][] = [];
  for (const threads of [1, 2, 3]) {
    const device = await cpu(threads);
    const bindings = buffers.map((data, i) => {
      const buffer = device.buffer(data.byteLength, `binding ${i}`);
      device.write(buffer, data);
      return { buffer };
    });
    const source = (entry: string): KernelSource => ({ name: "classic", code, entry });
    device.submit(passes.map(({ entry, grid }) => ({ kernel: device.kernel(source(entry)), bindings, grid })));
    results.push(await Promise.all(bindings.map(({ buffer }) => device.read(buffer))));
    for (const { buffer } of bindings) buffer.dispose();
  }
  assert.deepEqual(results[1], results[0], "two threads");
  assert.deepEqual(results[2], results[0], "three threads");
  return results[0];
}

function close(found: Float32Array, expected: readonly number[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - found[i])), 0);
  assert.ok(worst <= tolerance, `off by ${worst}`);
}

const stream = Stream.named(1, "classics");
const floats = (count: number) => Float32Array.from({ length: count }, () => 2 * stream.uniform() - 1);
const words = (count: number) => Uint32Array.from({ length: count }, () => stream.uint32());

/** Tiles of both matrices go through workgroup memory; edges are filled with zeros. */
const MATMUL = `
struct Shape { rows: u32, columns: u32, inner: u32 }
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> product: array<f32>;
const TILE = 8u;
var<workgroup> tile_a: array<array<f32, TILE>, TILE>;
var<workgroup> tile_b: array<array<f32, TILE>, TILE>;
@compute @workgroup_size(TILE, TILE)
fn main(@builtin(global_invocation_id) cell: vec3<u32>, @builtin(local_invocation_id) at: vec3<u32>) {
  var sum = 0.0;
  for (var start = 0u; start < shape.inner; start = start + TILE) {
    let k = start + at.xy;
    tile_a[at.y][at.x] = 0.0;
    tile_b[at.y][at.x] = 0.0;
    if (cell.y < shape.rows && k.x < shape.inner) { tile_a[at.y][at.x] = a[cell.y * shape.inner + k.x]; }
    if (cell.x < shape.columns && k.y < shape.inner) { tile_b[at.y][at.x] = b[k.y * shape.columns + cell.x]; }
    workgroupBarrier();
    for (var i = 0u; i < TILE; i = i + 1u) { sum = sum + tile_a[at.y][i] * tile_b[i][at.x]; }
    workgroupBarrier();
  }
  if (cell.y < shape.rows && cell.x < shape.columns) { product[cell.y * shape.columns + cell.x] = sum; }
}`;

Deno.test("classics: a matrix product through tiles in workgroup memory", async () => {
  for (const [rows, columns, inner] of [[1, 1, 1], [8, 8, 8], [9, 17, 5], [40, 33, 70]]) {
    const [a, b] = [floats(rows * inner), floats(inner * columns)];
    const buffers = [new Uint32Array([rows, columns, inner]), a, b, new Float32Array(rows * columns)];
    const grid: Grid = [Math.ceil(columns / 8), Math.ceil(rows / 8), 1];
    const product = (await run(MATMUL, buffers, [{ entry: "main", grid }]))[3];
    const expected = Array.from({ length: rows * columns }, (_, cell) => {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[row * inner + k] * b[k * columns + column];
      return sum;
    });
    close(new Float32Array(product), expected, 1e-5);
  }
});

/** Blelloch's scan: sums up a tree, then down again; then the sums of the blocks are scanned and added. */
const SCAN = `
const BLOCK = 128u;
@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
var<workgroup> tree: array<u32, BLOCK>;
fn scan(lane: u32) -> u32 {
  var stride = 1u;
  for (var nodes = BLOCK >> 1u; nodes > 0u; nodes >>= 1u) {
    workgroupBarrier();
    if (lane < nodes) {
      let right = stride * (2u * lane + 2u) - 1u;
      tree[right] += tree[right - stride];
    }
    stride <<= 1u;
  }
  workgroupBarrier();
  let total = tree[BLOCK - 1u];
  workgroupBarrier();
  if (lane == 0u) { tree[BLOCK - 1u] = 0u; }
  for (var nodes = 1u; nodes < BLOCK; nodes <<= 1u) {
    stride >>= 1u;
    workgroupBarrier();
    if (lane < nodes) {
      let right = stride * (2u * lane + 2u) - 1u;
      let left = tree[right - stride];
      tree[right - stride] = tree[right];
      tree[right] += left;
    }
  }
  workgroupBarrier();
  return total;
}
@compute @workgroup_size(64)
fn scan_blocks(@builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = block.x * BLOCK + 2u * lane;
  for (var i = 0u; i < 2u; i++) { tree[2u * lane + i] = select(0u, data[at + i], at + i < arrayLength(&data)); }
  let total = scan(lane);
  if (lane == 0u) { sums[block.x] = total; }
  for (var i = 0u; i < 2u; i++) { if (at + i < arrayLength(&data)) { data[at + i] = tree[2u * lane + i]; } }
}
@compute @workgroup_size(64)
fn scan_sums(@builtin(local_invocation_index) lane: u32) {
  for (var i = 2u * lane; i < 2u * lane + 2u; i++) { tree[i] = select(0u, sums[i], i < arrayLength(&sums)); }
  _ = scan(lane);
  for (var i = 2u * lane; i < 2u * lane + 2u; i++) { if (i < arrayLength(&sums)) { sums[i] = tree[i]; } }
}
@compute @workgroup_size(128)
fn add_sums(@builtin(workgroup_id) block: vec3u, @builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&data)) { data[id.x] += sums[block.x]; }
}`;

Deno.test("classics: a prefix sum in three passes", async () => {
  for (const count of [1, 2, 127, 128, 129, 5000, 128 * 128]) {
    const data = words(count);
    const blocks = Math.ceil(count / 128);
    const grid: Grid = [blocks, 1, 1];
    const passes = [{ entry: "scan_blocks", grid }, { entry: "scan_sums", grid: [1, 1, 1] as Grid }, {
      entry: "add_sums",
      grid,
    }];
    const [found] = await run(SCAN, [data, new Uint32Array(blocks)], passes);
    const expected = new Uint32Array(count);
    for (let i = 1; i < count; i++) expected[i] = expected[i - 1] + data[i - 1];
    assert.deepEqual(new Uint32Array(found), expected, `${count} numbers`);
  }
});

/** Bitonic sort: every invocation compares one pair in each step. */
const SORT = (size: number) => `
const SIZE = ${size}u;
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
var<workgroup> part: array<f32, SIZE>;
fn order(i: u32, j: u32, up: bool) {
  let a = part[i];
  let b = part[j];
  if ((a > b) == up) {
    part[i] = b;
    part[j] = a;
  }
}
@compute @workgroup_size(SIZE / 2)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < SIZE; i += SIZE / 2) { part[i] = values[group.x * SIZE + i]; }
  for (var run = 2u; run <= SIZE; run <<= 1) {
    for (var apart = run >> 1; apart > 0; apart >>= 1) {
      workgroupBarrier();
      let i = lane / apart * apart * 2 + lane % apart;
      order(i, i + apart, (i & run) == 0);
    }
  }
  workgroupBarrier();
  for (var i = lane; i < SIZE; i += SIZE / 2) { values[group.x * SIZE + i] = part[i]; }
}`;

Deno.test("classics: a bitonic sort in workgroup memory", async () => {
  for (const size of [2, 16, 256]) {
    const values = floats(size * 5);
    const [found] = await run(SORT(size), [values], [{ entry: "main", grid: [5, 1, 1] }]);
    const expected = Array.from({ length: 5 }, (_, i) => [...values.slice(i * size, (i + 1) * size).sort()]).flat();
    assert.deepEqual([...new Float32Array(found)], expected, `runs of ${size}`);
  }
});

/** Each workgroup counts for itself, then adds its counts to those of all. */
const HISTOGRAM = `
struct Size { width: u32, height: u32 }
@group(0) @binding(0) var<uniform> size: Size;
@group(0) @binding(1) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<storage, read_write> bins: array<atomic<u32>, 64>;
@group(0) @binding(3) var<storage, read_write> brightest: atomic<u32>;
var<workgroup> counts: array<atomic<u32>, 64>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) lane: u32) {
  atomicStore(&counts[lane], 0u);
  workgroupBarrier();
  if (all(id.xy < vec2u(size.width, size.height))) {
    let color = unpack4x8unorm(pixels[id.y * size.width + id.x]);
    let light = dot(color.rgb, vec3f(0.2125, 0.7154, 0.0721));
    atomicAdd(&counts[min(u32(light * 64.0), 63u)], 1u);
    atomicMax(&brightest, u32(light * 1e6));
  }
  workgroupBarrier();
  atomicAdd(&bins[lane], atomicLoad(&counts[lane]));
}`;

Deno.test("classics: a histogram with atomics", async () => {
  for (const [width, height] of [[1, 1], [8, 8], [77, 31]]) {
    const pixels = words(width * height);
    const buffers = [new Uint32Array([width, height]), pixels, new Uint32Array(64), new Uint32Array(1)];
    const grid: Grid = [Math.ceil(width / 8), Math.ceil(height / 8), 1];
    const [, , bins, brightest] = await run(HISTOGRAM, buffers, [{ entry: "main", grid }]);
    const light = [...pixels].map((p) =>
      ((p & 255) * 0.2125 + (p >>> 8 & 255) * 0.7154 + (p >>> 16 & 255) * 0.0721) / 255
    );
    const expected = new Uint32Array(64);
    for (const x of light) expected[Math.min(Math.floor(x * 64), 63)]++;
    assert.deepEqual(new Uint32Array(bins), expected, `${width} × ${height}`);
    close(Float32Array.of(new Uint32Array(brightest)[0] / 1e6), [Math.max(...light)], 2e-6);
  }
});

/** Cooley and Tukey's transform, radix 2: bits of the index reversed, then butterflies with a barrier between the stages. */
const FFT = (bits: number) => `
const BITS = ${bits}u;
const N = 1u << BITS;
const LANES = max(N / 2u, 1u);
const PI = acos(-1.0);
@group(0) @binding(0) var<storage, read_write> signal: array<vec2f>;
var<workgroup> s: array<vec2f, N>;
fn times(a: vec2f, b: vec2f) -> vec2f { return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  for (var i = id.x; i < N; i += LANES) { s[reverseBits(i) >> (32u - BITS)] = signal[group.x * N + i]; }
  workgroupBarrier();
  for (var half = 1u; half < N; half *= 2u) {
    let k = id.x % half;
    let i = (id.x / half) * half * 2u + k;
    let angle = -PI * f32(k) / f32(half);
    let turned = times(vec2f(cos(angle), sin(angle)), s[i + half]);
    s[i + half] = s[i] - turned;
    s[i] += turned;
    workgroupBarrier();
  }
  for (var i = id.x; i < N; i += LANES) { signal[group.x * N + i] = s[i]; }
}`;

Deno.test("classics: a fast Fourier transform", async () => {
  for (const bits of [1, 3, 7]) {
    const n = 1 << bits;
    const signal = floats(2 * n * 3);
    const [found] = await run(FFT(bits), [signal], [{ entry: "main", grid: [3, 1, 1] }]);
    const expected: number[] = [];
    for (let start = 0; start < 3 * n; start += n) {
      for (let k = 0; k < n; k++) {
        let [re, im] = [0, 0];
        for (let j = 0; j < n; j++) {
          const angle = -2 * Math.PI * (j * k % n) / n;
          const [x, y] = signal.subarray(2 * (start + j));
          re += x * Math.cos(angle) - y * Math.sin(angle);
          im += x * Math.sin(angle) + y * Math.cos(angle);
        }
        expected.push(re, im);
      }
    }
    close(new Float32Array(found), expected, 1e-5);
  }
});
