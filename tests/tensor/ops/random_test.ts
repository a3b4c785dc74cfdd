import assert from "node:assert/strict";
import fc from "fast-check";
import { add, multiply } from "../../../lib/tensor/ops/arithmetic.ts";
import { dropout, dropoutMask, normal, RandomCounter, uniform } from "../../../lib/tensor/ops/random.ts";
import { sum } from "../../../lib/tensor/ops/reduce.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { philox4x32 } from "../../support/float64.ts";
import { runs } from "./check_op.ts";

const KEY: [number, number] = [0x12345678, 0x9abcdef0];

/** Word i of draw `draw` in run `run`. */
function wordOf(key: readonly [number, number], run: number, draw: number, i: number): number {
  const counter = [Math.floor(i / 4), draw, run % 2 ** 32, Math.floor(run / 2 ** 32)];
  return philox4x32(counter, [...key])[i % 4];
}

async function drawn(device: Device, shapes: number[][], counter: RandomCounter): Promise<Float32Array[]> {
  const program = compile(device, () => shapes.map((shape) => uniform(counter, shape)));
  const results: Tensor[] = program.run(), values = await Promise.all(results.map((t) => t.floats()));
  program.dispose();
  return values;
}

testOnDevices(
  "uniform: the words of Philox, bit for bit, for each run, draw and key (property test)",
  async (_, device) => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 }), size = fc.integer({ min: 1, max: 30 });
    // Runs at which the low word of the counter overflows.
    const run = fc.oneof(fc.nat(1000), fc.constantFrom(2 ** 32 - 1, 2 ** 32, 5 * 2 ** 32 - 1, 2 ** 31));
    await fc.assert(
      fc.asyncProperty(
        word,
        word,
        run,
        fc.array(size, { minLength: 1, maxLength: 3 }),
        async (low, high, run, sizes) => {
          const counter = new RandomCounter(device, [low, high]);
          counter.state.write(new Uint32Array([run % 2 ** 32, Math.floor(run / 2 ** 32), low, high]));
          const values = await drawn(device, sizes.map((n) => [n]), counter);
          values.forEach((list, draw) => {
            const words = Array.from(list, (_, i) => wordOf([low, high], run, draw, i));
            assert.deepEqual(Array.from(list), words.map((w) => (w >>> 8) / 2 ** 24), `draw ${draw} of run ${run}`);
          });
          const next = run + 1;
          assert.deepEqual(
            await counter.state.data(),
            new Uint32Array([next % 2 ** 32, Math.floor(next / 2 ** 32), low, high]),
          );
          counter.state.dispose();
        },
      ),
      { numRuns: runs(device, 12), seed: 21 },
    );
  },
);

testOnDevices(
  "the counter advances once per run, however often it is drawn from; a run can be repeated",
  async (_, device) => {
    const counter = new RandomCounter(device, KEY), idle = new RandomCounter(device, KEY);
    const program = compile(
      device,
      () => ({ a: uniform(counter, [5]), b: uniform(counter, [5]), c: normal(counter, [8]) }),
    );
    const read = async () => {
      const { a, b, c } = program.run();
      return await Promise.all([a, b, c].map((t) => t.floats()));
    };
    const first = await read(), second = await read();
    assert.deepEqual([...await counter.state.data()], [2, 0, ...KEY]);
    assert.notDeepEqual(first[0], first[1]);
    assert.notDeepEqual(first[0], second[0]);
    counter.state.write(new Uint32Array([1, 0, ...KEY]));
    assert.deepEqual(await read(), second);
    assert.deepEqual([...await idle.state.data()], [0, 0, ...KEY]);
    for (const part of [program, counter.state, idle.state]) part.dispose();
  },
);

testOnDevices("the shape does not matter: the first numbers of a longer draw are the same", async (_, device) => {
  const [five] = await drawn(device, [[5]], new RandomCounter(device, KEY));
  const [eight] = await drawn(device, [[2, 4]], new RandomCounter(device, KEY));
  assert.deepEqual(five, eight.slice(0, 5));
});

