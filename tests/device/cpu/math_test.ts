import assert from "node:assert/strict";
import { evaluate, runKernel } from "./harness.ts";

const scratch = new DataView(new ArrayBuffer(4));
/** Position of an f32 among all, so that neighbours differ by 1. */
function place(x: number): number {
  scratch.setFloat32(0, x);
  const bits = scratch.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}
/** Units in the last place between two numbers. */
const ulps = (x: number, y: number) => Math.abs(place(x) - place(Math.fround(y)));

const range = (from: number, to: number, count: number) =>
  Float32Array.from({ length: count }, (_, i) => from + (to - from) * (i + 0.37) / count);
const powers = (from: number, to: number, count: number) => Float32Array.from(range(from, to, count), (x) => 2 ** x);

/** Function, exact function, arguments, most ulps allowed, and an absolute error below which nothing is asked. */
const CASES: [string, (x: number) => number, Float32Array, number, number?][] = [
  ["exp", Math.exp, range(-87, 88, 4000), 2],
  ["exp", Math.exp, range(-1, 1, 2000), 2],
  ["exp2", (x) => 2 ** x, range(-126, 127, 4000), 2],
  ["log", Math.log, powers(-126, 127, 4000), 3],
  ["log", Math.log, range(0.5, 2, 4000), 3],
  ["log2", Math.log2, powers(-126, 127, 4000), 3],
  ["log2", Math.log2, range(0.5, 2, 4000), 3],
  ["tanh", Math.tanh, range(-10, 10, 4000), 3],
  ["tanh", Math.tanh, powers(-20, 0, 1000), 3],
  ["sin", Math.sin, range(-100, 100, 4000), 4, 1e-7],
  ["cos", Math.cos, range(-100, 100, 4000), 4, 1e-7],
  ["tan", Math.tan, range(-1.5, 1.5, 2000), 8, 1e-7],
  ["sqrt", Math.sqrt, powers(-100, 100, 500), 0],
  ["inverseSqrt", (x) => 1 / Math.sqrt(x), powers(-100, 100, 500), 2],
  ["sinh", Math.sinh, range(-20, 20, 2000), 6],
  ["cosh", Math.cosh, range(-20, 20, 2000), 4],
  ["atan", Math.atan, range(-20, 20, 2000), 4],
  ["asin", Math.asin, range(-0.999, 0.999, 2000), 8, 1e-7],
  ["acos", Math.acos, range(-0.999, 0.999, 2000), 8, 1e-7],
  ["asinh", Math.asinh, range(-50, 50, 2000), 8],
  ["acosh", Math.acosh, range(1.1, 50, 2000), 8],
  ["atanh", Math.atanh, range(-0.99, 0.99, 2000), 8],
];

Deno.test("mathematical builtins are within a few units in the last place of float64", async () => {
  for (const [name, exact, x, most, floor = 0] of CASES) {
    const found = await evaluate("f32", `${name}(a)`, x, x, new Float32Array(x.length));
    found.forEach((y, i) => {
      const error = ulps(y, exact(x[i]));
      const small = Math.abs(y - exact(x[i])) <= floor;
      assert.ok(error <= most || small, `${name}(${x[i]}) = ${y}, ${error} ulp from ${exact(x[i])}`);
    });
  }
});

Deno.test("pow is precise for large powers and follows its special cases", async () => {
  const x = powers(-10, 10, 3000);
  const y = range(-12, 12, 3000);
  const found = await evaluate("f32", "pow(a, b)", x, y, new Float32Array(3000));
  found.forEach((z, i) => {
    const exact = x[i] ** y[i];
    assert.ok(Math.abs(z - exact) <= 1e-6 * exact, `pow(${x[i]}, ${y[i]}) = ${z}, not ${exact}`);
  });
  const special = [[0, 2, 0], [0, 0, 1], [0, -1, Infinity], [-2, 3, -8], [-2, 2, 4], [-2, 0.5, NaN], [3, 0, 1], [
    Infinity,
    1,
    Infinity,
  ]];
  const values = await evaluate(
    "f32",
    "pow(a, b)",
    new Float32Array(special.map((s) => s[0])),
    new Float32Array(special.map((s) => s[1])),
    new Float32Array(special.length),
  );
  assert.deepEqual(values, special.map((s) => s[2]));
});

Deno.test("special values: infinity, NaN, zero, numbers below the smallest normal one", async () => {
  const x = new Float32Array([Infinity, -Infinity, NaN, 0, -0, 1e-40, 200, -200]);
  const of = async (name: string) => await evaluate("f32", `${name}(a)`, x, x, new Float32Array(x.length));
  const exp = await of("exp");
  assert.deepEqual(exp, [Infinity, 0, NaN, 1, 1, 1, Infinity, 0]);
  const log = await of("log");
  assert.deepEqual(log.slice(0, 5), [Infinity, NaN, NaN, -Infinity, -Infinity]);
  assert.ok(Math.abs(log[5] - Math.log(Math.fround(1e-40))) < 1e-4);
  assert.deepEqual((await of("tanh")).slice(0, 4), [1, -1, NaN, 0]);
  assert.deepEqual((await of("sqrt")).slice(0, 4), [Infinity, NaN, NaN, 0]);
  assert.deepEqual(await evaluate("f32", "exp(a)", new Float32Array([-100]), x, new Float32Array(1)), [
    Math.fround(Math.exp(-100)),
  ]);
});

Deno.test("scalars and vectors give the same bits", async () => {
  const x = range(-5, 5, 64);
  const lanes = new Float32Array(256);
  for (const name of ["exp", "tanh", "sin", "log", "floor", "round"]) {
    const scalar = await evaluate("f32", `${name}(a)`, x, x, new Float32Array(64));
    const [, vector] = await runKernel({
      code: `@group(0) @binding(0) var<storage, read> x: array<f32>;
        @group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
        @compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) { y[id.x] = ${name}(vec4f(1.0, x[id.x], 2.0, 3.0)); }`,
      buffers: [x, lanes],
      grid: [8, 1, 1],
    });
    assert.deepEqual([...vector].filter((_, i) => i % 4 === 1), scalar, name);
  }
});

Deno.test("halves: packing, unpacking and rounding agree with Float16Array", async () => {
  const x = new Float32Array([
    0,
    -0,
    1,
    -1,
    65504,
    65519,
    65520,
    1e6,
    Infinity,
    6e-8,
    3e-8,
    2.9e-8,
    6.1e-5,
    6.0e-5,
    1 / 3,
    2049,
    2051,
  ]);
  const words = await evaluate("u32", "pack2x16float(vec2f(a, 1.0))", x, x, new Uint32Array(x.length));
  const halves = new Uint16Array(new Float16Array(x).buffer);
  assert.deepEqual(words.map((word) => word & 0xffff), [...halves]);
  assert.ok(words.every((word) => word >>> 16 === 0x3c00));
  const all = Uint32Array.from({ length: 0x7c01 }, (_, i) => i);
  const back = await evaluate("f32", "unpack2x16float(a).x", all, all, new Float32Array(all.length));
  assert.deepEqual(back, [...new Float16Array(Uint16Array.from(all).buffer)]);
  const rounded = await evaluate("f32", "quantizeToF16(a)", x, x, new Float32Array(x.length));
  assert.deepEqual(rounded, [...new Float16Array(x)]);
});
