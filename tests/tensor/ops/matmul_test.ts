import assert from "node:assert/strict";
import fc from "fast-check";
import { type Activation } from "../../../lib/tensor/ops/activations.ts";
import { matmul } from "../../../lib/tensor/ops/matmul.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { matmul as matmul64, matmulGradient, randomNd } from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp } from "./run_op.ts";

const ACTIVATIONS: Activation[] = ["none", "relu", "gelu", "silu", "sigmoid", "tanh"];
const near = (terms: number) => ({ relative: 1e-5, absolute: 2e-6 * Math.max(4, terms) });

interface Case {
  readonly a: number[];
  readonly b: number[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly bias?: boolean;
  readonly activation?: Activation;
}

async function check(device: Parameters<typeof runOp>[0], { a, b, bias = false, ...options }: Case, seed: number) {
  const left = randomNd(a, seed), right = randomNd(b, seed + 1), n = b.at(options.transposeB ? -2 : -1)!;
  const shift = bias ? [randomNd([n], seed + 2)] : [];
  const shape = matmul64(left, right, options).shape, dy = randomNd(shape, seed + 3);
  const reference = { ...options, ...bias ? { bias: shift[0] } : {} };
  const { value, gradients } = await runOp(device, (x, y, z) => matmul(x, y, { ...options, bias: z ?? null }), [
    left,
    right,
    ...shift,
  ], dy);
  const what = JSON.stringify({ a, b, bias, ...options });
  const k = a.at(options.transposeA ? -2 : -1)!,
    rows = left.data.length / k,
    expected = matmulGradient(left, right, dy, reference);
  assertClose(value, matmul64(left, right, reference), near(k), `value ${what}`);
  assertClose(gradients[0], expected.a, near(n), `da ${what}`);
  assertClose(gradients[1], expected.b, near(rows), `db ${what}`);
  if (bias) assertClose(gradients[2], expected.bias, near(rows), `dbias ${what}`);
}

testOnDevices(
  "matmul: all transpositions, batches, biases and activations against float64 loops",
  async (_, device) => {
    const cases: Case[] = [
      { a: [1, 1], b: [1, 1] },
      { a: [3, 5], b: [5, 2] },
      { a: [33, 17], b: [17, 9], bias: true },
      { a: [64, 48], b: [48, 80], bias: true, activation: "relu" },
      { a: [700, 12], b: [12, 20] },
      { a: [5, 33], b: [5, 9], transposeA: true },
      { a: [6, 5], b: [7, 5], transposeB: true },
      { a: [5, 6], b: [7, 5], transposeA: true, transposeB: true, bias: true },
      { a: [3, 8, 4], b: [3, 4, 12] },
      { a: [3, 4, 8], b: [3, 12, 4], transposeA: true, transposeB: true },
      { a: [2, 3, 6, 4], b: [4, 8], bias: true, activation: "sigmoid" },
      { a: [2, 3, 6, 4], b: [2, 3, 4, 8] },
      { a: [6, 4], b: [3, 4, 8] },
      { a: [3, 4, 6], b: [4, 8], transposeA: true },
      ...ACTIVATIONS.map((activation) => ({ a: [9, 7], b: [7, 6], bias: true, activation })),
    ];
    for (const [i, one] of cases.entries()) await check(device, one, 10 * i);
  },
);

testOnDevices("matmul: random shapes (property test)", async (_, device) => {
  const size = fc.integer({ min: 1, max: 70 }), flag = fc.boolean();
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      size,
      flag,
      flag,
      flag,
      fc.integer({ min: 0, max: 1e6 }),
      async (m, k, n, transposeA, transposeB, bias, seed) => {
        await check(device, {
          a: transposeA ? [k, m] : [m, k],
          b: transposeB ? [n, k] : [k, n],
          transposeA,
          transposeB,
          bias,
        }, seed);
      },
    ),
    { numRuns: 12, seed: 42 },
  );
});

testOnDevices("matmul: tfjs agrees, forward and backward", async (_, device) => {
  const a = randomNd([4, 10, 7], 1), b = randomNd([4, 7, 5], 2), dy = randomNd([4, 10, 5], 3);
  const { value, gradients } = await runOp(device, (x, y) => matmul(x, y), [a, b], dy);
  assertClose(value, tfjsValue((x, y) => tf.matMul(x, y), [a, b]), near(7), "value");
  const expected = tfjsGradients((x, y) => tf.matMul(x, y), [a, b], dy);
  gradients.forEach((g, i) => assertClose(g, expected[i], near(10), `gradient ${i}`));
});

testOnDevices("matmul: shapes that do not fit are named", (_, device) => {
  const a = tensor(device, new Float32Array(6), [2, 3]), b = tensor(device, new Float32Array(8), [2, 4]);
  assert.throws(() => matmul(a, b), /matmul: expected .* but found \[2, 3\] and \[2, 4\]/);
  assert.throws(() => matmul(a, b, { transposeA: true, bias: a }), /expected a bias \[4\], but found \[2, 3\]/);
  a.dispose();
  b.dispose();
});