testOnDevices("uniform and normal have the moments and the spread of their distributions", async (_, device) => {
  const count = 200_000, counter = new RandomCounter(device, KEY);
  const program = compile(device, () => ({ u: uniform(counter, [count]), n: normal(counter, [count]) }));
  const { u, n } = program.run(), flat = await u.floats(), bell = await n.floats();
  const mean = (x: Float32Array, f: (v: number) => number) => x.reduce((sum, v) => sum + f(v), 0) / x.length;
  // Five standard errors of each estimate.
  const near = (found: number, expected: number, deviation: number, what: string) =>
    assertClose([found], [expected], { relative: 0, absolute: 5 * deviation / Math.sqrt(count) }, what);
  assert.ok(flat.every((v) => v >= 0 && v < 1) && bell.every(Number.isFinite));
  near(mean(flat, (v) => v), 0.5, 0.289, "mean of uniform");
  near(mean(flat, (v) => v * v), 1 / 3, 0.298, "second moment of uniform");
  for (let bin = 0; bin < 16; bin++) {
    near(mean(flat, (v) => Math.floor(16 * v) === bin ? 1 : 0), 1 / 16, 0.242, `bin ${bin} of uniform`);
  }
  near(mean(bell, (v) => v), 0, 1, "mean of normal");
  near(mean(bell, (v) => v * v), 1, 1.42, "variance of normal");
  near(mean(bell, (v) => v ** 3), 0, 3.88, "skewness of normal");
  near(mean(bell, (v) => v ** 4), 3, 9.8, "kurtosis of normal");
  near(mean(bell, (v) => Math.abs(v) < 1 ? 1 : 0), 0.6827, 0.466, "share within one deviation");
  near(mean(bell, (v) => Math.abs(v) > 2.5758 ? 1 : 0), 0.01, 0.0995, "share beyond 2.58 deviations");
  // Neighbours, of which two share one radius and angle, are independent.
  let lag = 0;
  for (let i = 0; i + 1 < count; i++) lag += bell[i] * bell[i + 1];
  near(lag / count, 0, 1, "correlation of neighbours");
  for (const part of [program, counter.state]) part.dispose();
});

testOnDevices("normal: Box–Muller on the words of Philox", async (_, device) => {
  const counter = new RandomCounter(device, KEY), program = compile(device, () => normal(counter, [10]));
  const values = await program.run().floats();
  const unit = (i: number) => ((wordOf(KEY, 0, 0, i) >>> 8) + 0.5) / 2 ** 24;
  const expected = Array.from(values, (_, i) => {
    const pair = i - i % 2, radius = Math.sqrt(-2 * Math.log(unit(pair))), angle = 2 * Math.PI * unit(pair + 1);
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  // WGSL promises sine and cosine to 2^-11; the devices here do much better.
  assertClose(values, expected, { relative: 2e-5, absolute: 2e-5 }, "normal");
  for (const part of [program, counter.state]) part.dispose();
});

testOnDevices(
  "dropout: zeros at the rate, the rest scaled, and the gradient through the same mask",
  async (_, device) => {
    const count = 40_000, rate = 0.3, counter = new RandomCounter(device, KEY);
    const program = compile(device, (x: Tensor) => {
      const y = dropout(x, rate, counter), [slope] = gradients(sum(y), [x]);
      return { y, slope, mask: dropoutMask(counter, [count], rate) };
    });
    const { y, slope, mask } = program.run(new Float32Array(count).fill(2));
    const values = await y.floats(), slopes = await slope.floats(), other = await mask.floats();
    const scale = Math.fround(1 / (1 - rate));
    assert.deepEqual(new Set(values), new Set([0, 2 * scale]));
    assert.deepEqual(values, slopes.map((s) => 2 * s));
    assert.notDeepEqual(slopes, other);
    const dropped = values.filter((v) => v === 0).length / count;
    assertClose(
      [dropped],
      [rate],
      { relative: 0, absolute: 5 * Math.sqrt(rate * (1 - rate) / count) },
      "share of zeros",
    );
    for (const part of [program, counter.state]) part.dispose();
  },
);

testOnDevices("dropout does nothing at rate 0 or without a counter, and refuses other rates", (_, device) => {
  const x = tensor(device, [1, 2]), counter = new RandomCounter(device, KEY);
  assert.equal(dropout(x, 0, counter), x);
  assert.equal(dropout(x, 0.5, null), x);
  for (const rate of [1, -0.1, NaN]) {
    assert.throws(
      () => dropout(x, rate, counter),
      new RangeError(`dropout: expected a rate in [0, 1), but found ${rate}`),
    );
  }
  assert.throws(() => uniform(counter, [3]), /random numbers are drawn inside a compiled function; use a Stream/);
  for (const part of [x, counter.state]) part.dispose();
});

testOnDevices("random numbers keep to their run also where they are used late", async (_, device) => {
  // The draw is fused into the last step of the program, after which the counter advances.
  const counter = new RandomCounter(device, KEY), state = tensor(device, new Float32Array(4));
  const program = compile(device, (x: Tensor) => {
    const noise = uniform(counter, [4]), total = sum(multiply(x, x));
    return add(noise, total);
  });
  const noise = Array.from({ length: 4 }, (_, i) => (wordOf(KEY, 0, 0, i) >>> 8) / 2 ** 24);
  assertClose(await program.run(new Float32Array([1, 2])).floats(), noise.map((v) => v + 5), {
    relative: 1e-6,
    absolute: 0,
  }, "sum");
  for (const part of [program, counter.state, state]) part.dispose();
});
