import assert from "node:assert/strict";
import {
  Conv2d,
  ConvTranspose2d,
  Embedding,
  LayerNorm,
  Linear,
  normalWith,
  Parameters,
  TransformerBlock,
} from "../../lib/nn/mod.ts";
import { Stream } from "../../lib/random.ts";
import { compile, gradients, multiply, RandomCounter, sum, type Tensor } from "../../lib/tensor/mod.ts";
import type { Device } from "../../lib/device/mod.ts";
import { assertClose, finiteDifference } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import {
  activate,
  attention,
  binary,
  conv2d,
  convTranspose2d,
  embedding,
  layerNorm,
  matmul,
  type Nd,
  nd,
  randomNd,
} from "../support/float64.ts";
import { share } from "../tensor/ops/check_op.ts";
import { hostArray } from "../tensor/ops/run_op.ts";
import { window64 } from "../tensor/ops/movement64.ts";

type Layer = { apply(x: Tensor): Tensor };

/**
 * Builds a layer, replaces its parameters by random numbers, and holds value and all gradients against `reference`, a float64
 * function of the input and the parameters by name.
 */
async function checkLayer(
  device: Device,
  what: string,
  build: (parameters: Parameters, stream: Stream) => Layer,
  reference: (x: Nd, p: Readonly<Record<string, Nd>>) => Nd,
  x: Nd,
  names: Readonly<Record<string, number[]>>,
) {
  const parameters = new Parameters(), layer = build(parameters, Stream.named(1, what));
  assert.deepEqual(Object.fromEntries(parameters.entries.map(([name, { shape }]) => [name, shape])), names);
  parameters.place(device);
  const values = Object.fromEntries(parameters.entries.map(([name, t], i) => {
    const value = randomNd(t.shape, 50 + i, 0.5);
    t.write(Float32Array.from(value.data));
    return [name, value];
  }));
  const expected = reference(x, values), dy = randomNd(expected.shape, 7);
  const program = compile(device, (x: Tensor, dy: Tensor) => {
    const y = layer.apply(x), wanted = [x, ...parameters.tensors];
    return { y, slopes: gradients(sum(multiply(y, dy)), wanted) };
  });
  const { y, slopes } = program.run(hostArray(x), hostArray(dy));
  assertClose(nd(y.shape, await y.data()), expected, { relative: 1e-5, absolute: 1e-5 }, what);
  const loss = (x: Nd, p: Readonly<Record<string, Nd>>) =>
    reference(x, p).data.reduce((t, v, i) => t + v * dy.data[i], 0);
  for (const [i, [name, value]] of ([["x", x], ...Object.entries(values)] as [string, Nd][]).entries()) {
    const at = Array.from({ length: Math.min(12, value.data.length) }, (_, k) => (k * 37) % value.data.length);
    const measured = finiteDifference(
      (data) => {
        const moved = { shape: value.shape, data };
        return name === "x" ? loss(moved, values) : loss(x, { ...values, [name]: moved });
      },
      value.data,
      at,
    );
    const found = await slopes[i].floats();
    const near = { relative: 1e-4, absolute: 1e-4 };
    assertClose(at.map((k) => found[k]), measured, near, `gradient of ${name} of ${what}`);
  }
  program.dispose();
  parameters.dispose();
}

testOnDevices("Linear, LayerNorm, Conv2d and ConvTranspose2d: names, values and gradients", async (_, device) => {
  await checkLayer(
    device,
    "linear",
    (p, stream) => new Linear(p, "fc", 5, 3, stream),
    (x, p) => matmul(x, p["fc.weight"], { bias: p["fc.bias"] }),
    randomNd([2, 3, 5], 1),
    { "fc.weight": [5, 3], "fc.bias": [3] },
  );
  await checkLayer(
    device,
    "layer norm",
    (p) => new LayerNorm(p, "ln", 6),
    (x, p) => layerNorm(x, p["ln.weight"], p["ln.bias"]),
    randomNd([4, 6], 2),
    { "ln.weight": [6], "ln.bias": [6] },
  );
  const window = { kernel: 4, stride: 2, padding: 1 };
  await checkLayer(
    device,
    "convolution",
    (p, stream) => {
      const layer = new Conv2d(p, "conv", 3, 5, window, stream);
      return { apply: (x) => layer.apply(x, "tanh") };
    },
    (x, p) => conv2d(x, p["conv.weight"], { ...window, bias: p["conv.bias"], activation: "tanh" }),
    randomNd([2, 6, 6, 3], 3),
    { "conv.weight": [4, 4, 3, 5], "conv.bias": [5] },
  );
  await checkLayer(
    device,
    "convolution without a bias",
    (p, stream) => new Conv2d(p, "conv", 3, 5, window, stream, { bias: false }),
    (x, p) => conv2d(x, p["conv.weight"], window),
    randomNd([2, 6, 6, 3], 3),
    { "conv.weight": [4, 4, 3, 5] },
  );
  await checkLayer(
    device,
    "transposed convolution",
    (p, stream) => new ConvTranspose2d(p, "up", 4, 3, window, stream),
    (x, p) => convTranspose2d(x, p["up.weight"], { ...window, bias: p["up.bias"] }),
    randomNd([2, 3, 3, 4], 4),
    { "up.weight": [4, 4, 3, 4], "up.bias": [3] },
  );
});

