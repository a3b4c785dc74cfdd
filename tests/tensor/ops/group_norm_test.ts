import assert from "node:assert/strict";
import fc from "fast-check";
import { groupNorm } from "../../../lib/tensor/ops/group_norm.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { groupNorm as groupNorm64, groupNormGradient, like, type Nd, randomNd } from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp, variants } from "./run_op.ts";

const TOLERANCE = { relative: 1e-5, absolute: 1e-5 };

function inputs(shape: readonly number[], seed: number): [Nd, Nd, Nd, Nd] {
  const width = [shape.at(-1)!];
  return [randomNd(shape, seed, 2), randomNd(width, seed + 1), randomNd(width, seed + 2), randomNd(shape, seed + 3)];
}

const sumTolerance = (terms: number) => ({ relative: 1e-5, absolute: 2e-6 * terms });

async function check(
  device: Parameters<typeof runOp>[0],
  shape: readonly number[],
  groups: number,
  seed: number,
  what: string,
) {
  const [x, scale, shift, dy] = inputs(shape, seed), perChannel = x.data.length / shape.at(-1)!;
  const { value, gradients } = await runOp(
    device,
    (...t) => groupNorm(t[0], groups, t[1], t[2]),
    [x, scale, shift],
    dy,
  );
  assertClose(value, groupNorm64(x, scale, shift, groups), TOLERANCE, `value ${what}`);
  const expected = groupNormGradient(x, scale, dy, groups);
  assertClose(gradients[0], expected.x, TOLERANCE, `dx ${what}`);
  assertClose(gradients[1], expected.scale, sumTolerance(perChannel), `dscale ${what}`);
  assertClose(gradients[2], expected.shift, sumTolerance(perChannel), `dshift ${what}`);
}

testOnDevices("groupNorm and its gradients agree with float64 loops", async (_t, device) => {
  const cases: [number[], number][] = [[[2, 3, 3, 6], 2], [[2, 8, 8, 32], 8], [[1, 5, 9, 12], 1], [[3, 4, 1, 5], 5], [[
    2,
    40,
    8,
  ], 2]];
  for (const variant of variants(device)) {
    for (const [seed, [shape, groups]] of cases.entries()) {
      await check(variant.device, shape, groups, 10 * seed, `${variant.name} [${shape}] in ${groups}`);
    }
  }
});

testOnDevices("groupNorm keeps its precision far from 0, and takes its epsilon", async (_t, device) => {
  const [noise, scale, shift] = inputs([2, 6, 6, 8], 3), x = like(noise, (value) => Math.fround(value / 2 + 300));
  for (const epsilon of [1e-5, 0.5]) {
    const { value } = await runOp(device, (...t) => groupNorm(t[0], 4, t[1], t[2], epsilon), [x, scale, shift]);
    assertClose(
      value,
      groupNorm64(x, scale, shift, 4, epsilon),
      { relative: 2e-4, absolute: 2e-4 },
      `epsilon ${epsilon}`,
    );
  }
});

testOnDevices("the gradients of groupNorm are its slopes", async (_t, device) => {
  const [x, scale, shift, dy] = inputs([2, 2, 1, 4], 40);
  const loss = (x: Nd, scale: Nd, shift: Nd) =>
    groupNorm64(x, scale, shift, 2).data.reduce((sum, y, i) => sum + y * dy.data[i], 0);
  const { gradients } = await runOp(device, (...t) => groupNorm(t[0], 2, t[1], t[2]), [x, scale, shift], dy);
  const near = { relative: 2e-5, absolute: 1e-5 };
  const slope = (of: Nd, f: (moved: Nd) => number) => finiteDifference((data) => f({ shape: of.shape, data }), of.data);
  assertClose(gradients[0].data, slope(x, (m) => loss(m, scale, shift)), near, "x");
  assertClose(gradients[1].data, slope(scale, (m) => loss(x, m, shift)), near, "scale");
  assertClose(gradients[2].data, slope(shift, (m) => loss(x, scale, m)), near, "shift");
});

testOnDevices("groupNorm agrees with tfjs", async (_t, device) => {
  const [x, scale, shift, dy] = inputs([2, 3, 2, 8], 50);
  const witness = (...[x, scale, shift]: tf.Tensor[]) => {
    const split = x.reshape([2, 6, 4, 2]), { mean, variance } = tf.moments(split, [1, 3], true);
    return split.sub(mean).div(variance.add(1e-5).sqrt()).reshape([2, 3, 2, 8]).mul(scale).add(shift);
  };
  const { value, gradients } = await runOp(device, (...t) => groupNorm(t[0], 4, t[1], t[2]), [x, scale, shift], dy);
  assertClose(value, tfjsValue(witness, [x, scale, shift]), TOLERANCE, "value");
  tfjsGradients(witness, [x, scale, shift], dy).forEach((g, i) =>
    assertClose(gradients[i], g, TOLERANCE, `gradient ${i}`)
  );
});

testOnDevices("groupNorm agrees with float64 loops for any shape", async (_t, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(fc.tuple(size(3), size(7), size(7), size(4), size(9)), async ([b, h, w, groups, width]) => {
      fc.pre(h * w * width > 4);
      const shape = [b, h, w, groups * width];
      for (const variant of variants(device)) {
        await check(variant.device, shape, groups, b + 10 * h, `[${shape}] in ${groups}`);
      }
    }),
    { seed: 3, numRuns: 5 },
  );
});

testOnDevices("groupNorm refuses what does not fit", (_t, device) => {
  const x = tensor(device, new Float32Array(12), [1, 2, 1, 6]), six = tensor(device, new Float32Array(6));
  assert.throws(
    () => groupNorm(x, 4, six, six),
    /groupNorm: expected a number of groups that divides 6 channels of \[1, 2, 1, 6\], but found 4\n {2}called at .*group_norm_test/,
  );
  assert.throws(() => groupNorm(six, 1, six, six), /groupNorm: expected x \[B, H, W, C\], but found \[6\]/);
  assert.throws(() => groupNorm(x, 2, six, x), /groupNorm: expected scale and shift \[6\]/);
  for (const t of [x, six]) t.dispose();
});
