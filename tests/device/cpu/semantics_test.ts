import assert from "node:assert/strict";
import { evaluate, runKernel } from "./harness.ts";

const I = new Int32Array([7, -7, 7, 0, -2147483648, -2147483648, 5, 1]);
const J = new Int32Array([2, 2, -2, 0, -1, 0, 0, 33]);

Deno.test("integers: division by zero, overflow and shifts are as WGSL says", async () => {
  const out = () => new Int32Array(8);
  assert.deepEqual(await evaluate("i32", "a / b", I, J, out()), [3, -3, -3, 0, -2147483648, -2147483648, 5, 0]);
  assert.deepEqual(await evaluate("i32", "a % b", I, J, out()), [1, -1, 1, 0, 0, 0, 0, 1]);
  // Vulkan leaves the remainder of negative numbers open, so some drivers get it wrong; WGSL does not.
  const [p, q] = [
    new Int32Array([-1, -5, -768, -769, -12, 12, -12, 7]),
    new Int32Array([768, 3, 768, 768, 5, -5, -5, -8]),
  ];
  assert.deepEqual(await evaluate("i32", "a % b", p, q, out()), [-1, -2, 0, -1, -2, 2, -2, 7]);
  assert.deepEqual(await evaluate("i32", "(vec4i(a) % vec4i(b)).z", p, q, out()), [-1, -2, 0, -1, -2, 2, -2, 7]);
  assert.deepEqual(await evaluate("i32", "a % 768 + b % -2", p, q, out()), [-1, -4, 0, -1, -11, 11, -13, 7]);
  assert.deepEqual(
    await evaluate("i32", "a * 1000000007 + b", I, J, out()),
    [...I].map((x, k) => Math.imul(x, 1000000007) + J[k] | 0),
  );
  assert.deepEqual(await evaluate("i32", "a >> 1u", I, J, out()), [...I].map((x) => x >> 1));
  assert.deepEqual(await evaluate("i32", "(vec3i(a) / vec3i(b)).y", I, J, out()), [
    3,
    -3,
    -3,
    0,
    -2147483648,
    -2147483648,
    5,
    0,
  ]);
  const [u, v] = [new Uint32Array(I), new Uint32Array(J)];
  assert.deepEqual(
    await evaluate("u32", "a >> (b & 31u)", u, v, new Uint32Array(8)),
    [...u].map((x, k) => x >>> (v[k] & 31)),
  );
  assert.deepEqual(
    await evaluate("u32", "a / b", u, v, new Uint32Array(8)),
    [...u].map((x, k) => v[k] ? Math.trunc(x / v[k]) : x),
  );
});

