import assert from "node:assert/strict";
import fc from "fast-check";
import {
  add,
  divide,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  multiply,
  negate,
  notEqual,
  type Operand,
  subtract,
  where,
} from "../../../lib/tensor/ops/arithmetic.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { binary, like, type Nd, nd, randomNd } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runMany, runOp } from "./run_op.ts";

interface Case {
  readonly f: (a: Operand, b: Operand) => Tensor;
  readonly reference: (a: number, b: number) => number;
  readonly witness: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
}

const OPERATIONS: Record<string, Case> = {
  add: { f: add, reference: (a, b) => a + b, witness: tf.add },
  subtract: { f: subtract, reference: (a, b) => a - b, witness: tf.sub },
  multiply: { f: multiply, reference: (a, b) => a * b, witness: tf.mul },
  divide: { f: divide, reference: (a, b) => a / b, witness: tf.div },
  maximum: { f: maximum, reference: Math.max, witness: tf.maximum },
  minimum: { f: minimum, reference: Math.min, witness: tf.minimum },
};

/** Numbers whose distance from 0 is at least 0.5, so that quotients and their slopes stay tame. */
const awayFromZero = (x: Nd) => like(x, (v) => Math.fround(v + (v < 0 ? -0.5 : 0.5)));

const PAIRS: [number[], number[]][] = [
  [[7], [7]],
  [[4, 4], [4, 4]],
  [[3, 5], [5]],
  [[3, 1], [1, 5]],
  [[2, 1, 4], [3, 1]],
  [[], [6]],
  [[2, 3, 4], [1, 1, 1]],
  [[4, 1, 8], [1, 8]],
  [[2, 1], [2, 8]],
  [[1, 3, 1, 2], [2, 1, 4, 1]],
];

testOnDevices("arithmetic: two tensors under every kind of broadcasting", async (_, device) => {
  for (const [at, [name, { f, reference, witness }]] of Object.entries(OPERATIONS).entries()) {
    for (const [i, [a, b]] of share(device, [...PAIRS.entries()], at)) {
      await checkOp(device, f, (x, y) => binary(x, y, reference), {
        what: `${name} of [${a}] and [${b}]`,
        inputs: [awayFromZero(randomNd(a, i)), awayFromZero(randomNd(b, 100 + i))],
        slopes: 12,
        // tfjs cannot undo the broadcasting of these two.
        ...(a.join() !== b.join() && /imum/.test(name) ? {} : { witness }),
      });
    }
  }
});

testOnDevices("arithmetic: a number may stand on either side", async (_, device) => {
  for (const [name, { f, reference }] of Object.entries(OPERATIONS)) {
    for (const number of share(device, [2, -0.75])) {
      const x = awayFromZero(randomNd([3, 3], 8));
      await checkOp(device, (x) => f(x, number), (x) => like(x, (v) => reference(v, number)), {
        what: `${name}(x, ${number})`,
        inputs: [x],
      });
      await checkOp(device, (x) => f(number, x), (x) => like(x, (v) => reference(number, v)), {
        what: `${name}(${number}, x)`,
        inputs: [x],
      });
    }
  }
  await checkOp(device, negate, (x) => like(x, (v) => -v), { what: "negate", inputs: [randomNd([5], 1)] });
  await checkOp(device, (x) => add(x, x), (x) => like(x, (v) => 2 * v), { what: "x + x", inputs: [randomNd([5], 1)] });
});

testOnDevices("arithmetic: random shapes (property test)", async (_, device) => {
  const size = fc.integer({ min: 1, max: 6 });
  const axes = fc.array(fc.tuple(size, fc.constantFrom("both", "left", "right")), { maxLength: 4 });
  const cut = fc.integer({ min: 0, max: 4 });
  await fc.assert(
    fc.asyncProperty(axes, cut, fc.constantFrom(...Object.keys(OPERATIONS)), async (axes, cut, name) => {
      const a = axes.map(([size, who]) => who === "right" ? 1 : size);
      const b = axes.map(([size, who]) => who === "left" ? 1 : size).slice(Math.min(cut, axes.length));
      const { f, reference } = OPERATIONS[name];
      await checkOp(device, f, (x, y) => binary(x, y, reference), {
        what: `${name} of [${a}] and [${b}]`,
        inputs: [awayFromZero(randomNd(a, 3)), awayFromZero(randomNd(b, 4))],
        slopes: 8,
      });
    }),
    { numRuns: runs(device, 15), seed: 1 },
  );
});

testOnDevices("maximum, minimum: on ties the gradient goes to the first", async (_, device) => {
  const x = nd([3], [1, 2, 3]), y = nd([3], [1, 0, 3]), dy = nd([3], [10, 20, 30]);
  const larger = await runOp(device, maximum, [x, y], dy), smaller = await runOp(device, minimum, [x, y], dy);
  assert.deepEqual(larger.gradients.map((g) => [...g.data]), [[10, 20, 30], [0, 0, 0]]);
  assert.deepEqual(smaller.gradients.map((g) => [...g.data]), [[10, 0, 30], [0, 20, 0]]);
});

