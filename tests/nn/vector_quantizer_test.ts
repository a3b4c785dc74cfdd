import assert from "node:assert/strict";
import { Parameters, uniformIn, VectorQuantizer } from "../../lib/nn/mod.ts";
import { Stream } from "../../lib/random.ts";
import { add, compile, gradients, multiply, sum, type Tensor } from "../../lib/tensor/mod.ts";
import type { Device } from "../../lib/device/mod.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { type Nd, nd, nearestCode, randomNd, segmentSums } from "../support/float64.ts";
import { hostArray } from "../tensor/ops/run_op.ts";

const CODES = 7, DEPTH = 3, DECAY = 0.9;
const NEAR = { relative: 1e-5, absolute: 1e-6 };

function quantizer(device: Device) {
  const parameters = new Parameters();
  const layer = new VectorQuantizer(parameters, "vq", CODES, DEPTH, DECAY, uniformIn(Stream.named(2, "vq"), 1));
  parameters.place(device);
  layer.place(device);
  return { layer, dispose: () => [parameters, layer].forEach((part) => part.dispose()) };
}

/** The state in float64: codebook, EMA count, EMA sum, usage. */
interface State {
  readonly codebook: Float64Array;
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly usage: Float64Array;
}

async function stateOf(layer: VectorQuantizer): Promise<State> {
  const { count, sum, usage } = layer.state;
  const [c, n, s, u] = await Promise.all([layer.codebook, count, sum, usage].map((t) => t.floats()));
  const wide = (x: Float32Array) => Float64Array.from(x);
  return { codebook: wide(c), count: wide(n), sum: wide(s), usage: wide(u) };
}

function assertState(found: State, expected: State, what: string) {
  for (const key of ["codebook", "count", "sum", "usage"] as const) {
    assertClose(found[key], expected[key], NEAR, `${key}, ${what}`);
  }
}

/** Spec 1 §5, line by line. */
function update64(state: State, tokens: Nd): void {
  const { indices, gap } = nearestCode(tokens, nd([CODES, DEPTH], state.codebook));
  // Unused codes are exact zeros and tie exactly; other tokens must not lie between two codes.
  assert.ok(gap.every((g) => g === 0 || g > 1e-4), "choose another seed");
  const { counts, sums } = segmentSums(tokens, indices, CODES);
  let total = 0;
  for (let k = 0; k < CODES; k++) {
    state.usage[k] += counts.data[k];
    state.count[k] = DECAY * state.count[k] + (1 - DECAY) * counts.data[k];
    total += state.count[k];
  }
  for (let k = 0; k < CODES; k++) {
    state.count[k] = (state.count[k] + 1e-5) / (total + CODES * 1e-5) * total;
    for (let d = 0; d < DEPTH; d++) {
      const at = k * DEPTH + d;
      state.sum[at] = DECAY * state.sum[at] + (1 - DECAY) * sums.data[at];
      state.codebook[at] = state.sum[at] / Math.max(state.count[k], 1e-5);
    }
  }
}

testOnDevices("quantise: indices, vectors, losses and their gradients", async (_, device) => {
  const { layer, dispose } = quantizer(device), tokens = randomNd([2, 5, DEPTH], 4), dy = randomNd([2, 5, DEPTH], 5);
  const program = compile(device, (tokens: Tensor, dy: Tensor) => {
    const { indices, output, commitment, codebook, counts } = layer.quantise(tokens);
    const total = add(add(sum(multiply(output, dy)), multiply(commitment, 3)), multiply(codebook, 5));
    return { indices, output, commitment, codebook, counts, slopes: gradients(total, [tokens, layer.codebook]) };
  });
  const out = program.run(hostArray(tokens), hostArray(dy)), book = nd([CODES, DEPTH], await layer.codebook.data());
  const { indices } = nearestCode(tokens, book), count = tokens.data.length;
  assert.deepEqual([...await out.indices.data()], [...indices]);
  const vectors = tokens.data.map((_, i) => book.data[indices[Math.floor(i / DEPTH)] * DEPTH + i % DEPTH]);
  assertClose(await out.output.floats(), vectors, { relative: 0, absolute: 0 }, "vectors");
  const distance = tokens.data.reduce((sum, z, i) => sum + (z - vectors[i]) ** 2, 0) / count;
  assertClose([await out.commitment.item(), await out.codebook.item()], [distance, distance], NEAR, "losses");
  const counts = new Float64Array(CODES), slope = new Float64Array(CODES * DEPTH);
  indices.forEach((k) => counts[k]++);
  vectors.forEach((e, i) =>
    slope[indices[Math.floor(i / DEPTH)] * DEPTH + i % DEPTH] += 5 * 2 * (e - tokens.data[i]) / count
  );
  assert.deepEqual([...await out.counts.data()], [...counts]);
  // Straight through: the output's gradient reaches the tokens as it is, and the codebook not at all.
  const toTokens = tokens.data.map((z, i) => dy.data[i] + 3 * 2 * (z - vectors[i]) / count);
  assertClose(await out.slopes[0].floats(), toTokens, NEAR, "gradient of the tokens");
  assertClose(await out.slopes[1].floats(), slope, NEAR, "gradient of the codebook");
  program.dispose();
  dispose();
});

