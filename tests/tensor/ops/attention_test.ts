import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../../lib/device/mod.ts";
import { attention, attentionPacked } from "../../../lib/tensor/ops/attention.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import {
  attention as attention64,
  attentionGradient,
  like,
  type Nd,
  nd,
  randomIndices,
  randomNd,
  zeros,
} from "../../support/float64.ts";
import { tf, tfjsGradients, tfjsValue } from "../../support/tfjs.ts";
import { runOp, variants } from "./run_op.ts";

const TOLERANCE = { relative: 2e-5, absolute: 1e-5 };

interface Case {
  readonly b: number;
  readonly n: number;
  readonly m: number;
  readonly heads: number;
  readonly width: number;
  readonly causal?: boolean;
}

function inputs({ b, n, m, heads, width }: Case, seed: number): { q: Nd; k: Nd; v: Nd; dy: Nd } {
  const d = heads * width, x = (rows: number, at: number) => randomNd([b, rows, d], 10 * seed + at);
  return { q: x(n, 0), k: x(m, 1), v: x(m, 2), dy: x(n, 3) };
}

/**
 * A software adapter takes seconds to compile the kernels that hold several rows, which the CPU device compiles at once from
 * the same text: there, most tests use the kernels of a GPU only.
 */
function quick(device: Device): { name: string; device: Device }[] {
  return variants(device).slice(-1);
}

async function check(device: Device, c: Case, seed: number, what: string): Promise<void> {
  const { q, k, v, dy } = inputs(c, seed);
  const { value, gradients } = await runOp(device, (q, k, v) => attention(q, k, v, c), [q, k, v], dy);
  const expected = attentionGradient(q, k, v, dy, c), label = `${what} ${JSON.stringify(c)}`;
  assertClose(value, attention64(q, k, v, c), TOLERANCE, `value ${label}`);
  assertClose(gradients[0], expected.q, TOLERANCE, `dq ${label}`);
  assertClose(gradients[1], expected.k, TOLERANCE, `dk ${label}`);
  assertClose(gradients[2], expected.v, TOLERANCE, `dv ${label}`);
}

testOnDevices("attention and its gradients agree with float64 loops", async (_t, device) => {
  const cases: Case[] = [
    { b: 2, n: 16, m: 16, heads: 4, width: 8 },
    { b: 1, n: 5, m: 7, heads: 2, width: 3 },
    { b: 2, n: 1, m: 1, heads: 1, width: 4 },
    { b: 1, n: 37, m: 37, heads: 2, width: 4, causal: true },
    { b: 1, n: 33, m: 70, heads: 1, width: 16 },
  ];
  for (const variant of quick(device)) {
    for (const [seed, c] of cases.entries()) await check(variant.device, c, seed, variant.name);
  }
});

testOnDevices("attention with several rows in registers agrees with float64 loops", async (_t, device) => {
  await check(device, { b: 1, n: 7, m: 9, heads: 2, width: 4 }, 20, "four rows"); // one vector per row
  await check(device, { b: 1, n: 3, m: 5, heads: 1, width: 3 }, 21, "two rows"); // three numbers per row
});

testOnDevices("a bias on the keys, which attention ignores, gets next to no gradient", async (_t, device) => {
  const { q, k, v, dy } = inputs({ b: 16, n: 16, m: 16, heads: 2, width: 4 }, 30);
  const { gradients } = await runOp(
    quick(device)[0].device,
    (q, k, v) => attention(q, k, v, { heads: 2 }),
    [q, k, like(v, (x) => Math.fround(x + 3))],
    dy,
  );
  for (let channel = 0; channel < 8; channel++) {
    const slopes = gradients[1].data.filter((_, i) => i % 8 === channel);
    const sum = slopes.reduce((a, b) => a + b, 0), size = slopes.reduce((a, b) => a + Math.abs(b), 0);
    assert.ok(Math.abs(sum) < 1e-7 * size, `channel ${channel}: ${sum} of ${size}`);
  }
});

/** The same loops with a factor on each probability: m [B, heads, N, M]. */
function masked64(q: Nd, k: Nd, v: Nd, mask: Nd, heads: number): Nd {
  const [b, n, d] = q.shape, m = k.shape[1], width = d / heads, out = zeros(q.shape);
  for (let row = 0; row < b * heads * n; row++) {
    const i = row % n, head = Math.floor(row / n) % heads, picture = Math.floor(row / n / heads);
    const at = (x: number, rows: number) => (picture * rows + x) * d + head * width;
    const scores = Array.from({ length: m }, (_, j) => {
      let dot = 0;
      for (let c = 0; c < width; c++) dot += q.data[at(i, n) + c] * k.data[at(j, m) + c];
      return Math.exp(dot / Math.sqrt(width));
    });
    const sum = scores.reduce((a, b) => a + b, 0);
    scores.forEach((score, j) => {
      for (let c = 0; c < width; c++) {
        out.data[at(i, n) + c] += score / sum * mask.data[row * m + j] * v.data[at(j, m) + c];
      }
    });
  }
  return out;
}

