import assert from "node:assert/strict";
import fc from "fast-check";
import { max, mean, sum, sumOfSquares } from "../../../lib/tensor/ops/reduce.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { nd, randomNd, reduce as reduce64, reduceGradient, type Reduction } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runMany, runOp, variants } from "./run_op.ts";

type Reduce = (x: Tensor, axes?: readonly number[]) => Tensor;
const KINDS: Record<string, { f: Reduce; kind: Reduction; witness: (x: tf.Tensor, axes?: number[]) => tf.Tensor }> = {
  sum: { f: sum, kind: "sum", witness: tf.sum },
  mean: { f: mean, kind: "mean", witness: tf.mean },
  max: { f: max, kind: "max", witness: tf.max },
  sumOfSquares: { f: sumOfSquares, kind: "sumOfSquares", witness: (x, axes) => tf.sum(tf.square(x), axes) },
};

/** 1e-6 of the sum of magnitudes, which for these numbers is below the count. */
const near = (count: number) => ({ relative: 2e-6, absolute: 1e-6 * Math.sqrt(count) });

testOnDevices("reductions over every set of axes against float64 and tfjs", async (_, device) => {
  const sets = [undefined, [], [0], [1], [2], [0, 1], [1, 2], [0, 2], [-1, 0], [0, 1, 2]];
  for (const [at, [name, { f, kind, witness }]] of Object.entries(KINDS).entries()) {
    for (const [s, shape] of [[3, 5, 7], [4, 8, 12]].entries()) {
      if (device.software && s === at % 2) continue;
      for (const axes of share(device, sets, at)) {
        await checkOp(device, (x) => f(x, axes), (x) => reduce64(x, kind, axes), {
          what: `${name} of [${shape}] over [${axes ?? "all"}]`,
          inputs: [randomNd(shape, 1)],
          value: near(400),
          slopes: 10,
          // In tfjs an empty list of axes means all of them.
          ...(axes?.length === 0 ? {} : { witness: (x: tf.Tensor) => witness(x, axes) }),
        });
      }
    }
  }
});

testOnDevices("long reductions, in two passes or one, with the kernels of every kind of device", async (_, device) => {
  const cases: [number[], number[] | undefined][] = [
    [[10007], undefined],
    [[4096], undefined],
    [[3, 1001, 5], [1]],
    [[2, 1000, 4], [1]],
    [[600, 8], [0]],
    [[5, 700], [1]],
    [[33], [0]],
    [[2, 129], [1]],
  ];
  for (const variant of variants(device)) {
    for (const [i, [shape, axes]] of share(device, [...cases.entries()], variant.name.length)) {
      const x = randomNd(shape, i);
      for (const { f, kind } of share(device, Object.values(KINDS), i)) {
        const expected = reduce64(x, kind, axes), dy = randomNd(expected.shape, 7);
        const { value, gradients } = await runOp(variant.device, (x) => f(x, axes), [x], dy);
        const what = `${kind} of [${shape}], ${variant.name}`;
        assertClose(value, expected, near(x.data.length), what);
        assertClose(
          gradients[0],
          reduceGradient(x, dy, kind, axes),
          { relative: 1e-6, absolute: 0 },
          `gradient ${what}`,
        );
      }
    }
  }
});

testOnDevices("reductions: random shapes and axes (property test)", async (_, device) => {
  const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(64, 100));
  const axes = fc.array(fc.tuple(size, fc.boolean()), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(axes, fc.constantFrom(...Object.keys(KINDS)), async (chosen, name) => {
      const shape = chosen.map(([size]) => size), { f, kind } = KINDS[name];
      if (shape.reduce((a, b) => a * b, 1) > 50_000) return;
      const axes = chosen.flatMap(([, gone], axis) => gone ? [axis] : []), x = randomNd(shape, 2);
      const expected = reduce64(x, kind, axes), dy = randomNd(expected.shape, 3);
      const { value, gradients } = await runOp(device, (x) => f(x, axes), [x], dy);
      const what = `${name} of [${shape}] over [${axes}]`;
      assertClose(value, expected, near(x.data.length), what);
      assertClose(
        gradients[0],
        reduceGradient(x, dy, kind, axes),
        { relative: 1e-6, absolute: 0 },
        `gradient of ${what}`,
      );
    }),
    { numRuns: runs(device, 30), seed: 11 },
  );
});

testOnDevices("max: every element that attains it gets the gradient; values keep their sign", async (_, device) => {
  const x = nd([2, 3], [-5, -2, -2, 7, 1, 7]), dy = nd([2], [10, 20]);
  const { value, gradients } = await runOp(device, (x) => max(x, [1]), [x], dy);
  assert.deepEqual([...value.data], [-2, 7]);
  assert.deepEqual([...gradients[0].data], [0, 10, 10, 20, 0, 20]);
});

testOnDevices("a sum of a million small numbers keeps its digits, and its bits", async (_, device) => {
  const data = new Float32Array(1_000_003).fill(0.1), exact = data.length * Math.fround(0.1);
  for (const variant of variants(device)) {
    const once = await runMany(variant.device, (x) => [sum(x), mean(x)], [{ data, shape: [data.length] }]);
    assertClose(once[0], [exact], { relative: 2e-5, absolute: 0 }, variant.name);
    assertClose(once[1], [Math.fround(0.1)], { relative: 2e-5, absolute: 0 }, variant.name);
    const again = await runMany(variant.device, (x) => [sum(x), mean(x)], [{ data, shape: [data.length] }]);
    assert.deepEqual(again, once);
  }
});

testOnDevices("reductions: what does not fit is named", (_, device) => {
  const whole = tensor(device, new Int32Array(6), [2, 3]);
  assert.throws(() => sum(whole), {
    name: "TypeError",
    message: "sum: expected an f32 tensor, but found i32; use cast()",
  });
  assert.throws(() => max(whole, [2]), /maximum: expected an axis in -2…1, but found 2/);
  whole.dispose();
});
