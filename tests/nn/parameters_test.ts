import assert from "node:assert/strict";
import { constant, fanIn, glorot, normalWith, Parameters, uniformIn } from "../../lib/nn/mod.ts";
import { Stream } from "../../lib/random.ts";
import { testOnDevices } from "../support/devices.ts";

const count = (values: Float32Array) => values.forEach((_, i) => values[i] = i + 1);

testOnDevices("parameters: declared, placed beside each other with gaps of zeros, found by name", async (_, device) => {
  const before = device.liveBuffers, parameters = new Parameters();
  const a = parameters.add("a", [5], count), b = parameters.add("b", [8, 8], constant(2));
  const c = parameters.add("c", [], constant(3)), d = parameters.add("d", [65], constant(4));
  assert.equal(parameters.count, 5 + 64 + 1 + 65);
  assert.equal(parameters.flatSize, 64 + 64 + 64 + 128);
  assert.deepEqual([a, b, c, d].map((t) => parameters.offsetOf(t)), [0, 64, 128, 192]);
  assert.deepEqual(parameters.entries.map(([name]) => name), ["a", "b", "c", "d"]);
  assert.equal(parameters.get("b"), b);
  assert.equal(parameters.flat, null);
  assert.equal(parameters.place(device), parameters);
  assert.deepEqual([...await a.data()], [1, 2, 3, 4, 5]);
  assert.equal(await c.item(), 3);
  const flat = await parameters.flat!.floats(), expected = new Float32Array(320);
  expected.set([1, 2, 3, 4, 5]);
  expected.fill(2, 64, 128).fill(3, 128, 129).fill(4, 192, 257);
  assert.deepEqual(flat, expected);
  assert.equal(device.liveBuffers, before + 1);
  parameters.dispose();
  assert.equal(device.liveBuffers, before);
  await assert.rejects(() => a.data());
});

testOnDevices("parameters: what goes wrong is named", (_, device) => {
  const parameters = new Parameters(), a = parameters.add("layer.weight", [2], constant(0));
  assert.throws(() => parameters.add("layer.weight", [3], constant(0)), /parameter layer\.weight is declared twice/);
  assert.throws(() => parameters.get("layer.bias"), /no parameter layer\.bias; there are layer\.weight/);
  assert.throws(() => a.binding, /cannot bind tensor layer\.weight \[2\]: .*Parameters\.place/);
  parameters.place(device);
  assert.throws(() => parameters.place(device), /the parameters are placed already/);
  assert.throws(
    () => parameters.add("late", [1], constant(0)),
    /parameter late is declared after the parameters were placed/,
  );
  const other = new Parameters().add("other", [1], constant(0));
  assert.throws(() => parameters.offsetOf(other), /other is not one of these parameters/);
  parameters.dispose();
});

Deno.test("initialisers: their bounds, their spread, and one stream in the order of declaration", () => {
  const draw = (initialise: (values: Float32Array) => void, n = 20_000) => {
    const values = new Float32Array(n);
    initialise(values);
    return values;
  };
  const variance = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0) / values.length;
  const stream = () => Stream.named(3, "initialise");
  const cases: [Float32Array, number, number][] = [
    [draw(uniformIn(stream(), 0.5)), 0.5, 0.25 / 3],
    [draw(fanIn(stream(), 25)), 0.2, 0.04 / 3],
    [draw(glorot(stream(), 10, 14)), 0.5, 0.25 / 3],
    [draw(normalWith(stream(), 0.3)), Infinity, 0.09],
  ];
  for (const [values, bound, expected] of cases) {
    assert.ok(values.every((v) => Math.abs(v) <= bound));
    assert.ok(Math.abs(variance(values) / expected - 1) < 0.05);
    assert.ok(Math.abs(values.reduce((a, b) => a + b, 0) / values.length) < 0.02);
  }
  assert.deepEqual(draw(constant(2), 3), new Float32Array([2, 2, 2]));
  const shared = stream(), first = draw(uniformIn(shared, 1), 4), second = draw(uniformIn(shared, 1), 4);
  assert.notDeepEqual(first, second);
  assert.deepEqual(draw(uniformIn(stream(), 1), 8), new Float32Array([...first, ...second]));
});
