import assert from "node:assert/strict";
import { exp } from "../../lib/tensor/ops/math.ts";
import { tanh } from "../../lib/tensor/ops/activations.ts";
import { add, divide, multiply, subtract } from "../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../lib/tensor/ops/assign.ts";
import { mean, sum } from "../../lib/tensor/ops/reduce.ts";
import { permute } from "../../lib/tensor/ops/movement.ts";
import { reshape, stopGradient, straightThrough } from "../../lib/tensor/ops/view.ts";
import { gradients } from "../../lib/tensor/gradients.ts";
import { compile } from "../../lib/tensor/program.ts";
import { type Tensor, tensor, zeros } from "../../lib/tensor/tensor.ts";
import { assertClose } from "../support/compare.ts";
import { testOnDevices } from "../support/devices.ts";

const CLOSE = { relative: 2e-6, absolute: 1e-6 };

testOnDevices("compile: a chain of elementwise operations is one dispatch", (_, device) => {
  const program = compile(device, (x: Tensor) => tanh(add(multiply(exp(x), 2), 1)));
  assert.equal(program.estimate(new Float32Array(12)).dispatches, 1);
});

testOnDevices("compile: one program serves each shape of its arguments with its own version", async (_, device) => {
  let traces = 0;
  const program = compile(device, ({ a, b }: { a: Tensor; b: Tensor }) => {
    traces++;
    return { total: sum(multiply(a, b)), shape: a.shape.length };
  });
  const run = async (n: number) => {
    const out = program.run({ a: Float32Array.from({ length: n }, (_, i) => i), b: new Float32Array(n).fill(2) });
    return await out.total.item();
  };
  assert.equal(await run(3), 6);
  assert.equal(await run(5), 20);
  assert.equal(await run(3), 6);
  assert.equal(traces, 2);
  program.dispose();
});

testOnDevices("compile: state is read and changed in the order of the trace", async (_, device) => {
  const state = tensor(device, [1, 2, 3, 4]);
  const program = compile(device, (x: Tensor) => {
    const before = multiply(state, 10);
    assign(state, add(state, x));
    return { before, after: multiply(state, 10) };
  });
  const out = program.run(new Float32Array([1, 1, 1, 1]));
  assert.deepEqual([...await out.before.data()], [10, 20, 30, 40]);
  assert.deepEqual([...await out.after.data()], [20, 30, 40, 50]);
  assert.deepEqual([...await state.data()], [2, 3, 4, 5]);
  program.dispose();
  state.dispose();
});

testOnDevices(
  "compile: a value that is assigned is computed in place unless the old content is still needed",
  async (_, device) => {
    const a = zeros(device, [64]), b = tensor(device, new Float32Array(64).fill(1));
    const direct = compile(device, (x: Tensor) => assign(a, exp(reshape(permute(reshape(x, [8, 8]), [1, 0]), [64]))));
    assert.equal(direct.estimate(new Float32Array(64)).dispatches, 1);
    const swap = compile(device, () => {
      const oldA = multiply(a, 1), oldB = multiply(b, 1);
      assign(a, oldB);
      assign(b, oldA);
    });
    swap.run();
    assert.equal((await a.data())[5], 1);
    assert.equal((await b.data())[5], 0);
    for (const part of [direct, swap, a, b]) part.dispose();
  },
);

testOnDevices("compile: temporary values share memory, and no buffer leaks over 1,000 steps", async (_, device) => {
  const before = device.liveBuffers, weight = tensor(device, new Float32Array(4096).fill(0.5), [64, 64]);
  const program = compile(device, (x: Tensor) => {
    let h = x;
    for (let i = 0; i < 8; i++) h = tanh(permute(add(h, weight), [1, 0]));
    const loss = mean(h), [gradient] = gradients(loss, [weight]);
    assign(weight, subtract(weight, multiply(gradient, 0.1)));
    return loss;
  });
  const input = { data: new Float32Array(4096).fill(0.1), shape: [64, 64] };
  const { temporaryBytes, temporaryBytesWithoutReuse } = program.estimate(input);
  assert.ok(temporaryBytes < temporaryBytesWithoutReuse / 1.5, `${temporaryBytes} of ${temporaryBytesWithoutReuse}`);
  const first = await program.run(input).item(), during = device.liveBuffers, bytes = device.liveBytes;
  let last = first;
  for (let i = 1; i <= 1000; i++) {
    const loss = program.run(input);
    if (i % 100 === 0) last = await loss.item();
  }
  assert.ok(last < first, `expected a falling loss, but found ${first} then ${last}`);
  assert.equal(device.liveBuffers, during);
  assert.equal(device.liveBytes, bytes);
  program.dispose();
  weight.dispose();
  assert.equal(device.liveBuffers, before);
});