testOnDevices("Embedding: rows by index", async (_, device) => {
  const parameters = new Parameters(),
    layer = new Embedding(parameters, "e", 4, 3, normalWith(Stream.named(1, "e"), 1));
  parameters.place(device);
  const program = compile(device, (index: Tensor) => layer.apply(index)), index = new Int32Array([3, 0, 3, 1]);
  const found = program.run({ data: index, shape: [2, 2] }), table = nd([4, 3], await layer.weight.data());
  assert.deepEqual(found.shape, [2, 2, 3]);
  assert.deepEqual([...await found.data()], [...embedding(table, index).data]);
  program.dispose();
  parameters.dispose();
});

const plus = (a: Nd, b: Nd) => binary(a, b, (a, b) => a + b);

/** The block of spec 1 §3 in float64. */
function block64(x: Nd, p: Readonly<Record<string, Nd>>, heads: number, causal: boolean): Nd {
  const width = x.shape[2],
    linear = (x: Nd, name: string) => matmul(x, p[`b.${name}.weight`], { bias: p[`b.${name}.bias`] });
  const norm = (x: Nd, name: string) => layerNorm(x, p[`b.${name}.weight`], p[`b.${name}.bias`]);
  const packed = linear(norm(x, "ln1"), "attn.in_proj");
  const [q, k, v] = [0, 1, 2].map((i) => window64(packed, 2, i * width, (i + 1) * width));
  const attended = plus(x, linear(attention(q, k, v, { heads, causal }), "attn.out_proj"));
  return plus(attended, linear(activate(linear(norm(attended, "ln2"), "ff.0"), "gelu"), "ff.2"));
}

const BLOCK_NAMES = {
  "b.attn.in_proj.weight": [8, 24],
  "b.attn.in_proj.bias": [24],
  "b.attn.out_proj.weight": [8, 8],
  "b.attn.out_proj.bias": [8],
  "b.ln1.weight": [8],
  "b.ln1.bias": [8],
  "b.ln2.weight": [8],
  "b.ln2.bias": [8],
  "b.ff.0.weight": [8, 32],
  "b.ff.0.bias": [32],
  "b.ff.2.weight": [32, 8],
  "b.ff.2.bias": [8],
};

testOnDevices("TransformerBlock: names, values and gradients against float64, causal or not", async (_, device) => {
  for (const causal of share(device, [true, false])) {
    await checkLayer(
      device,
      `block, causal ${causal}`,
      (p, stream) => new TransformerBlock(p, "b", { width: 8, heads: 2, causal }, stream),
      (x, p) => block64(x, p, 2, causal),
      randomNd([2, 5, 8], 5),
      BLOCK_NAMES,
    );
  }
});

/** The block of spec 3 §3.3 in float64: sums first, then norms; ReLU. */
function postNormBlock64(x: Nd, p: Readonly<Record<string, Nd>>, heads: number): Nd {
  const width = x.shape[2],
    linear = (x: Nd, name: string) => matmul(x, p[`b.${name}.weight`], { bias: p[`b.${name}.bias`] });
  const norm = (x: Nd, name: string) => layerNorm(x, p[`b.${name}.weight`], p[`b.${name}.bias`]);
  const packed = linear(x, "attn.in_proj");
  const [q, k, v] = [0, 1, 2].map((i) => window64(packed, 2, i * width, (i + 1) * width));
  const attended = norm(plus(x, linear(attention(q, k, v, { heads, causal: false }), "attn.out_proj")), "ln1");
  return norm(plus(attended, linear(activate(linear(attended, "ff.0"), "relu"), "ff.2")), "ln2");
}

testOnDevices("TransformerBlock, norms behind the sums: names, values and gradients", async (_, device) => {
  await checkLayer(
    device,
    "post-norm block",
    (p, stream) =>
      new TransformerBlock(p, "b", { width: 8, heads: 2, inner: 12, norm: "post", activation: "relu" }, stream),
    (x, p) => postNormBlock64(x, p, 2),
    randomNd([2, 5, 8], 5),
    { ...BLOCK_NAMES, "b.ff.0.weight": [8, 12], "b.ff.0.bias": [12], "b.ff.2.weight": [12, 8] },
  );
});

testOnDevices("TransformerBlock: dropout only with a source of chance, other masks in every run", async (_, device) => {
  const parameters = new Parameters();
  const layer = new TransformerBlock(parameters, "b", { width: 8, heads: 2, dropout: 0.2 }, Stream.named(1, "b"));
  parameters.place(device);
  const counter = new RandomCounter(device, [1, 2]), x = hostArray(randomNd([2, 5, 8], 6));
  const program = compile(device, (x: Tensor) => ({ train: layer.apply(x, counter), test: layer.apply(x) }));
  const read = async () => {
    const { train, test } = program.run(x);
    return { train: await train.floats(), test: await test.floats() };
  };
  const first = await read(), second = await read();
  assert.deepEqual(first.test, second.test);
  assert.notDeepEqual(first.train, first.test);
  assert.notDeepEqual(first.train, second.train);
  // Masks are scaled to keep the mean: over many runs the outputs come near to those without dropout.
  const mean = new Float64Array(first.train.length), runs = 300;
  for (let i = 0; i < runs; i++) (await read()).train.forEach((v, k) => mean[k] += v / runs);
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.sqrt(Array.from(a).reduce((sum, v, i) => sum + (v - b[i]) ** 2, 0));
  assert.ok(distance(mean, first.test) < distance(first.train, first.test) / 4);
  for (const part of [program, parameters, counter.state]) part.dispose();
});

Deno.test("TransformerBlock: a width that the heads do not divide is refused", () => {
  assert.throws(
    () => new TransformerBlock(new Parameters(), "b", { width: 6, heads: 4 }, Stream.named(1, "b")),
    /b: expected a width that 4 heads divide, but found 6/,
  );
});
