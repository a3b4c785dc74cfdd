import assert from "node:assert/strict";
import fc from "fast-check";
import { Stream } from "../../../lib/random.ts";
import { categorical } from "../../../lib/tensor/ops/categorical.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { like, type Nd, nd, randomNd, rowsOf, softmax } from "../../support/float64.ts";
import { hostArray, runMany } from "./run_op.ts";

/** Numbers in [0, 1) with 24 bits. */
function uniforms(shape: readonly number[], seed: number): Nd {
  const stream = Stream.named(seed, "tests/uniforms");
  return like(randomNd(shape, 0), () => Math.floor(stream.uniform() * 2 ** 24) / 2 ** 24);
}

/** Checks each draw against the cumulative distribution in float64, with room for rounding at its steps. */
function assertDraws(found: ArrayLike<number>, logits: Nd, u: Nd): void {
  const p = softmax(logits), { rows, width } = rowsOf(logits);
  for (let row = 0; row < rows; row++) {
    const row64 = p.data.subarray(row * width, (row + 1) * width);
    const below = row64.subarray(0, found[row]).reduce((a, b) => a + b, 0), upTo = below + row64[found[row]];
    const draw = u.data[row];
    assert.ok(row64[found[row]] > 0, `row ${row}: class ${found[row]} has no probability`);
    assert.ok(below - 2e-6 <= draw && draw <= upTo + 2e-6, `row ${row}: ${draw} is not in [${below}, ${upTo})`);
  }
}

testOnDevices("categorical inverts the cumulative distribution", async (_t, device) => {
  for (const [seed, shape] of [[1], [2, 3, 8], [500, 10], [20, 600]].entries()) {
    const logits = randomNd(shape, seed, 2), u = uniforms(shape.slice(0, -1), seed);
    const [found] = await runMany(device, (x, u) => [categorical(x, u)], [hostArray(logits), hostArray(u)]);
    assert.ok(found instanceof Int32Array);
    assertDraws(found, logits, u);
  }
});

testOnDevices("categorical at the ends of the distribution", async (_t, device) => {
  const half = -1e30,
    logits = nd([5, 4], [
      ...[half, 0, 0, half], // nothing below the first class that can be
      ...[half, 0, 0, half],
      ...[half, 0, 0, half],
      ...[0, 0, 0, 0],
      ...[half, half, half, 90],
    ]);
  const u = nd([5], [0, 0.5, 1 - 2 ** -24, 0.25, 0.9]);
  const [found] = await runMany(device, (x, u) => [categorical(x, u)], [hostArray(logits), hostArray(u)]);
  assert.deepEqual([...found], [1, 2, 2, 1, 3]);
});

testOnDevices("categorical draws each class as often as its probability says", async (_t, device) => {
  const draws = 20_000,
    logits = nd([draws, 3], Array.from({ length: 3 * draws }, (_, i) => Math.log([1, 2, 5][i % 3])));
  const u = uniforms([draws], 1);
  const [found] = await runMany(device, (x, u) => [categorical(x, u)], [hostArray(logits), hostArray(u)]);
  const counts = [0, 0, 0];
  for (const x of found) counts[x]++;
  [1, 2, 5].forEach((weight, i) => assert.ok(Math.abs(counts[i] / draws - weight / 8) < 0.012, `${counts}`)); // 3.5 σ
});

testOnDevices("categorical agrees with float64 loops for any shape", async (_t, device) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 500 }), async (rows, width) => {
      const logits = randomNd([rows, width], width, 3), u = uniforms([rows], rows);
      const [found] = await runMany(device, (x, u) => [categorical(x, u)], [hostArray(logits), hostArray(u)]);
      assertDraws(found, logits, u);
    }),
    { seed: 8, numRuns: 6 },
  );
});

testOnDevices("categorical refuses what does not fit", (_t, device) => {
  const logits = tensor(device, new Float32Array(6), [2, 3]), three = tensor(device, new Float32Array(3));
  assert.throws(
    () => categorical(logits, three),
    /categorical: expected uniform numbers \[2\] for logits \[2, 3\], but found \[3\]\n {2}called at .*categorical_test/,
  );
  for (const t of [logits, three]) t.dispose();
});
