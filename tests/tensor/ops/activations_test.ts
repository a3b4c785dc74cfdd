import assert from "node:assert/strict";
import fc from "fast-check";
import {
  activate,
  type Activation,
  activationGradient,
  epilogue,
  gelu,
  relu,
  sigmoid,
  silu,
  tanh,
} from "../../../lib/tensor/ops/activations.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { activate as activate64, activateGradient, like, nd, randomNd } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { runOp } from "./run_op.ts";

const WITNESS: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  none: (x) => x.clone(),
  relu: (x) => tf.relu(x),
  gelu: (x) => x.mul(0.5).mul(tf.erf(x.div(Math.SQRT2)).add(1)),
  silu: (x) => x.mul(tf.sigmoid(x)),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
};
const KINDS = Object.keys(WITNESS) as Activation[];
/** The error function of the kernels is good to 1.5e-7. */
const NEAR = { relative: 2e-6, absolute: 1e-6 };

testOnDevices("activations: values and slopes against float64 and tfjs", async (_, device) => {
  for (const [at, kind] of KINDS.entries()) {
    for (const [seed, shape] of share(device, [...[[7], [3, 5], [2, 3, 4]].entries()], at)) {
      await checkOp(device, (x) => activate(x, kind), (x) => activate64(x, kind), {
        what: `${kind} of [${shape}]`,
        inputs: [randomNd(shape, seed, 2)],
        witness: WITNESS[kind],
      });
    }
  }
});

testOnDevices("activations: whole range, finite everywhere (property test)", async (_, device) => {
  const value = fc.double({ min: -100, max: 100, noNaN: true }).map(Math.fround);
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 11 }), async (values) => {
      const x = nd([values.length], values), dy = like(x, (_, i) => 1 + i);
      for (const kind of KINDS) {
        const run = await runOp(device, (x) => activate(x, kind), [x], dy);
        // GELU multiplies the error function's error by x/2, its slope by the density.
        const near = (v: number) => ({ relative: 4e-6, absolute: 2e-7 * (1 + Math.abs(v)) * values.length });
        values.forEach((v, i) => {
          assertClose([run.value.data[i]], [activate64(x, kind).data[i]], near(v), `${kind}(${v})`);
          const slope = activateGradient(x, dy, kind).data[i];
          assertClose([run.gradients[0].data[i]], [slope], near(Math.min(Math.abs(v), 10)), `slope of ${kind} at ${v}`);
        });
      }
    }),
    { numRuns: runs(device, 9), seed: 3 },
  );
});

testOnDevices("activations: at the edges", async (_, device) => {
  const edges = nd([4], [-100, 0, 100, -0.0]), one = like(edges, () => 1);
  const at = async (f: (x: Tensor) => Tensor) => {
    const { value, gradients } = await runOp(device, f, [edges], one);
    return [[...value.data.subarray(0, 3)], [...gradients[0].data.subarray(0, 3)]].map((list) =>
      list.map((v) => v + 0)
    );
  };
  assert.deepEqual(await at(relu), [[0, 0, 100], [0, 0, 1]]);
  assert.deepEqual(await at(gelu), [[0, 0, 100], [0, 0.5, 1]]);
  assert.deepEqual(await at(silu), [[0, 0, 100], [0, 0.5, 1]]);
  assert.deepEqual(await at(sigmoid), [[0, 0.5, 1], [0, 0.25, 0]]);
  assert.deepEqual(await at(tanh), [[-1, 0, 1], [0, 1, 0]]);
});

testOnDevices("activationGradient: the same slopes from the output alone", async (_, device) => {
  const x = randomNd([9], 4), dy = randomNd([9], 5);
  for (const kind of KINDS.filter((kind) => epilogue(kind).after === "none")) {
    const { value } = await runOp(device, (x, dy) => activationGradient(activate(x, kind), dy, kind), [x, dy]);
    assertClose(value, activateGradient(x, dy, kind), NEAR, kind);
  }
});

testOnDevices("activations: epilogues, and what is refused", (_, device) => {
  assert.deepEqual(KINDS.map((kind) => epilogue(kind)), [
    { fused: "none", after: "none" },
    { fused: "relu", after: "none" },
    { fused: "none", after: "gelu" },
    { fused: "none", after: "silu" },
    { fused: "sigmoid", after: "none" },
    { fused: "tanh", after: "none" },
  ]);
  const whole = tensor(device, new Int32Array(2)), x = tensor(device, [1]);
  for (const f of [relu, gelu, silu, sigmoid, tanh]) {
    assert.throws(() => f(whole), new TypeError(`${f.name}: expected an f32 tensor, but found i32; use cast()`));
  }
  assert.equal(activate(x, "none"), x);
  assert.throws(() => activationGradient(x, x, "gelu"), /the gradient of gelu needs its input/);
  whole.dispose();
  x.dispose();
});
