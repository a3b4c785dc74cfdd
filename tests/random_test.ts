import assert from "node:assert/strict";
import fc from "fast-check";
import { Stream, type StreamState } from "../lib/random.ts";

const ONE_TO_FOUR: StreamState = { algorithm: "xoshiro128**", words: [1, 2, 3, 4], spareNormal: null };

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

// Reference values from a separate implementation in Python integers (MurmurHash3 checked against its known values).

Deno.test("xoshiro128** gives the reference numbers for the state 1, 2, 3, 4", () => {
  const stream = Stream.restore(ONE_TO_FOUR);
  const expected = [
    11520,
    0,
    5927040,
    70819200,
    2031721883,
    1637235492,
    1287239034,
    3734860849,
    3729100597,
    4258142804,
  ];
  assert.deepEqual(draw(10, () => stream.uint32()), expected);
});

Deno.test("a named stream starts from the reference state and gives the reference numbers", () => {
  const cases: [number, string, number[], number[], number][] = [
    [
      0,
      "data/2048",
      [2924890176, 1116892512, 4237597883, 3315120759],
      [3734827350, 407904488, 1181341677, 1197622028],
      0.8183004993200488,
    ],
    [
      -Number.MAX_SAFE_INTEGER,
      "é/x",
      [2153312298, 4123954037, 1185491672, 139585902],
      [2806107158, 279600512, 1323400148, 938930261],
      0.055715753997193085,
    ],
    [
      42,
      "",
      [1961203193, 3228577437, 1621409267, 824643805],
      [3692613609, 1326728738, 2320280334, 3488710467],
      0.11859519552725484,
    ],
  ];
  for (const [seed, name, words, numbers, uniform] of cases) {
    const stream = Stream.named(seed, name);
    assert.deepEqual(stream.state(), { algorithm: "xoshiro128**", words, spareNormal: null });
    assert.deepEqual(draw(4, () => stream.uint32()), numbers);
    assert.equal(stream.uniform(), uniform);
  }
});

Deno.test("normal gives the reference pair", () => {
  const stream = Stream.restore(ONE_TO_FOUR);
  assert.ok(Math.abs(stream.normal() - -0.2538675352120381) < 1e-15);
  assert.ok(Math.abs(stream.normal() - -1.886530940920462) < 1e-15);
});

Deno.test("other seeds and other names give other numbers", () => {
  const firsts = new Set<string>();
  for (let seed = -50; seed < 50; seed++) {
    for (const name of ["a", "b", "1/a", "data/train", "data/test"]) {
      const stream = Stream.named(seed, name);
      firsts.add(draw(4, () => stream.uint32()).join());
    }
  }
  assert.equal(firsts.size, 500);
  assert.deepEqual(Stream.named(-0, "x").state(), Stream.named(0, "x").state());
});

Deno.test("a stored stream continues bit for bit, also in the middle of a pair of normal numbers", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.string(), fc.nat(7), fc.nat(3), (seed, name, uniforms, normals) => {
      const stream = Stream.named(seed, name);
      draw(uniforms, () => stream.uniform());
      draw(normals, () => stream.normal());
      const copy = Stream.restore(JSON.parse(JSON.stringify(stream.state())));
      const show = (s: Stream) => [...draw(3, () => s.normal()), s.uniform(), s.uint32(), s.below(10)];
      assert.deepEqual(show(copy), show(stream));
      assert.deepEqual(copy.state(), stream.state());
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("a state that is no state is refused by field", () => {
  const cases: [unknown, RegExp][] = [
    [null, /expected an object but found null/],
    [{ ...ONE_TO_FOUR, algorithm: "pcg" }, /"algorithm": expected "xoshiro128\*\*" but found "pcg"/],
    [{ ...ONE_TO_FOUR, words: [1, 2, 3] }, /"words": expected four integers/],
    [{ ...ONE_TO_FOUR, words: [0, 0, 0, 0] }, /"words": expected four integers/],
    [{ ...ONE_TO_FOUR, words: [1, 2, 3, 2 ** 32] }, /"words": expected four integers/],
    [{ ...ONE_TO_FOUR, words: [1, 2, 3, 0.5] }, /"words": expected four integers/],
    [{ ...ONE_TO_FOUR, spareNormal: "1" }, /"spareNormal": expected a number or null/],
  ];
  for (const [state, message] of cases) assert.throws(() => Stream.restore(state as StreamState), message);
  assert.throws(() => Stream.named(0.5, "x"), /expected an integer seed .* but found 0.5/);
});

Deno.test("uniform: mean, variance and range of 200,000 numbers", () => {
  const stream = Stream.named(7, "uniform");
  const numbers = draw(200_000, () => stream.uniform());
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length;
  // Five standard errors: sqrt(1/12/n) = 6.5e-4 and sqrt(1/180/n) = 1.7e-4.
  assert.ok(Math.abs(mean - 0.5) < 3.3e-3, `mean ${mean}`);
  assert.ok(Math.abs(variance - 1 / 12) < 8.4e-4, `variance ${variance}`);
  assert.ok(numbers.every((x) => x >= 0 && x < 1));
});

Deno.test("normal: moments and tails of 200,000 numbers", () => {
  const stream = Stream.named(7, "normal");
  const numbers = draw(200_000, () => stream.normal()), n = numbers.length;
  const moment = (power: number) => numbers.reduce((sum, x) => sum + x ** power, 0) / n;
  // Five standard errors each: the variances of x, x², x³, x⁴ are 1, 2, 15, 96.
  assert.ok(Math.abs(moment(1)) < 5 * Math.sqrt(1 / n));
  assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / n));
  assert.ok(Math.abs(moment(3)) < 5 * Math.sqrt(15 / n));
  assert.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / n));
  const beyond = numbers.filter((x) => Math.abs(x) > 1.959964).length / n;
  assert.ok(Math.abs(beyond - 0.05) < 5 * Math.sqrt(0.05 * 0.95 / n), `share beyond 1.96: ${beyond}`);
});

