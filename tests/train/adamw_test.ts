import assert from "node:assert/strict";
import { normalWith, Parameters } from "../../lib/nn/mod.ts";
import { Stream } from "../../lib/random.ts";
import { add, compile, gradients, mean, multiply, square, sum, type Tensor } from "../../lib/tensor/mod.ts";
import { AdamW } from "../../lib/train/mod.ts";
import type { Device } from "../../lib/device/mod.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { adamStep, clipCoefficient, globalNorm, like, type Nd, nd, zeros } from "../support/float64.ts";

const SHAPES: Record<string, number[]> = { a: [5], b: [2, 3], c: [], d: [70], e: [4, 4] };

function place(device: Device) {
  const parameters = new Parameters(), stream = Stream.named(4, "adamw");
  for (const [name, shape] of Object.entries(SHAPES)) parameters.add(name, shape, normalWith(stream, 1));
  return parameters.place(device);
}

const valuesOf = (tensors: readonly Tensor[]) => Promise.all(tensors.map(async (t) => nd(t.shape, await t.data())));

testOnDevices(
  "all or some parameters, clipped by their global norm, like float64; the others stay",
  async (_, device) => {
    const settings = { learningRate: 0.01, weightDecay: 0.1, clipNorm: 1 };
    for (const names of [["a", "b", "c", "d", "e"], ["b", "c", "d"], ["e"]]) {
      const parameters = place(device), chosen = names.map((name) => parameters.get(name));
      const optimiser = new AdamW(device, parameters, settings, names.length === 5 ? undefined : chosen);
      const program = compile(device, (x: Tensor) => {
        const loss = chosen.map((p) => sum(square(multiply(add(p, x), x)))).reduce(add);
        return { loss, ...optimiser.update(gradients(loss, chosen)) };
      });
      const before = await valuesOf(parameters.tensors);
      const state = before.map((p) => ({
        parameter: like(p, (v) => v),
        firstMoment: zeros(p.shape),
        secondMoment: zeros(p.shape),
      }));
      for (let step = 1; step <= 5; step++) {
        const x = 0.5 + 0.1 * step, report = program.run(x);
        const slope = (p: Nd) => like(p, (v) => 2 * Math.fround(x) ** 2 * (v + Math.fround(x)));
        const slopes = state.map(({ parameter }) => slope(parameter));
        const mine = parameters.tensors.flatMap((t, i) => chosen.includes(t) ? [i] : []);
        const norm = globalNorm(mine.map((i) => slopes[i])), clip = clipCoefficient(norm, 1);
        assertClose(
          [await report.gradientNorm.item()],
          [norm],
          { relative: 1e-5, absolute: 0 },
          `norm of step ${step}`,
        );
        for (const [k, i] of mine.entries()) {
          const [name, gradient] = optimiser.gradients[k];
          assert.equal(name, parameters.entries[i][0]);
          assertClose(
            await gradient.floats(),
            slopes[i].data,
            { relative: 1e-5, absolute: 1e-6 },
            `gradient of ${name}`,
          );
          adamStep({ ...state[i], gradient: like(slopes[i], (g) => clip * g) }, { ...settings, step });
        }
      }
      const after = await valuesOf(parameters.tensors);
      after.forEach((p, i) =>
        assertClose(p, state[i].parameter, { relative: 2e-6, absolute: 1e-6 }, parameters.entries[i][0])
      );
      assert.equal(await optimiser.state.step.item(), 5);
      for (const part of [program, optimiser, parameters]) part.dispose();
    }
  },
);

testOnDevices("gaps between parameters stay zero; a parameter without influence only decays", async (_, device) => {
  const parameters = place(device), optimiser = new AdamW(device, parameters, { learningRate: 0.1, weightDecay: 0.5 });
  const program = compile(device, () => {
    optimiser.update(gradients(mean(square(parameters.get("d"))), parameters.tensors));
  });
  const before = await parameters.get("a").floats();
  for (let i = 0; i < 3; i++) program.run();
  assertClose(
    await parameters.get("a").floats(),
    before.map((v) => v * 0.95 ** 3),
    { relative: 1e-6, absolute: 0 },
    "a",
  );
  const used = new Set(
    parameters.tensors.flatMap((t) => Array.from({ length: t.size }, (_, i) => parameters.offsetOf(t) + i)),
  );
  for (const memory of [parameters.flat!, optimiser.state.first, optimiser.state.second]) {
    assert.ok((await memory.floats()).every((v, i) => used.has(i) || v === 0));
  }
  for (const part of [program, optimiser, parameters]) part.dispose();
});

testOnDevices("the learning rate can change between runs", async (_, device) => {
  const parameters = place(device), optimiser = new AdamW(device, parameters, { learningRate: 0, weightDecay: 0 });
  const c = parameters.get("c"),
    program = compile(device, () => optimiser.update(gradients(multiply(c, 2), parameters.tensors)));
  const start = await c.item();
  program.run();
  assert.equal(await c.item(), start);
  optimiser.setLearningRate(0.25);
  program.run();
  assertClose([await c.item()], [start - 0.25], { relative: 1e-5, absolute: 1e-6 }, "a step of the rate's size");
  for (const part of [program, optimiser, parameters]) part.dispose();
});

testOnDevices("AdamW: what goes wrong is named, and nothing leaks", (_, device) => {
  const before = device.liveBuffers, loose = new Parameters();
  loose.add("a", [1], () => {});
  const options = { learningRate: 0.1 };
  assert.throws(
    () => new AdamW(device, loose, options),
    /AdamW: expected parameters on a device; call parameters\.place/,
  );
  const parameters = place(device), [a, , c] = parameters.tensors;
  const message = /AdamW: expected parameters that were declared one after the other/;
  assert.throws(() => new AdamW(device, parameters, options, [a, c]), message);
  assert.throws(() => new AdamW(device, parameters, options, []), message);
  const optimiser = new AdamW(device, parameters, options);
  assert.throws(() => optimiser.update([a]), /AdamW\.update: expected 5 gradients, but found 1/);
  optimiser.dispose();
  parameters.dispose();
  assert.equal(device.liveBuffers, before);
});
