import assert from "node:assert/strict";
import fc from "fast-check";
import { adamW, type AdamWSettings } from "../../../lib/tensor/ops/adamw.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { adamStep, clipCoefficient, globalNorm, like, type Nd, randomNd, toFloat32 } from "../../support/float64.ts";
import { runs } from "./check_op.ts";

const DEFAULTS: AdamWSettings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, clipNorm: 0 };

/** Parameters and moments on a device, and a program that takes a gradient, the number of the step and the rate. */
function optimiser(device: Device, start: { p: Nd; m: Nd; v: Nd }, settings: AdamWSettings) {
  const state = {
    parameters: tensor(device, toFloat32(start.p)),
    first: tensor(device, toFloat32(start.m)),
    second: tensor(device, toFloat32(start.v)),
  };
  const program = compile(device, (gradients: Tensor, normSquared: Tensor, step: Tensor, rate: Tensor) => {
    adamW(state, { gradients, normSquared, step, rate }, settings);
  });
  return {
    step(gradient: Nd, step: number, rate: number) {
      const count = { data: new Uint32Array([step]), shape: [] };
      program.run(toFloat32(gradient), globalNorm([gradient]) ** 2, count, rate);
    },
    async read() {
      return await Promise.all([state.parameters, state.first, state.second].map((t) => t.floats()));
    },
    dispose: () => [program, ...Object.values(state)].forEach((part) => part.dispose()),
  };
}

/** One step in float64; changes `start`. */
function expectedStep(
  { p, m, v }: { p: Nd; m: Nd; v: Nd },
  gradient: Nd,
  step: number,
  rate: number,
  s: AdamWSettings,
) {
  const clip = s.clipNorm > 0 ? clipCoefficient(globalNorm([gradient]), s.clipNorm) : 1;
  adamStep(
    { parameter: p, gradient: like(gradient, (g) => clip * g), firstMoment: m, secondMoment: v },
    { ...s, learningRate: rate, step },
  );
}

/** A training in the middle: moments of gradients of size `scale`. */
const midway = (size: number, scale: number) => ({
  p: randomNd([size], 1),
  m: randomNd([size], 2, 0.3 * scale),
  v: like(randomNd([size], 3), (x) => Math.fround(scale * scale * (x * x + 0.01))),
});

async function checkStep(device: Device, size: number, scale: number, step: number, rate: number, s: AdamWSettings) {
  const start = midway(size, scale), gradient = randomNd([size], 4, scale), ours = optimiser(device, start, s);
  ours.step(gradient, step, rate);
  expectedStep(start, gradient, step, rate, s);
  const [p, m, v] = await ours.read(), what = `step ${step}, rate ${rate}, ${JSON.stringify(s)}`;
  assertClose(m, start.m.data, { relative: 2e-6, absolute: 1e-6 * scale }, `first moment, ${what}`);
  assertClose(v, start.v.data, { relative: 2e-6, absolute: 0 }, `second moment, ${what}`);
  // The move is rate·m/√v: its error is that of the quotient times the largest of these.
  const largest = Math.max(...start.m.data.map((m, i) => Math.abs(m) / (Math.sqrt(start.v.data[i]) + s.epsilon)));
  assertClose(p, start.p.data, { relative: 2e-6, absolute: 1e-6 * rate * (1 + largest) }, `parameters, ${what}`);
  ours.dispose();
}

testOnDevices("adamW: one step, from the first to the hundred-thousandth", async (_, device) => {
  for (const step of [1, 2, 3, 10, 37, 100, 199, 200, 201, 1000, 100_000]) {
    await checkStep(device, 68, 1, step, 1e-3, DEFAULTS);
  }
});

testOnDevices("adamW: every setting", async (_, device) => {
  const variants: Partial<AdamWSettings>[] = [
    { weightDecay: 0 },
    { weightDecay: 0.5 },
    { clipNorm: 1 },
    { clipNorm: 1000 },
    { beta1: 0 },
    { beta2: 0.9 },
    { beta1: 0.5, beta2: 0.5, epsilon: 1e-3 },
  ];
  for (const some of variants) await checkStep(device, 12, 2, 3, 0.01, { ...DEFAULTS, ...some });
});

testOnDevices("adamW: gradients of any size, clipped or not (property test)", async (_, device) => {
  const scale = fc.integer({ min: -12, max: 6 }).map((power) => 2 ** power), step = fc.integer({ min: 1, max: 2000 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), scale, step, fc.boolean(), async (vectors, scale, step, clip) => {
      await checkStep(device, 4 * vectors, scale, step, 2e-3, { ...DEFAULTS, clipNorm: clip ? 1 : 0 });
    }),
    { numRuns: runs(device, 18), seed: 13 },
  );
});

testOnDevices("adamW: a thousand steps in a row stay beside float64", async (_, device) => {
  const size = 8, settings = { ...DEFAULTS, clipNorm: 1 }, target = randomNd([size], 8);
  const start = { p: randomNd([size], 5), m: like(target, () => 0), v: like(target, () => 0) };
  const ours = optimiser(device, start, settings);
  for (let step = 1; step <= 1000; step++) {
    // Gradients of a bowl, from the float64 side, so that the two do not drift apart through them.
    const gradient = like(start.p, (p, i) => Math.fround(3 * (p - target.data[i])));
    ours.step(gradient, step, 1e-2);
    expectedStep(start, gradient, step, 1e-2, settings);
    if (step % 50 === 0) await ours.read();
  }
  const [p, m, v] = await ours.read();
  assertClose(p, start.p.data, { relative: 1e-4, absolute: 1e-4 }, "parameters");
  assertClose(m, start.m.data, { relative: 1e-4, absolute: 1e-4 }, "first moment");
  assertClose(v, start.v.data, { relative: 1e-4, absolute: 1e-5 }, "second moment");
  ours.dispose();
});

testOnDevices("adamW: zeros stay zeros, and outside of a program it is refused", async (_, device) => {
  const nothing = { p: like(randomNd([4], 1), () => 0), m: randomNd([4], 1, 0), v: randomNd([4], 1, 0) };
  const ours = optimiser(device, nothing, { ...DEFAULTS, clipNorm: 1 });
  for (let step = 1; step <= 3; step++) ours.step(like(nothing.p, () => 0), step, 1);
  assert.deepEqual(await ours.read(), [new Float32Array(4), new Float32Array(4), new Float32Array(4)]);
  ours.dispose();
  const x = tensor(device, [0, 0, 0, 0]), state = { parameters: x, first: x, second: x };
  const one = { gradients: x, normSquared: x, step: x, rate: x };
  assert.throws(
    () => adamW(state, one, DEFAULTS),
    /adamw changes state in place, which only a compiled function may do/,
  );
  x.dispose();
});