testOnDevices("compile: the same program on the same data gives the same bits", async (_, device) => {
  const x = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i * i));
  const program = compile(device, (v: Tensor) => ({ total: sum(exp(v)), mean: mean(multiply(v, v)) }));
  const runs = [];
  for (let i = 0; i < 3; i++) {
    const out = program.run(x);
    runs.push([await out.total.item(), await out.mean.item()]);
  }
  assert.deepEqual(runs[1], runs[0]);
  assert.deepEqual(runs[2], runs[0]);
  program.dispose();
});

testOnDevices("gradients: quotients, shared inputs and broadcasting against finite differences", async (_, device) => {
  const x = Float32Array.from({ length: 12 }, (_, i) => 0.3 + 0.1 * i), w = Float32Array.from([0.5, -0.4, 0.7, 1.1]);
  const f = (x: Float32Array, w: Float32Array) => {
    let total = 0;
    for (let i = 0; i < 12; i++) total += Math.tanh(x[i] * w[i % 4]) / (1 + x[i] * x[i]) + x[i] * w[i % 4];
    return total / 12;
  };
  const program = compile(device, (x: Tensor, w: Tensor) => {
    const product = multiply(x, w);
    const loss = mean(add(divide(tanh(product), add(multiply(x, x), 1)), product));
    const [dx, dw] = gradients(loss, [x, w]);
    return { loss, dx, dw };
  });
  const out = program.run({ data: x, shape: [3, 4] }, w);
  assertClose([await out.loss.item()], [f(x, w)], CLOSE, "loss");
  const slope = (values: Float32Array, at: number, g: () => number) => {
    const h = 1e-3, old = values[at];
    values[at] = old + h;
    const high = g(), top = values[at];
    values[at] = old - h;
    const low = g(), bottom = values[at];
    values[at] = old;
    return (high - low) / (top - bottom);
  };
  const dx = Array.from(x, (_, i) => slope(x, i, () => f(x, w))),
    dw = Array.from(w, (_, i) => slope(w, i, () => f(x, w)));
  assertClose(await out.dx.floats(), dx, { relative: 1e-4, absolute: 1e-6 }, "dx");
  assertClose(await out.dw.floats(), dw, { relative: 1e-4, absolute: 1e-6 }, "dw");
  program.dispose();
});

testOnDevices(
  "gradients: nothing flows through stopGradient, everything through straightThrough",
  async (_, device) => {
    const program = compile(device, (x: Tensor, q: Tensor) => {
      const loss = sum(multiply(straightThrough(q, x), stopGradient(x)));
      const [dx, dq] = gradients(loss, [x, q]);
      return { loss, dx, dq };
    });
    const out = program.run(new Float32Array([1, 2, 3]), new Float32Array([4, 5, 6]));
    assert.equal(await out.loss.item(), 32);
    assert.deepEqual([...await out.dx.data()], [1, 2, 3]);
    assert.deepEqual([...await out.dq.data()], [0, 0, 0]);
    program.dispose();
  },
);

testOnDevices("gradients: state that was changed after its use is refused", (_, device) => {
  const state = tensor(device, [1, 2, 3]);
  const program = compile(device, (x: Tensor) => {
    const loss = sum(multiply(state, x));
    assign(state, add(state, 1));
    return gradients(loss, [x])[0];
  });
  assert.throws(() => program.run(new Float32Array(3)), /data was changed in place by assign after/);
  state.dispose();
});

testOnDevices(
  "tensors: single operations work outside a program, and errors name operation, shapes and line",
  async (_, device) => {
    const a = tensor(device, [1, 2, 3, 4, 5, 6], [2, 3]), b = tensor(device, [10, 20]);
    const scaled = multiply(a, 2);
    assert.deepEqual([...await scaled.data()], [2, 4, 6, 8, 10, 12]);
    assert.throws(
      () => add(a, b),
      /add: expected shapes that broadcast.*\[2, 3\] and \[2\]\n {2}called at .*program_test\.ts:\d+/s,
    );
    assert.throws(() => assign(a, scaled), /only a compiled function/);
    await assert.rejects(async () => await a.item(), /expected one element/);
    for (const t of [a, b, scaled]) t.dispose();
  },
);