testOnDevices(
  "updateAverages: twelve updates like the plain loop, whatever the size of the batch",
  async (_, device) => {
    const { layer, dispose } = quantizer(device), state = await stateOf(layer);
    const program = compile(device, (tokens: Tensor) => layer.updateAverages(tokens, layer.quantise(tokens)));
    for (let step = 0; step < 12; step++) {
      const tokens = randomNd([step % 3 === 0 ? 9 : 16, DEPTH], 30 + step);
      program.run(hostArray(tokens));
      update64(state, tokens);
      assertState(await stateOf(layer), state, `after update ${step + 1}`);
    }
    program.dispose();
    dispose();
  },
);

testOnDevices("after the first update every unused code is the zero vector", async (_, device) => {
  const { layer, dispose } = quantizer(device);
  const program = compile(device, (tokens: Tensor) => {
    const quantised = layer.quantise(tokens);
    layer.updateAverages(tokens, quantised);
    return quantised.indices;
  });
  const used = new Set(await program.run(hostArray(randomNd([2, DEPTH], 3))).data()),
    { codebook } = await stateOf(layer);
  for (let k = 0; k < CODES; k++) {
    const vector = codebook.subarray(k * DEPTH, (k + 1) * DEPTH);
    assert.equal(vector.every((v) => v === 0), !used.has(k), `code ${k}`);
  }
  program.dispose();
  dispose();
});

testOnDevices("resetDead: dead codes in order, counts, sums, and usage cleared as told", async (_, device) => {
  const tokens = randomNd([2, 4, DEPTH], 6), pick = new Int32Array([5, 0, 7]), noise = randomNd([3, DEPTH], 7, 0.01);
  for (const clear of ["always", "ifReset"] as const) {
    for (const usage of [[0, 3, 1, 9, 0, 2, 1], [5, 5, 2, 2, 3, 3, 9]]) {
      const { layer, dispose } = quantizer(device);
      layer.state.usage.write(Float32Array.from(usage));
      const program = compile(device, (tokens: Tensor, pick: Tensor, noise: Tensor) => {
        return layer.resetDead(tokens, { pick, noise, least: 2, clear });
      });
      const state = await stateOf(layer), dead = usage.flatMap((u, k) => u < 2 ? [k] : []).slice(0, 3);
      const resets = await program.run(hostArray(tokens), pick, hostArray(noise)).item();
      for (const [j, k] of dead.entries()) {
        for (let d = 0; d < DEPTH; d++) {
          const moved = tokens.data[pick[j] * DEPTH + d] + noise.data[j * DEPTH + d];
          state.codebook[k * DEPTH + d] = state.sum[k * DEPTH + d] = moved;
        }
        state.count[k] = 1;
      }
      if (clear === "always" || dead.length > 0) state.usage.fill(0);
      assert.equal(resets, dead.length);
      assertState(await stateOf(layer), state, `${clear}, usage ${usage}`);
      program.dispose();
      dispose();
    }
  }
});

testOnDevices("initialiseFrom: the codebook starts from tokens, counts 1", async (_, device) => {
  const { layer, dispose } = quantizer(device),
    tokens = randomNd([3, 3, DEPTH], 8),
    noise = randomNd([CODES, DEPTH], 9);
  const pick = new Int32Array([8, 0, 0, 3, 2, 7, 5]);
  const program = compile(device, (t: Tensor, pick: Tensor, noise: Tensor) => layer.initialiseFrom(t, pick, noise));
  program.run(hostArray(tokens), pick, hostArray(noise));
  const start = Float64Array.from(
    { length: CODES * DEPTH },
    (_, i) => tokens.data[pick[Math.floor(i / DEPTH)] * DEPTH + i % DEPTH] + noise.data[i],
  );
  const ones = new Float64Array(CODES).fill(1);
  assertState(
    await stateOf(layer),
    { codebook: start, sum: start, count: ones, usage: new Float64Array(CODES) },
    "start",
  );
  program.dispose();
  dispose();
});

Deno.test("the state has no memory before place()", () => {
  const layer = new VectorQuantizer(new Parameters(), "vq", 2, 2, 0.9, () => {});
  assert.throws(() => layer.state, /the quantiser's state has no memory yet; call place\(device\) first/);
});
