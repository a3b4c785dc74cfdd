import assert from "node:assert/strict";
import fc from "fast-check";
import { abs, clip, exp, log, sqrt, square } from "../../../lib/tensor/ops/math.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { like, type Nd, nd, randomNd } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runMany, runOp } from "./run_op.ts";

interface Case {
  readonly f: (x: Tensor) => Tensor;
  readonly reference: (x: number) => number;
  readonly witness: (x: tf.Tensor) => tf.Tensor;
  /** Where the function is smooth and tame. */
  readonly domain: (x: number) => number;
}

const positive = (x: number) => Math.fround(Math.abs(x) + 0.1);
const OPERATIONS: Record<string, Case> = {
  exp: { f: exp, reference: Math.exp, witness: tf.exp, domain: (x) => x },
  log: { f: log, reference: Math.log, witness: tf.log, domain: positive },
  sqrt: { f: sqrt, reference: Math.sqrt, witness: tf.sqrt, domain: positive },
  square: { f: square, reference: (x) => x * x, witness: tf.square, domain: (x) => x },
  abs: { f: abs, reference: Math.abs, witness: tf.abs, domain: (x) => Math.fround(x + Math.sign(x) * 0.01) },
  clip: {
    f: (x) => clip(x, -0.5, 1),
    reference: (x) => Math.min(Math.max(x, -0.5), 1),
    witness: (x) => tf.clipByValue(x, -0.5, 1),
    domain: (x) => x,
  },
};

testOnDevices("math: values and slopes, for sizes that divide by 4 and others", async (_, device) => {
  for (const [at, [name, { f, reference, witness, domain }]] of Object.entries(OPERATIONS).entries()) {
    for (const [seed, shape] of share(device, [...[[1], [3, 5], [2, 4, 4]].entries()], at)) {
      const inputs = [like(randomNd(shape, seed, 2), domain)];
      await checkOp(device, f, (x) => like(x, reference), { what: `${name} of [${shape}]`, inputs, witness });
    }
  }
});

testOnDevices("math: random numbers over many orders of magnitude (property test)", async (_, device) => {
  const numbers = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(numbers, async (powers) => {
      const x = nd([powers.length], powers.map((p) => Math.fround(2 ** p)));
      const logarithms = await runOp(device, log, [x]), roots = await runOp(device, sqrt, [x]);
      // Near 1 the logarithm is near 0: WGSL promises 2^-21 there, and 3 units in the last place elsewhere.
      assertClose(logarithms.value, like(x, Math.log), { relative: 4e-7, absolute: 5e-7 }, "log");
      assertClose(roots.value, like(x, Math.sqrt), { relative: 3e-7, absolute: 0 }, "sqrt");
      const small = nd([powers.length], powers.map(Math.fround)), grown = await runOp(device, exp, [small]);
      // An error of half a unit in the argument, and WGSL's 3 + 2|x| units in the result.
      assertClose(grown.value, like(small, Math.exp), { relative: 63 * 1.2e-7, absolute: 0 }, "exp");
    }),
    { numRuns: runs(device, 12), seed: 5 },
  );
});

testOnDevices("math: what happens at the edges", async (_, device) => {
  const slope = async (f: (x: Tensor) => Tensor, at: number[]) => {
    const x = nd([at.length], at), { gradients } = await runOp(device, f, [x], like(x, () => 1));
    return [...gradients[0].data];
  };
  assert.deepEqual(await slope(abs, [-2, 0, 3]), [-1, 0, 1]);
  assert.deepEqual(await slope((x) => clip(x, -1, 1), [-2, -1, 0.5, 1, 2]), [0, 1, 1, 1, 0]);
  const tiny: Nd = nd([2], [-200, 0]);
  assert.deepEqual([...(await runOp(device, exp, [tiny])).value.data], [0, 1]);
});

testOnDevices("square and abs of whole numbers stay whole", async (_, device) => {
  const x = { data: new Int32Array([-3, 0, 5]), shape: [3] };
  const [squares, sizes] = await runMany(device, (x) => [square(x), abs(x)], [x]);
  assert.deepEqual([squares, sizes], [new Int32Array([9, 0, 25]), new Int32Array([3, 0, 5])]);
});

testOnDevices("math: other element types and infinite limits are named", (_, device) => {
  const whole = tensor(device, new Int32Array(2)), x = tensor(device, [1]);
  for (const [name, f] of Object.entries({ exp, log, sqrt })) {
    assert.throws(() => f(whole), {
      name: "TypeError",
      message: `${name}: expected an f32 tensor, but found i32; use cast()`,
    });
  }
  assert.throws(() => clip(whole, 0, 1), /clip: expected an f32 tensor, but found i32/);
  assert.throws(() => clip(x, 0, Infinity), /expected a finite f32 constant, but found Infinity/);
  whole.dispose();
  x.dispose();
});
