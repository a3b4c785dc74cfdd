import assert from "node:assert/strict";
import fc from "fast-check";
import { layerNorm } from "../../../lib/tensor/ops/layer_norm.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { layerNorm as layerNorm64, layerNormGradient, like, type Nd, randomNd, zeros } from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp, variants } from "./run_op.ts";

const TOLERANCE = { relative: 5e-6, absolute: 1e-5 };

function inputs(shape: readonly number[], seed: number, scale = 2): [Nd, Nd, Nd, Nd] {
  const width = [shape.at(-1)!];
  return [
    randomNd(shape, seed, scale),
    randomNd(width, seed + 1),
    randomNd(width, seed + 2),
    randomNd(shape, seed + 3),
  ];
}

/** What the sums over rows may be off by, beyond rounding: f32 terms in another order. */
const sumTolerance = (rows: number) => ({ relative: 5e-6, absolute: 2e-6 * rows });

testOnDevices("layerNorm and its gradients agree with float64 loops", async (_t, device) => {
  const shapes = [[5], [4, 1], [3, 5, 7], [67, 32], [2, 129], [100, 512]];
  for (const variant of variants(device)) {
    for (const [seed, shape] of shapes.entries()) {
      const [x, scale, shift, dy] = inputs(shape, 10 * seed), what = `${variant.name} ${shape}`;
      const { value, gradients } = await runOp(
        variant.device,
        (...t) => layerNorm(t[0], t[1], t[2]),
        [x, scale, shift],
        dy,
      );
      assertClose(value, layerNorm64(x, scale, shift), TOLERANCE, `value ${what}`);
      const expected = layerNormGradient(x, scale, dy), rows = x.data.length / shape.at(-1)!;
      assertClose(gradients[0], expected.x, TOLERANCE, `dx ${what}`);
      assertClose(gradients[1], expected.scale, sumTolerance(rows), `dscale ${what}`);
      assertClose(gradients[2], expected.shift, sumTolerance(rows), `dshift ${what}`);
    }
  }
});

testOnDevices("layerNorm keeps its precision far from 0, and takes its epsilon", async (_t, device) => {
  const [noise, scale, shift] = inputs([6, 40], 3, 1), x = like(noise, (value) => Math.fround(value + 1000));
  for (const epsilon of [1e-5, 0.5]) {
    const { value } = await runOp(device, (...t) => layerNorm(t[0], t[1], t[2], epsilon), [x, scale, shift]);
    assertClose(value, layerNorm64(x, scale, shift, epsilon), { relative: 2e-4, absolute: 5e-4 }, `epsilon ${epsilon}`);
  }
});

testOnDevices("the gradients of layerNorm are its slopes", async (_t, device) => {
  const [x, scale, shift, dy] = inputs([3, 6], 40);
  const loss = (x: Nd, scale: Nd, shift: Nd) =>
    layerNorm64(x, scale, shift).data.reduce((sum, y, i) => sum + y * dy.data[i], 0);
  const { gradients } = await runOp(device, (...t) => layerNorm(t[0], t[1], t[2]), [x, scale, shift], dy);
  const near = { relative: 2e-5, absolute: 1e-5 };
  const slope = (of: Nd, f: (moved: Nd) => number) => finiteDifference((data) => f({ shape: of.shape, data }), of.data);
  assertClose(gradients[0].data, slope(x, (m) => loss(m, scale, shift)), near, "x");
  assertClose(gradients[1].data, slope(scale, (m) => loss(x, m, shift)), near, "scale");
  assertClose(gradients[2].data, slope(shift, (m) => loss(x, scale, m)), near, "shift");
});

testOnDevices("layerNorm agrees with tfjs", async (_t, device) => {
  const [x, scale, shift, dy] = inputs([4, 8], 50);
  const witness = (...[x, scale, shift]: tf.Tensor[]) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).div(variance.add(1e-5).sqrt()).mul(scale).add(shift);
  };
  const { value, gradients } = await runOp(device, (...t) => layerNorm(t[0], t[1], t[2]), [x, scale, shift], dy);
  assertClose(value, tfjsValue(witness, [x, scale, shift]), TOLERANCE, "value");
  tfjsGradients(witness, [x, scale, shift], dy).forEach((g, i) =>
    assertClose(gradients[i], g, TOLERANCE, `gradient ${i}`)
  );
});

testOnDevices("layerNorm ignores offset and size of its rows", async (_t, device) => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 2, max: 260 }),
    fc.integer({ min: -8, max: 8 }),
  );
  await fc.assert(
    fc.asyncProperty(sizes, async ([rows, width, offset]) => {
      for (const variant of variants(device)) {
        const [x, , , dy] = inputs([rows, width], rows * 997 + width), one = like(zeros([width]), () => 1);
        const run = async (x: Nd) => await runOp(variant.device, (...t) => layerNorm(t[0], t[1], t[1]), [x, one], dy);
        const plain = await run(x), moved = await run(like(x, (v) => Math.fround(2 * v + offset)));
        assertClose(moved.value, plain.value, { relative: 1e-3, absolute: 1e-3 }, `[${rows}, ${width}]`);
        // Nothing of the gradient points along the row or along (1, …, 1).
        for (let row = 0; row < rows; row++) {
          const dx = plain.gradients[0].data.subarray(row * width, (row + 1) * width);
          assert.ok(Math.abs(dx.reduce((a, b) => a + b, 0)) < 1e-4 * width);
        }
      }
    }),
    { seed: 2, numRuns: 5 },
  );
});

testOnDevices("layerNorm refuses what does not fit", (_t, device) => {
  const x = tensor(device, new Float32Array(6), [2, 3]), three = tensor(device, new Float32Array(3));
  const two = tensor(device, new Float32Array(2));
  assert.throws(
    () => layerNorm(x, two, three),
    /layerNorm: expected scale and shift \[3\] for x \[2, 3\], but found \[2\] and \[3\]\n {2}called at .*layer_norm_test/,
  );
  assert.throws(() => layerNorm(x, three, three, 0), /layerNorm: expected a positive epsilon, but found 0/);
  for (const t of [x, three, two]) t.dispose();
});
