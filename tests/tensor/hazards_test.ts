import assert from "node:assert/strict";
import fc from "fast-check";
import { add, multiply } from "../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../lib/tensor/ops/assign.ts";
import { full } from "../../lib/tensor/ops/create.ts";
import { exp, square } from "../../lib/tensor/ops/math.ts";
import { permute } from "../../lib/tensor/ops/movement.ts";
import { sum, sumOfSquares } from "../../lib/tensor/ops/reduce.ts";
import { reshape } from "../../lib/tensor/ops/view.ts";
import { gradients } from "../../lib/tensor/gradients.ts";
import { compile } from "../../lib/tensor/program.ts";
import { type Tensor, tensor, windowOf, zeros } from "../../lib/tensor/tensor.ts";
import type { Device } from "../../lib/device/mod.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";
import { type Nd, nd, randomNd, sizeOf, toFloat32 } from "../support/float64.ts";
import { runs } from "./ops/check_op.ts";
import { hostArray } from "./ops/run_op.ts";
import { describe, evaluateGraph, randomGraph, traceGraph } from "./random_graph.ts";

/** Elements between windows of one buffer; see Parameters. */
const STRIDE = 64;

function windows(device: Device, shapes: readonly (readonly number[])[]) {
  const flat = zeros(device, [STRIDE * shapes.length], "f32", "flat");
  return { flat, parts: shapes.map((shape, i) => windowOf(flat, STRIDE * i, shape, `part ${i}`)) };
}

testOnDevices(
  "random programs that read and change state in windows of one buffer (property test)",
  async (_, device) => {
    const inputShapes = [[4, 6], [6], [5], [8]], stateShapes = [[5], [8], [2, 3], [4, 6], []];
    await fc.assert(
      fc.asyncProperty(fc.nat(1e9), fc.integer({ min: 2, max: 20 }), async (seed, length) => {
        const graph = randomGraph(seed, { length, inputs: inputShapes, states: stateShapes });
        const { flat, parts } = windows(device, stateShapes),
          program = compile(
            device,
            (inputs: Tensor[]) => {
              const before = sumOfSquares(flat), outputs = traceGraph(graph, inputs, parts);
              return { outputs, before, after: sumOfSquares(flat) };
            },
          );
        const states = stateShapes.map((shape, i) => randomNd(shape, seed + 100 + i));
        states.forEach((state, i) => parts[i].write(toFloat32(state)));
        const squares = (all: readonly Nd[]) => all.reduce((sum, x) => x.data.reduce((s, v) => s + v * v, sum), 0);
        for (let run = 0; run < 2; run++) {
          const inputs = inputShapes.map((shape, i) => randomNd(shape, seed + 10 * run + i)), old = squares(states);
          const expected = evaluateGraph(graph, inputs, states);
          const { outputs, before, after } = program.run(inputs.map(hostArray));
          const scale = Math.max(1, ...[...expected, ...states].flatMap((x) => [...x.data.map(Math.abs)]));
          const near = { relative: 1e-5, absolute: 5e-6 * scale }, what = `run ${run}\n${describe(graph)}`;
          for (const [i, result] of (outputs as Tensor[]).entries()) {
            assertClose(nd(result.shape, await result.data()), expected[i], near, `output ${i}, ${what}`);
          }
          for (const [i, part] of parts.entries()) {
            assertClose(await part.floats(), states[i].data, near, `state ${i}, ${what}`);
          }
          assertClose([await before.item(), await after.item()], [old, squares(states)], near, `whole buffer, ${what}`);
        }
        const memory = await flat.floats();
        stateShapes.forEach((shape, i) => {
          const gap = memory.subarray(STRIDE * i + sizeOf(shape), STRIDE * (i + 1));
          assert.ok(
            gap.every((v) => v === 0),
            `something was written behind state ${i}\n${describe(graph)}`,
          );
        });
        program.dispose();
        flat.dispose();
      }),
      { numRuns: runs(device, 90), seed: 33 },
    );
  },
);

testOnDevices("a value kept in a state's memory is not overwritten while it is still read", async (_, device) => {
  const state = tensor(device, [0], []);
  const program = compile(device, (x: Tensor) => {
    const first = sum(x);
    assign(state, first);
    const second = sum(square(x)), late = sum(multiply(full([7], 1), first));
    assign(state, second);
    return late;
  });
  assert.equal(await program.run(new Float32Array([1, 2, 3, 4, 5])).item(), 7 * 15);
  assert.equal(await state.item(), 55);
  for (const part of [program, state]) part.dispose();
});