testOnDevices("the gradients of attention with dropout are its slopes", async (_t, device) => {
  for (const variant of quick(device)) {
    const { q, k, v, dy } = inputs({ b: 2, n: 3, m: 5, heads: 2, width: 2 }, 9);
    const drawn = randomIndices(2 * 2 * 3 * 5, 4, 1), mask = nd([2, 2, 3, 5], drawn.map((x) => x === 0 ? 0 : 1)); // rate 1/4
    const scaled = like(mask, (x) => x * Math.fround(4 / 3));
    const loss = (q: Nd, k: Nd, v: Nd) => masked64(q, k, v, scaled, 2).data.reduce((s, y, i) => s + y * dy.data[i], 0);
    const { value, gradients } = await runOp(
      variant.device,
      (q, k, v, mask) => attention(q, k, v, { heads: 2, dropout: { mask } }),
      [q, k, v, scaled],
      dy,
    );
    assertClose(value, masked64(q, k, v, scaled, 2), TOLERANCE, `value ${variant.name}`);
    const slope = (x: Nd, f: (moved: Nd) => number) => finiteDifference((data) => f({ shape: x.shape, data }), x.data);
    assertClose(gradients[0].data, slope(q, (x) => loss(x, k, v)), TOLERANCE, `dq ${variant.name}`);
    assertClose(gradients[1].data, slope(k, (x) => loss(q, x, v)), TOLERANCE, `dk ${variant.name}`);
    assertClose(gradients[2].data, slope(v, (x) => loss(q, k, x)), TOLERANCE, `dv ${variant.name}`);
  }
});

/** Columns [from, to) of the last axis. */
function columns(x: Nd, from: number, to: number): Nd {
  const width = x.shape.at(-1)!, rows = x.data.length / width;
  const data = Array.from({ length: rows }, (_, row) => [...x.data.subarray(row * width + from, row * width + to)]);
  return nd([...x.shape.slice(0, -1), to - from], data.flat());
}

testOnDevices("attentionPacked reads and writes q, k and v side by side", async (_t, device) => {
  for (const variant of quick(device)) {
    for (const [d, heads, causal] of [[16, 4, false], [6, 2, true]] as const) {
      const qkv = randomNd([3, 9, 3 * d], d), dy = randomNd([3, 9, d], d + 1);
      const { value, gradients } = await runOp(variant.device, (x) => attentionPacked(x, { heads, causal }), [qkv], dy);
      const [q, k, v] = [0, 1, 2].map((part) => columns(qkv, part * d, (part + 1) * d));
      const expected = attentionGradient(q, k, v, dy, { heads, causal });
      assertClose(value, attention64(q, k, v, { heads, causal }), TOLERANCE, `value ${variant.name} ${d}`);
      [expected.q, expected.k, expected.v].forEach((part, i) =>
        assertClose(columns(gradients[0], i * d, (i + 1) * d), part, TOLERANCE, `gradient ${i} ${variant.name} ${d}`)
      );
    }
  }
});

testOnDevices("packed attention takes dropout", async (_t, device) => {
  const qkv = randomNd([2, 6, 12], 5), dy = randomNd([2, 6, 4], 6), mask = like(zeros([2, 2, 6, 6]), (_, i) => i % 3);
  const reference = (qkv: Nd) => {
    const [q, k, v] = [0, 4, 8].map((from) => columns(qkv, from, from + 4));
    return masked64(q, k, v, mask, 2);
  };
  const { value, gradients } = await runOp(
    quick(device)[0].device,
    (x, mask) => attentionPacked(x, { heads: 2, dropout: { mask } }),
    [qkv, mask],
    dy,
  );
  assertClose(value, reference(qkv), TOLERANCE, "value");
  const loss = (data: Float64Array) =>
    reference({ shape: qkv.shape, data }).data.reduce((s, y, i) => s + y * dy.data[i], 0);
  assertClose(gradients[0].data, finiteDifference(loss, qkv.data), TOLERANCE, "gradient");
});

testOnDevices("grouped queries share key and value heads", async (_t, device) => {
  const heads = 6,
    keyHeads = 2,
    width = 4,
    q = randomNd([2, 5, heads * width], 1),
    dy = randomNd([2, 5, heads * width], 2);
  const [k, v] = [3, 4].map((seed) => randomNd([2, 5, keyHeads * width], seed));
  const spread = (x: Nd) => nd(q.shape, q.data.map((_, i) => x.data[shared(i)]));
  /** The element of a key tensor that stands at element i of the spread one. */
  const shared = (i: number) => {
    const channel = i % (heads * width), row = (i - channel) / (heads * width);
    return row * keyHeads * width + Math.floor(channel / width / (heads / keyHeads)) * width + channel % width;
  };
  const gathered = (x: Nd) => {
    const out = zeros(k.shape);
    x.data.forEach((value, i) => out.data[shared(i)] += value);
    return out;
  };
  const expected = attentionGradient(q, spread(k), spread(v), dy, { heads, causal: true });
  for (const variant of quick(device)) {
    const { value, gradients } = await runOp(
      variant.device,
      (q, k, v) => attention(q, k, v, { heads, keyHeads, causal: true }),
      [q, k, v],
      dy,
    );
    assertClose(value, attention64(q, spread(k), spread(v), { heads, causal: true }), TOLERANCE, "value");
    assertClose(gradients[0], expected.q, TOLERANCE, "dq");
    assertClose(gradients[1], gathered(expected.k), TOLERANCE, "dk");
    assertClose(gradients[2], gathered(expected.v), TOLERANCE, "dv");
  }
});

