import assert from "node:assert/strict";
import { planningDevice } from "../../lib/device/planning.ts";
import { add } from "../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../lib/tensor/ops/assign.ts";
import { compile } from "../../lib/tensor/program.ts";
import { type Tensor, tensor, zeros } from "../../lib/tensor/tensor.ts";
import { activeTrace, record } from "../../lib/tensor/trace.ts";
import { hostLeaves, placeholders, resultLeaves, signature } from "../../lib/tensor/arguments.ts";
import { testOnDevices } from "../support/devices.ts";

Deno.test("record: effects in order, last actions once per key, then no trace any more", () => {
  const device = planningDevice(), state = zeros(device, [2]);
  const { trace, result } = record(() => {
    const trace = activeTrace()!;
    for (let i = 0; i < 3; i++) trace.atEnd("once", () => assign(state, add(state, 2)));
    assign(state, add(state, 1));
    assert.equal(trace.effects.length, 1);
    return "done";
  });
  assert.equal(result, "done");
  assert.equal(trace.effects.length, 2);
  assert.ok(trace.effects[0].id < trace.effects[1].id);
  assert.equal(activeTrace(), null);
});

Deno.test("a trace that fails leaves nothing behind, and traces do not nest", () => {
  assert.throws(() =>
    record(() => {
      throw new Error("inside");
    }), /inside/);
  assert.equal(activeTrace(), null);
  const device = planningDevice(), inner = compile(device, (x: Tensor) => add(x, 1));
  const outer = compile(device, (x: Tensor) => {
    inner.estimate(new Float32Array(2));
    return x;
  });
  assert.throws(
    () => outer.estimate(new Float32Array(2)),
    /compile: a traced function called another compiled program/,
  );
  assert.equal(activeTrace(), null);
});

Deno.test("arguments: structure, shapes and types make the version", () => {
  const same = (a: unknown, b: unknown) => JSON.stringify(signature(a)) === JSON.stringify(signature(b));
  const f = (n: number) => new Float32Array(n);
  assert.ok(same([1, f(3)], [2, f(3)]));
  assert.ok(!same(f(3), f(4)));
  assert.ok(!same(f(3), new Int32Array(3)));
  assert.ok(!same(f(4), { data: f(4), shape: [2, 2] }));
  assert.ok(!same({ data: f(4), shape: [4] }, { data: f(4), shape: [2, 2] }));
  assert.ok(!same({ a: f(2) }, { b: f(2) }));
  const inputs: Tensor[] = [], made = placeholders({ a: 1, b: [f(2), { data: f(4), shape: [2, 2] }] }, "batch", inputs);
  assert.deepEqual(inputs.map(({ label, shape }) => [label, shape]), [["batch.a", []], ["batch.b[0]", [2]], [
    "batch.b[1]",
    [2, 2],
  ]]);
  assert.deepEqual(resultLeaves(made), inputs);
  assert.deepEqual(hostLeaves({ a: 7, b: [f(2)] }), [new Float32Array([7]), f(2)]);
});

Deno.test("arguments: what is no host data is named with its place", () => {
  const wrong = (value: unknown) => () => placeholders(value, "argument 0", []);
  assert.throws(
    wrong({ x: "text" }),
    /argument 0\.x: expected numbers, typed arrays or \{ data, shape \}, but found string/,
  );
  assert.throws(wrong([1, undefined]), /argument 0\[1\]: expected .* but found undefined/);
  assert.throws(
    wrong({ data: new Float32Array(3), shape: [2] }),
    /argument 0: expected 2 elements for shape \[2\], but found 3/,
  );
  assert.throws(() => signature(null), /program argument: expected/);
});

testOnDevices("arguments: a number, bytes and nested lists arrive; wrong lengths do not", async (_, device) => {
  const program = compile(
    device,
    ({ scale, rows }: { scale: Tensor; rows: Tensor[] }) => rows.map((r) => add(r, scale)),
  );
  const [a, b] = program.run({
    scale: 10,
    rows: [new Float32Array([1, 2]), { data: new Float32Array([3]), shape: [1, 1] }],
  });
  assert.deepEqual([[...await a.data()], [...await b.data()]], [[11, 12], [13]]);
  assert.deepEqual(b.shape, [1, 1]);
  const bytes = compile(device, (x: Tensor) => x), out = bytes.run(new Uint8Array([1, 2, 3, 4, 5]));
  assert.deepEqual(await out.data(), new Uint8Array([1, 2, 3, 4, 5]));
  const one = compile(device, (x: Tensor) => add(x, 1));
  one.run({ data: new Float32Array(4), shape: [2, 2] });
  assert.throws(
    () => one.run({ data: new Float32Array(3), shape: [2, 2] }),
    /expected 4 elements for shape \[2, 2\], but found 3/,
  );
  for (const p of [program, bytes, one]) p.dispose();
});

testOnDevices("tensors: what they are made from and written with is checked", async (_, device) => {
  assert.throws(() => tensor(device, [1, 2, 3], [2]), /expected 2 elements for shape \[2\], but found 3/);
  assert.throws(() => tensor(device, [], [0]), /expected positive integer sizes, but found \[0\]/);
  assert.throws(() => zeros(device, [2, 1.5]), /expected positive integer sizes/);
  const before = device.liveBuffers, x = tensor(device, new Int32Array([1, 2]), [2], "pair");
  assert.throws(() => x.write(new Float32Array(2)), /tensor pair: expected i32 data, but found Float32Array/);
  assert.throws(() => x.write(new Int32Array(3)), /tensor pair: expected 2 elements for shape \[2\], but found 3/);
  await assert.rejects(() => x.floats(), /floats\(\): expected an f32 tensor, but found i32; use data\(\)/);
  await assert.rejects(() => x.item(), /item\(\): expected one element, but found shape \[2\]/);
  x.dispose();
  x.dispose();
  await assert.rejects(() => x.data(), /hang on no data|it has no memory/);
  assert.equal(device.liveBuffers, before);
});