testOnDevices("one value for two states; a state for another; a state for itself", async (_, device) => {
  const { flat, parts: [a, b, c] } = windows(device, [[5], [5], [5]]);
  c.write(new Float32Array([9, 8, 7, 6, 5]));
  const program = compile(device, (x: Tensor) => {
    const y = exp(x);
    assign(a, y);
    assign(b, y);
    assign(a, c);
    assign(c, c);
  });
  program.run(new Float32Array(5));
  const memory = await flat.floats();
  const at = (i: number) => [...memory.subarray(STRIDE * i, STRIDE * i + 6)];
  assert.deepEqual([at(0), at(1), at(2)], [[9, 8, 7, 6, 5, 0], [1, 1, 1, 1, 1, 0], [9, 8, 7, 6, 5, 0]]);
  for (const part of [program, flat]) part.dispose();
});

testOnDevices("two parameters with one gradient, kept in windows beside each other", async (_, device) => {
  const { flat: values, parts: [a, b] } = windows(device, [[5], [5]]), slopes = windows(device, [[5], [5]]);
  const program = compile(device, (y: Tensor) => {
    const loss = sum(square(add(add(a, b), y)));
    gradients(loss, [a, b]).forEach((g, i) => assign(slopes.parts[i], g));
    return sumOfSquares(slopes.flat);
  });
  assert.equal(await program.run(new Float32Array([1, 2, 3, 4, 5])).item(), 2 * 4 * 55);
  for (const part of slopes.parts) assert.deepEqual([...await part.floats()], [2, 4, 6, 8, 10]);
  for (const part of [program, values, slopes.flat]) part.dispose();
});

testOnDevices("gradients: a change through another window of the same memory is noticed too", (_, device) => {
  const { flat, parts: [w] } = windows(device, [[4]]);
  const trace = (change: (w: Tensor) => void) => () =>
    compile(device, () => {
      const loss = sum(square(reshape(w, [2, 2])));
      change(w);
      return gradients(loss, [w])[0];
    }).estimate();
  assert.throws(
    trace(() => assign(flat, add(flat, 1))),
    /gradients: flat was changed in place by assign after elementwise/,
  );
  assert.throws(
    trace((w) => assign(w, add(w, 1))),
    /gradients: part 0 was changed in place by assign after elementwise/,
  );
  assert.doesNotThrow(trace(() => {}));
  // A sum's gradient does not read what was summed; neither does that of a reshape.
  assert.doesNotThrow(() =>
    compile(device, () => {
      const seen = reshape(w, [2, 2]);
      assign(w, add(w, 1));
      return gradients(sum(permute(seen, [1, 0])), [w])[0];
    }).estimate(), "a view alone");
  flat.dispose();
});

testOnDevices("disposing of a window or of a program's result leaves the memory to its owner", async (_, device) => {
  const before = device.liveBuffers, { flat, parts: [first] } = windows(device, [[5], [5]]);
  const program = compile(device, (x: Tensor) => ({ y: exp(x), flat }));
  const result = program.run(new Float32Array(3));
  for (const borrowed of [first, result.y, result.flat]) borrowed.dispose();
  assert.deepEqual([...await program.run(new Float32Array(3)).y.data()], [1, 1, 1]);
  assert.deepEqual([...await first.data()], [0, 0, 0, 0, 0]);
  for (const part of [program, flat]) part.dispose();
  assert.equal(device.liveBuffers, before);
});

testOnDevices("a tensor that was evaluated is data: later changes of its inputs do not reach it", async (_, device) => {
  const a = tensor(device, [1, 2, 3]), y = add(a, 1);
  assert.deepEqual([...await y.data()], [2, 3, 4]);
  a.write(new Float32Array([10, 20, 30]));
  const z = multiply(y, 2), program = compile(device, () => ({ y, twice: multiply(reshape(y, [3, 1]), 2) }));
  assert.deepEqual([...await z.data()], [4, 6, 8]);
  const inside = program.run();
  assert.deepEqual([...await inside.twice.data()], [4, 6, 8]);
  assert.deepEqual([...await inside.y.data()], [2, 3, 4]);
  const [slope] = gradients(sum(square(z)), [a]);
  assert.deepEqual([...await slope.data()], [16, 24, 32]);
  for (const part of [a, y, z, slope, program]) part.dispose();
});