Deno.test("below: every value equally often (chi-squared), bounds checked", () => {
  const stream = Stream.named(3, "below");
  for (const n of [2, 3, 7, 10, 100]) {
    const counts = new Array(n).fill(0), total = 2000 * n;
    for (let i = 0; i < total; i++) counts[stream.below(n)]++;
    const chi = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    assert.ok(chi < (n - 1) + 5 * Math.sqrt(2 * (n - 1)) + 10, `n = ${n}: chi-squared ${chi}`);
  }
  // Just above 2^31 a plain remainder would give the low half twice as often.
  const n = 2 ** 31 + 1, low = draw(4000, () => stream.below(n)).filter((x) => x < n / 2).length;
  assert.ok(Math.abs(low - 2000) < 160, `${low} of 4000 in the low half`);
  assert.equal(stream.below(1), 0);
  assert.ok(stream.below(2 ** 32) < 2 ** 32);
  for (const bad of [0, -1, 1.5, NaN, 2 ** 32 + 1]) assert.throws(() => stream.below(bad), /integer from 1 to 2\^32/);
});

Deno.test("shuffle: a permutation, each of the 24 orders of four equally often", () => {
  const stream = Stream.named(3, "shuffle"), counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = stream.shuffle([0, 1, 2, 3]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 160, `${count}`);
  const array = Uint8Array.of(5, 6, 7);
  assert.equal(stream.shuffle(array), array);
  assert.deepEqual(Array.from(array).sort(), [5, 6, 7]);
});

Deno.test("categorical: shares follow the weights, weight 0 never comes, bad weights are refused", () => {
  const stream = Stream.named(3, "categorical"), counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) counts[stream.categorical([0, 1, 0, 3, 0])]++;
  assert.deepEqual([counts[0], counts[2], counts[4]], [0, 0, 0]);
  assert.ok(Math.abs(counts[1] - 5000) < 310, `${counts[1]}`);
  assert.equal(stream.categorical(Float32Array.of(0, 2)), 1);
  assert.throws(() => stream.categorical([0, 0]), /positive, finite sum but found 0/);
  assert.throws(() => stream.categorical([]), /positive, finite sum/);
  assert.throws(() => stream.categorical([1, -1]), /weights >= 0 but found -1 at index 1/);
  assert.throws(() => stream.categorical([NaN]), /found NaN at index 0/);
});

Deno.test("fillNormal and fillUniform fill the whole array with the wanted distribution", () => {
  const stream = Stream.named(3, "fill"), n = 50_000;
  const normal = stream.fillNormal(new Float32Array(n), 2, 0.5);
  const mean = normal.reduce((a, b) => a + b) / n;
  const variance = normal.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  assert.ok(Math.abs(mean - 2) < 5 * 0.5 / Math.sqrt(n), `mean ${mean}`);
  assert.ok(Math.abs(variance - 0.25) < 5 * 0.25 * Math.sqrt(2 / n), `variance ${variance}`);
  const uniform = stream.fillUniform(new Float32Array(n), -3, 1);
  assert.ok(uniform.every((x) => x >= -3 && x < 1));
  assert.ok(Math.abs(uniform.reduce((a, b) => a + b) / n + 1) < 5 * 4 / Math.sqrt(12 * n));
  // Between 1000 and its next float32 every sum rounds to an end; the upper one must not come.
  const narrow = stream.fillUniform(new Float32Array(1000), 1000, 1000 + 2 ** -14);
  assert.ok(narrow.every((x) => x === 1000));
});