testOnDevices("causal attention of the last queries is the end of that of all", async (_t, device) => {
  const { q, k, v, dy } = inputs({ b: 1, n: 11, m: 11, heads: 2, width: 2 }, 4);
  const end = (x: Nd) => nd([1, 3, 4], x.data.slice(8 * 4));
  for (const variant of quick(device)) {
    const run = async (q: Nd, dy: Nd) =>
      await runOp(variant.device, (q, k, v) => attention(q, k, v, { heads: 2, causal: true }), [q, k, v], dy);
    const all = await run(q, like(dy, (g, i) => i < 32 ? 0 : g)), last = await run(end(q), end(dy));
    assertClose(last.value, end(all.value), { relative: 1e-6, absolute: 1e-6 }, "value");
    assertClose(last.gradients[0], end(all.gradients[0]), { relative: 1e-5, absolute: 1e-6 }, "dq");
    assertClose(last.gradients[1], all.gradients[1], { relative: 1e-5, absolute: 1e-6 }, "dk");
    assertClose(last.gradients[2], all.gradients[2], { relative: 1e-5, absolute: 1e-6 }, "dv");
  }
});

testOnDevices("attention agrees with tfjs and stays finite for large scores", async (_t, device) => {
  const { q, k, v, dy } = inputs({ b: 2, n: 4, m: 6, heads: 1, width: 3 }, 7);
  const witness = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
    tf.matMul(tf.softmax(tf.matMul(q, k, false, true).div(Math.sqrt(3))), v);
  const run = async (q: Nd) =>
    await runOp(quick(device)[0].device, (q, k, v) => attention(q, k, v, { heads: 1 }), [q, k, v], dy);
  const { value, gradients } = await run(q);
  assertClose(value, tfjsValue(witness as (...x: tf.Tensor[]) => tf.Tensor, [q, k, v]), TOLERANCE, "value");
  tfjsGradients(witness as (...x: tf.Tensor[]) => tf.Tensor, [q, k, v], dy)
    .forEach((g, i) => assertClose(gradients[i], g, TOLERANCE, `gradient ${i}`));
  const large = await run(like(q, (x) => 1e4 * x));
  assertClose(large.value, attention64(like(q, (x) => 1e4 * x), k, v, { heads: 1 }), TOLERANCE, "large scores");
  assert.ok(large.gradients.every((g) => g.data.every(Number.isFinite)));
});

testOnDevices("attention agrees with float64 loops for any shape", async (_t, device) => {
  const shape = fc.record({
    b: fc.integer({ min: 1, max: 3 }),
    n: fc.integer({ min: 1, max: 24 }),
    extra: fc.integer({ min: 0, max: 9 }),
    heads: fc.integer({ min: 1, max: 3 }),
    width: fc.constantFrom(1, 2, 4, 5),
    causal: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ extra, ...c }) => {
      // The float64 loops align causal sequences at their beginnings, which is the same for equal lengths.
      const m = c.causal ? c.n : c.n + extra;
      for (const variant of quick(device)) await check(variant.device, { ...c, m }, c.n, variant.name);
    }),
    { seed: 4, numRuns: 3 },
  );
});

testOnDevices("attention refuses what does not fit", (_t, device) => {
  const x = (...shape: number[]) => tensor(device, new Float32Array(shape.reduce((a, b) => a * b)), shape);
  const q = x(2, 3, 8), short = x(2, 2, 8), narrow = x(2, 3, 4), packed = x(2, 3, 24), mask = x(2, 2, 3, 2);
  assert.throws(
    () => attention(q, q, q, { heads: 3 }),
    /attention: expected \[B, N, D\] with D a multiple of 3 heads, but found \[2, 3, 8\]\n {2}called at .*attention_test/,
  );
  assert.throws(
    () => attention(q, narrow, q, { heads: 2 }),
    /expected key and value \[2, M, 8\] .* found \[2, 3, 4\] and/,
  );
  assert.throws(() => attention(q, q, q, { heads: 4, keyHeads: 3 }), /divides 4 heads, but found 3/);
  assert.throws(() => attention(q, short, short, { heads: 2, causal: true }), /found 2 keys and 3 queries/);
  assert.throws(
    () => attention(q, q, q, { heads: 2, dropout: { mask } }),
    /expected a dropout mask \[2, 2, 3, 3\], but found \[2, 2, 3, 2\]/,
  );
  assert.throws(
    () => attentionPacked(packed, { heads: 3 }),
    /attentionPacked: expected \[B, N, 3·D\] with D a multiple of 3 heads, but found \[2, 3, 24\]/,
  );
  for (const t of [q, short, narrow, packed, mask]) t.dispose();
});