testOnDevices("comparisons: 1 or 0 in f32, for each element type", async (_, device) => {
  const all = (a: Operand, b: Operand) => [equal, notEqual, less, lessEqual, greater, greaterEqual].map((f) => f(a, b));
  const expected = [[0, 1, 0], [1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]];
  for (const Type of share(device, [Float32Array, Int32Array, Uint32Array])) {
    const a = { data: new Type([1, 2, 3]), shape: [3] }, b = { data: new Type([2]), shape: [1] };
    const results = await runMany(device, (a, b) => all(a, b), [a, b]);
    const numbers = await runMany(device, (a) => all(a, 2), [a]);
    for (const found of [results, numbers]) assert.deepEqual(found.map((r) => [...r]), expected, Type.name);
    assert.ok(results.every((r) => r instanceof Float32Array));
  }
  const { gradients } = await runOp(device, (a) => multiply(greater(a, 0), a), [nd([2], [-3, 4])], nd([2], [1, 1]));
  assert.deepEqual([...gradients[0].data], [0, 1]);
});

testOnDevices("integers wrap, divide towards 0, and x / 0 is x", async (_, device) => {
  const ints = { data: new Int32Array([7, -7, 2 ** 31 - 1, -(2 ** 31), 5]), shape: [5] };
  const other = { data: new Int32Array([2, 2, 1, -1, 0]), shape: [5] };
  const signed = await runMany(device, (a, b) => [add(a, b), multiply(a, b), divide(a, b), maximum(a, b), negate(a)], [
    ints,
    other,
  ]);
  assert.deepEqual(signed.map((r) => [...r]), [
    [9, -5, -(2 ** 31), 2 ** 31 - 1, 5],
    [14, -14, 2 ** 31 - 1, -(2 ** 31), 0],
    [3, -3, 2 ** 31 - 1, -(2 ** 31), 5],
    [7, 2, 2 ** 31 - 1, -1, 5],
    [-7, 7, -(2 ** 31) + 1, -(2 ** 31), -5],
  ]);
  const words = { data: new Uint32Array([2 ** 32 - 1, 0, 9]), shape: [3] };
  const unsigned = await runMany(device, (a) => [add(a, 2), subtract(a, 1), divide(a, 4), minimum(a, 8)], [words]);
  assert.deepEqual(unsigned.map((r) => [...r]), [
    [1, 2, 11],
    [2 ** 32 - 2, 2 ** 32 - 1, 8],
    [2 ** 30 - 1, 0, 2],
    [8, 0, 8],
  ]);
});

testOnDevices("where: picks by any non-zero condition, with broadcasting", async (_, device) => {
  const shapes: [number[], number[], number[]][] = [[[5], [5], [5]], [[4, 1], [1, 8], [8]], [[3], [2, 1], [2, 3]]];
  for (const [i, [c, a, b]] of shapes.entries()) {
    const condition = like(randomNd(c, i), (v) => v > 0 ? v : 0);
    const mask = (like: Nd) => binary(condition, like, (c) => c === 0 ? 0 : 1);
    await checkOp(
      device,
      (a, b) => where(tensor(device, Float32Array.from(condition.data), c), a, b),
      (a, b) => {
        const first = binary(mask(a), a, (m, x) => m * x), second = binary(mask(b), b, (m, x) => (1 - m) * x);
        return binary(first, second, (x, y) => x + y);
      },
      { what: `where [${c}] [${a}] [${b}]`, inputs: [randomNd(a, 10 + i), randomNd(b, 20 + i)] },
    );
  }
  for (const Type of [Int32Array, Uint32Array]) {
    const data = { data: new Type([0, 3, 1]), shape: [3] };
    const [picked] = await runMany(device, (c) => [where(c, c, subtract(c, c))], [data]);
    assert.deepEqual([...picked], [0, 3, 1]);
  }
});

testOnDevices("arithmetic: what does not fit is named", (_, device) => {
  const f = tensor(device, [1, 2, 3]), pair = tensor(device, [1, 2]), i = tensor(device, new Int32Array(3));
  const u = tensor(device, new Uint32Array(3));
  assert.throws(
    () => add(f, pair),
    /add: expected shapes that broadcast .* but found \[3\] and \[2\]\n {2}called at .*arithmetic_test/s,
  );
  assert.throws(() => add(f, i), /add: expected two tensors of one type, but found f32 and i32; use cast\(\)/);
  assert.throws(() => add(1, 2), /add: expected at least one tensor/);
  assert.throws(() => add(i, 0.5), /expected a whole number in -2147483648…2147483647 for i32, but found 0\.5/);
  assert.throws(() => add(u, -1), /for u32, but found -1/);
  assert.throws(() => multiply(f, NaN), /expected a finite f32 constant, but found NaN/);
  assert.throws(() => multiply(f, 1e39), /expected a finite f32 constant, but found 1e\+39/);
  assert.throws(() => negate(u), /negate: expected f32 or i32, but found u32/);
  assert.throws(() => where(f, pair, pair), /where: expected shapes that broadcast/);
  assert.throws(() => where(f, f, i), /where: expected two tensors of one type, but found f32 and i32/);
  for (const t of [f, pair, i, u]) t.dispose();
});
