import assert from "node:assert/strict";
import fc from "fast-check";
import { planningDevice } from "../../../lib/device/planning.ts";
import { gelu, relu, sigmoid, tanh } from "../../../lib/tensor/ops/activations.ts";
import { add, multiply, subtract } from "../../../lib/tensor/ops/arithmetic.ts";
import { exp, square } from "../../../lib/tensor/ops/math.ts";
import { broadcastTo, concat, permute, slice } from "../../../lib/tensor/ops/movement.ts";
import { mean, sum } from "../../../lib/tensor/ops/reduce.ts";
import { reshape } from "../../../lib/tensor/ops/view.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { compile } from "../../../lib/tensor/program.ts";
import type { Tensor } from "../../../lib/tensor/tensor.ts";
import { assertClose, finiteDifference } from "../../support/compare.ts";
import { testOnDevices } from "../../support/devices.ts";
import { type Nd, nd, randomNd } from "../../support/float64.ts";
import { describe, evaluateGraph, randomGraph, traceGraph } from "../random_graph.ts";
import { runs } from "./check_op.ts";
import { hostArray } from "./run_op.ts";

const INPUTS = [[4, 6], [6], [3, 5], [4, 1], [8, 4]];

testOnDevices("random expressions, fused as the planner likes, against float64 (property test)", async (_, device) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1e9), fc.integer({ min: 1, max: 14 }), async (seed, length) => {
      const graph = randomGraph(seed, { length, inputs: INPUTS });
      const inputs = INPUTS.map((shape, i) => randomNd(shape, seed + i));
      const expected = evaluateGraph(graph, inputs, []);
      const program = compile(device, (inputs: Tensor[]) => traceGraph(graph, inputs, []));
      const results: Tensor[] = program.run(inputs.map(hostArray));
      const scale = Math.max(1, ...expected.flatMap((x) => [...x.data.map(Math.abs)]));
      for (const [i, result] of results.entries()) {
        assertClose(
          nd(result.shape, await result.data()),
          expected[i],
          { relative: 0, absolute: 3e-6 * scale },
          describe(graph),
        );
      }
      program.dispose();
    }),
    { numRuns: runs(device, 60), seed: 31 },
  );
});

testOnDevices("gradients of random expressions against finite differences (property test)", async (_, device) => {
  const shapes = [[3, 4], [4], [5]];
  await fc.assert(
    fc.asyncProperty(fc.nat(1e9), fc.integer({ min: 1, max: 9 }), async (seed, length) => {
      const whole = randomGraph(seed, { length, inputs: shapes, smooth: true });
      const graph = { ...whole, outputs: whole.outputs.slice(-1) };
      const inputs = shapes.map((shape, i) => randomNd(shape, seed + i));
      const weights = randomNd(evaluateGraph(graph, inputs, [])[0].shape, seed + 9);
      const loss = (inputs: Nd[]) =>
        evaluateGraph(graph, inputs, [])[0].data.reduce((total, v, i) => total + v * weights.data[i], 0);
      const program = compile(device, (inputs: Tensor[], weights: Tensor) => {
        const [value] = traceGraph(graph, inputs, []);
        return gradients(sum(multiply(value, weights)), inputs);
      });
      const found: Tensor[] = program.run(inputs.map(hostArray), hostArray(weights));
      for (const [which, slope] of found.entries()) {
        const expected = finiteDifference(
          (data) => loss(inputs.map((x, i) => i === which ? { shape: x.shape, data } : x)),
          inputs[which].data,
        );
        assertClose(
          await slope.floats(),
          expected,
          { relative: 1e-4, absolute: 3e-5 },
          `input ${which}\n${describe(graph)}`,
        );
      }
      program.dispose();
    }),
    { numRuns: runs(device, 24), seed: 32 },
  );
});

const device = planningDevice();
const dispatches = (f: (x: Tensor) => unknown, size = 24) => {
  const program = compile(device, f);
  return program.estimate(new Float32Array(size)).dispatches;
};

Deno.test("a chain is one kernel, also across reshapes and with several readers", () => {
  assert.equal(dispatches((x) => tanh(add(multiply(exp(x), 2), 1))), 1);
  assert.equal(dispatches((x) => square(reshape(exp(x), [4, 6]))), 1);
  assert.equal(
    dispatches((x) => {
      const y = exp(x);
      return add(multiply(y, y), tanh(y));
    }),
    1,
  );
  assert.equal(
    dispatches((x) => {
      const y = exp(x);
      return { y, z: multiply(y, 2) };
    }),
    1,
  );
});

Deno.test("what is read out of step, repeated, or reduced gets a kernel of its own", () => {
  assert.equal(dispatches((x) => permute(reshape(exp(x), [4, 6]), [1, 0])), 2);
  assert.equal(dispatches((x) => slice(exp(x), 0, 0, 5)), 2);
  assert.equal(dispatches((x) => add(x, broadcastTo(exp(mean(x)), [24]))), 3);
  // A transpose is a way of reading: what follows it joins in.
  assert.equal(dispatches((x) => tanh(permute(reshape(x, [4, 6]), [1, 0]))), 1);
  assert.equal(dispatches((x) => concat([x, x, x], 0)), 1);
});

Deno.test("a value that somebody in between waits for is not put off", () => {
  // y is read by the mean before the chain's end, so that its kernel must come first.
  assert.equal(
    dispatches((x) => {
      const y = exp(x);
      return multiply(y, mean(y));
    }),
    3,
  );
});

Deno.test("no fused kernel binds more than eight buffers", () => {
  const program = compile(device, (list: Tensor[]) => list.reduce((total, x) => add(tanh(total), sigmoid(x))));
  const many = Array.from({ length: 20 }, () => new Float32Array(8));
  // Eight bindings: seven inputs and an output; later kernels take the total and six more.
  assert.equal(program.estimate(many).dispatches, 4);
});

Deno.test("what nobody needs is not computed", () => {
  assert.equal(
    dispatches((x) => {
      gelu(subtract(x, 1));
      return relu(x);
    }),
    1,
  );
});
