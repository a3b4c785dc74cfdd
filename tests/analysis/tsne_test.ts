/** t-SNE: gradients against slopes, clusters that stay clusters, and maps that do not depend on the day. */
import assert from "node:assert/strict";
import { affinities, principalComponents, tsne, TsneDescent } from "../../lib/analysis/mod.ts";
import { Stream } from "../../lib/random.ts";

const noise = (count: number, name: string) => {
  const stream = Stream.named(0, name);
  return Float64Array.from({ length: count }, () => stream.normal());
};

Deno.test("affinities: a distribution over pairs, each row with the entropy that was asked for", () => {
  const { n, joint, precision } = affinities(noise(40 * 3, "points"), 3, 9);
  assert.ok(Math.abs(joint.reduce((sum, p) => sum + 2 * p, 0) - 1) < 1e-12);
  assert.equal(joint.length, n * (n - 1) / 2);
  assert.ok(precision.every((beta) => beta > 0 && beta < 1e3));
});

Deno.test("affinities: points that coincide do not break the search", () => {
  const { joint } = affinities(new Float64Array(10 * 2).fill(3), 2, 4);
  assert.ok(joint.every((p) => Math.abs(p - 1 / 90) < 1e-12));
});

Deno.test("the gradient is the slope of the divergence", () => {
  const near = affinities(noise(12 * 4, "points"), 4, 4), places = noise(24, "places").map((x) => 0.3 * x);
  const divergenceAt = (i: number, step: number) => {
    const moved = places.slice();
    moved[i] += step;
    return new TsneDescent(near, moved, 1).evaluate(1).divergence;
  };
  const { gradient } = new TsneDescent(near, places.slice(), 1).evaluate(1), h = 1e-5;
  for (let i = 0; i < places.length; i++) {
    const slope = (divergenceAt(i, h) - divergenceAt(i, -h)) / (2 * h);
    assert.ok(Math.abs(slope - gradient[i]) < 1e-7, `${i}: ${gradient[i]} against ${slope}`);
  }
});

Deno.test("a point that occurs often can be given once: the same affinities, slopes and divergence", () => {
  const distinct = noise(8 * 3, "points"), counts = [1, 4, 2, 1, 7, 3, 1, 2], places = noise(16, "places");
  const which = counts.flatMap((count, i) => new Array<number>(count).fill(i)), n = which.length;
  const copied = (values: Float64Array, width: number) =>
    Float64Array.from({ length: n * width }, (_, at) => values[which[Math.floor(at / width)] * width + at % width]);
  const few = affinities(distinct, 3, 6, counts), many = affinities(copied(distinct, 3), 3, 6);
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} against ${b}`);
  for (let i = 0, at = 0; i < n; i++) {
    close(few.precision[which[i]], many.precision[i]);
    for (let j = i + 1; j < n; j++, at++) {
      const [a, b] = [which[i], which[j]];
      const p = a === b ? few.own[a] : few.joint[a * 8 - a * (a + 1) / 2 + b - a - 1];
      close(p, many.joint[at]);
    }
  }
  const one = new TsneDescent(few, places.slice(), 1).evaluate(12);
  const all = new TsneDescent(many, copied(places, 2), 1).evaluate(12);
  close(one.divergence, all.divergence);
  close(one.gradientNorm, all.gradientNorm);
  for (let i = 0; i < n; i++) {
    for (const axis of [0, 1]) close(one.gradient[2 * which[i] + axis], all.gradient[2 * i + axis]);
  }
  // Whole maps agree too, before rounding drives the copies apart.
  const slow = { learningRate: 0.5, iterations: 60 };
  const map = tsne(distinct, 3, { counts, ...slow }), copies = tsne(copied(distinct, 3), 3, slow);
  const far = Math.max(...map.places.map(Math.abs));
  for (let i = 0; i < n; i++) {
    for (const axis of [0, 1]) {
      const [a, b] = [map.places[2 * which[i] + axis], copies.places[2 * i + axis]];
      assert.ok(Math.abs(a - b) < 1e-6 * far, `${a} against ${b}`);
    }
  }
});

Deno.test("three far groups become three clusters, the same ones every time", () => {
  const group = (i: number) => i % 3, n = 90, spread = noise(n * 5, "spread");
  const points = spread.map((x, at) => x + 20 * Number(group(Math.floor(at / 5)) === at % 5));
  const { places, divergence, iterations } = tsne(points, 5);
  assert.ok(divergence > 0 && divergence < 1 && iterations <= 1000);
  const distance = (i: number, j: number) =>
    Math.hypot(places[2 * i] - places[2 * j], places[2 * i + 1] - places[2 * j + 1]);
  for (let i = 0; i < n; i++) {
    const order = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i).sort((a, b) =>
      distance(i, a) - distance(i, b)
    );
    assert.ok(order.slice(0, 20).every((j) => group(j) === group(i)), `point ${i} is among its own`);
  }
  assert.deepEqual(tsne(points, 5).places, places);
});

Deno.test("principal components: the long axis first, signs settled", () => {
  const along = noise(200, "along"), across = noise(200, "across");
  const points = Float64Array.from({ length: 400 }, (_, at) => {
    const i = at >> 1;
    return at % 2 === 0 ? 3 * along[i] - across[i] : 3 * along[i] + across[i];
  });
  const found = principalComponents(points, 2, 2),
    variance = (axis: number) => found.filter((_, at) => at % 2 === axis).reduce((sum, x) => sum + x * x, 0) / 200;
  assert.ok(variance(0) > 14 && variance(1) < 3, `${variance(0)}, ${variance(1)}`);
  const mean = along.reduce((a, b) => a + b, 0) / 200;
  const agree = along.reduce((sum, x, i) => sum + (x - mean) * found[2 * i], 0);
  assert.ok(agree > 0);
});

Deno.test("what does not fit is named", () => {
  assert.throws(() => tsne([1, 2, 3, 4], 2), /at least 3 points of width 2 but found 4 numbers/);
  assert.throws(() => tsne(noise(20, "x"), 2, { perplexity: 10 }), /perplexity between 0 and 10 but found 10/);
  assert.throws(
    () => tsne(noise(20, "x"), 2, { counts: [1, 2] }),
    /expected 10 counts, whole numbers from 1, but found 2/,
  );
  assert.throws(() => new TsneDescent(affinities(noise(20, "x"), 2, 3), new Float64Array(4), 1), /expected 10 places/);
});