Deno.test("floats: division by zero, NaN comparisons and conversion to integers", async () => {
  const a = new Float32Array([1, -1, 0, NaN, 4e9, -4e9, -1.9, 2.5]);
  const b = new Float32Array([0, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual((await evaluate("f32", "a / b", a, b, new Float32Array(8))).slice(0, 4), [
    Infinity,
    -Infinity,
    NaN,
    NaN,
  ]);
  assert.deepEqual(await evaluate("i32", "i32(a)", a, b, new Int32Array(8)), [
    1,
    -1,
    0,
    0,
    2147483520,
    -2147483648,
    -1,
    2,
  ]);
  assert.deepEqual(await evaluate("u32", "u32(a)", a, b, new Uint32Array(8)), [1, 0, 0, 0, 4000000000, 0, 0, 2]);
  assert.deepEqual(
    await evaluate("u32", "u32(a < b) + 2u * u32(a == a) + 4u * u32(a != a)", a, b, new Uint32Array(8)),
    [2, 3, 2, 4, 2, 3, 3, 2],
  );
  assert.deepEqual(
    await evaluate(
      "f32",
      "round(a)",
      new Float32Array([0.5, 1.5, 2.5, -0.5, -1.5, 3.7, -3.7, 0]),
      b,
      new Float32Array(8),
    ),
    [0, 2, 2, -0, -2, 4, -4, 0],
  );
});

Deno.test("control flow: loops, switch, early return, break and continue", async () => {
  const a = new Uint32Array([0, 1, 2, 3, 10, 17, 100, 7]);
  const head = `
fn collatz(x: u32) -> u32 { var n = max(x, 1u); var steps = 0u; loop { if (n == 1u) { break; } if (n % 2u == 0u) { n /= 2u; } else { n = 3u * n + 1u; } steps++; if (steps > 1000u) { return 9999u; } } return steps; }
fn kind(x: u32) -> u32 { switch (x) { case 0u, 2u: { return 20u; } case 3u: { break; } case 10u: { return 7u; } default: { return x + 1u; } } return 33u; }
fn odd(x: u32) -> u32 { var sum = 0u; for (var i = 0u; i < x; i++) { if (i % 2u == 0u) { continue; } if (i > 50u) { break; } sum += i; } return sum; }
fn back(x: u32) -> u32 { var i = x; var n = 0u; loop { n += i; continuing { i = i / 2u; break if i == 0u; } } return n; }
fn whiled(x: u32) -> u32 { var i = x; while (i > 3u) { i -= 3u; } return i; }`;
  const run = (expr: string) => evaluate("u32", expr, a, a, new Uint32Array(8), head);
  assert.deepEqual(await run("collatz(a)"), [0, 0, 1, 7, 6, 12, 25, 16]);
  assert.deepEqual(await run("kind(a)"), [20, 2, 20, 33, 7, 18, 101, 8]);
  assert.deepEqual(await run("odd(a)"), [0, 0, 1, 1, 25, 64, 625, 9]);
  assert.deepEqual(await run("back(a)"), [0, 1, 3, 4, 18, 32, 197, 11]);
  assert.deepEqual(await run("whiled(a)"), [0, 1, 2, 3, 1, 2, 1, 1]);
});

Deno.test("&& and || do not compute a right side that does not matter", async () => {
  const a = new Uint32Array([0, 1, 2, 3]);
  const head = "var<private> calls: u32 = 0u; fn touch(x: bool) -> bool { calls += 1u; return x; }";
  const code = "u32(a > 1u && touch(a == 2u)) + 10u * calls + 100u * u32(a > 2u || touch(true)) + 1000u * calls";
  assert.deepEqual(await evaluate("u32", code, a, a, new Uint32Array(4), head), [1100, 1100, 2111, 1110]);
});

Deno.test("arguments and operands keep the value they had when they were computed", async () => {
  const a = new Uint32Array([1, 2, 3, 4]);
  const head =
    "var<private> n: u32; fn bump() -> u32 { n += 10u; return n; } fn put(x: u32) -> u32 { n = x; return x; }";
  assert.deepEqual(await evaluate("u32", "put(a) + n + bump() + n", a, a, new Uint32Array(4), head), [
    1 + 1 + 11 + 11,
    2 + 2 + 12 + 12,
    39 - 7,
    4 + 4 + 14 + 14,
  ]);
});

Deno.test("structs, arrays, pointers, matrices and constant tables", async () => {
  const [, out] = await runKernel({
    code: `
struct Inner { v: vec3f, n: u32 }
struct Outer { head: f32, inner: array<Inner, 2>, tail: vec2f }
@group(0) @binding(0) var<storage, read> x: Outer;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
const table = array<f32, 4>(1.0, 10.0, 100.0, 1000.0);
fn swap(a: ptr<function, f32>, b: ptr<function, f32>) { let t = *a; *a = *b; *b = t; }
fn sum(values: ptr<function, array<f32, 5>>) -> f32 { var s = 0.0; for (var i = 0u; i < 5u; i++) { s += (*values)[i]; } return s; }
@compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) {
  var copy = x;
  copy.inner[1].v.y = 50.0;
  out[0] = x.head; out[1] = x.inner[n.x].v.z; out[2] = f32(copy.inner[1].n); out[3] = copy.inner[n.x].v.y; out[4] = x.tail.y;
  var a = 1.0; var b = 2.0; swap(&a, &b); out[5] = a * 10.0 + b;
  var list: array<f32, 5>; for (var i = 0u; i < 5u; i++) { list[i] = f32(i * i); } list[n.x + 1u] += 0.5; out[6] = sum(&list);
  out[7] = table[n.x + 1u]; out[8] = table[3];
  let m = transpose(mat2x3f(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)); out[9] = m[1].y * 10.0 + m[2][0];
  var v = vec4f(1.0, 2.0, 3.0, 4.0); v[n.x] = 9.0; out[10] = v.y + v[n.x + 2u]; let w = v.wzyx; out[11] = w.x * 100.0 + w.z;
}`,
    buffers: [new Float32Array([5, 0, 0, 0, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 0, 0]), new Float32Array(12)],
  });
  assert.deepEqual([...out], [5, 6, 0, 50, 8, 21, 30.5, 100, 1000, 53, 13, 409]);
});

Deno.test("boolean vectors keep their components in memory", async () => {
  const [out] = await runKernel({
    code: `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> w: array<vec3<bool>, 2>;
@compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) {
  var list: array<vec2<bool>, 3>;
  list[n.x].y = true;
  w[n.x][n.x + 1u] = list[n.x].y;
  w[0] = !w[1];
  out[0] = u32(all(list[n.x])); out[1] = u32(any(list[n.x])); out[2] = u32(list[n.x].y); out[3] = u32(any(list[n.x + 1u]));
  out[4] = dot(vec3u(w[0]), vec3u(1u, 10u, 100u)); out[5] = u32(w[n.x].z); out[6] = select(5u, 6u, w[1].x);
}`,
    buffers: [new Uint32Array(7)],
  });
  assert.deepEqual([...out], [0, 1, 1, 0, 11, 1, 5]);
});

Deno.test("overrides fix sizes, and folding is exact", async () => {
  const [out] = await runKernel({
    code: `
override N: u32; override SCALE: f32 = 0.5; override FLAG: bool = false; @id(7) override M: i32 = -3;
const K = 1 << 4; const LIST = array(1, 2, 3); alias V = vec2<i32>;
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(N) fn main(@builtin(local_invocation_index) i: u32) {
  var acc: array<vec4f, N>;
  for (var k = 0u; k < N; k++) { acc[k] = vec4f(f32(k)) * SCALE; }
  const_assert K == 16;
  let v = V(K, LIST[2]);
  if (FLAG) { out[i] = acc[i].y + f32(v.x * 10 + v.y) + f32(M); }
}`,
    buffers: [new Float32Array(4)],
    constants: { N: 4, SCALE: 2, FLAG: 1, "7": 1000 },
  });
  assert.deepEqual([...out], [1163, 1165, 1167, 1169]);
});

Deno.test("bits: counting, packing and dot products of bytes", async () => {
  const a = new Uint32Array([0, 1, 0x80000000, 0xffffffff, 0x12345678]);
  const run = (expr: string) => evaluate("u32", expr, a, a, new Uint32Array(5));
  assert.deepEqual(await run("countOneBits(a)"), [0, 1, 1, 32, 13]);
  assert.deepEqual(await run("firstLeadingBit(a)"), [0xffffffff, 0, 31, 31, 28]);
  assert.deepEqual(await run("reverseBits(a)"), [0, 0x80000000, 1, 0xffffffff, 0x1e6a2c48]);
  assert.deepEqual(await run("pack4xU8(unpack4xU8(a))"), [...a]);
  assert.deepEqual(await run("pack4x8unorm(unpack4x8unorm(a))"), [...a]);
  assert.deepEqual(await run("bitcast<u32>(dot4I8Packed(a, a))"), [
    0,
    1,
    16384,
    4,
    0x12 ** 2 + 0x34 ** 2 + 0x56 ** 2 + 0x78 ** 2,
  ]);
  assert.deepEqual(await run("dot4U8Packed(a, 0x01010101u)"), [0, 1, 128, 1020, 0x12 + 0x34 + 0x56 + 0x78]);
});
