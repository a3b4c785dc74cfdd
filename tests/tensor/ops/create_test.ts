import assert from "node:assert/strict";
import { cast, full } from "../../../lib/tensor/ops/create.ts";
import { add } from "../../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../../lib/tensor/ops/assign.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { square } from "../../../lib/tensor/ops/math.ts";
import { sum } from "../../../lib/tensor/ops/reduce.ts";
import { tensor, zeros } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { runMany } from "./run_op.ts";

testOnDevices("full: every element type, odd sizes and scalars, the whole range", async (_, device) => {
  const found = await runMany(
    device,
    () => [
      full([5], -1.5),
      full([], 1e-7),
      full([2, 2], 2 ** 32 - 1, "u32"),
      full([3], -(2 ** 31), "i32"),
      full([4], 3e38),
    ],
    [],
  );
  assert.deepEqual(found, [
    new Float32Array(5).fill(-1.5),
    new Float32Array([1e-7]),
    new Uint32Array(4).fill(2 ** 32 - 1),
    new Int32Array(3).fill(-(2 ** 31)),
    new Float32Array(4).fill(3e38),
  ]);
});

testOnDevices("cast: fractions are cut off, whole numbers convert, f32 stays what it is", async (_, device) => {
  const f = { data: new Float32Array([-2.9, -0.5, 0.5, 2.9, 16777216]), shape: [5] };
  const u = { data: new Uint32Array([0, 7, 2 ** 31]), shape: [3] };
  const found = await runMany(
    device,
    (f, u) => [cast(f, "i32"), cast(u, "f32"), cast(u, "i32"), cast(cast(f, "i32"), "f32")],
    [
      f,
      u,
    ],
  );
  // Some drivers make a cut-off fraction of −0.5 a −0.
  assert.deepEqual([...found.slice(0, 3), (found[3] as Float32Array).map((v) => v + 0)], [
    new Int32Array([-2, 0, 0, 2, 16777216]),
    new Float32Array([0, 7, 2 ** 31]),
    new Int32Array([0, 7, -(2 ** 31)]),
    new Float32Array([-2, 0, 0, 2, 16777216]),
  ]);
  const x = tensor(device, [1.5, 2.5]);
  assert.equal(cast(x, "f32"), x);
  const [slope] = gradients(sum(add(cast(cast(x, "i32"), "f32"), square(x))), [x]);
  assert.deepEqual([...await slope.data()], [3, 5]);
  for (const t of [x, slope]) t.dispose();
});

testOnDevices("assign: bytes and whole numbers too; what does not fit is named", async (_, device) => {
  const bytes = zeros(device, [5], "u8", "bytes"), words = zeros(device, [3], "i32"), x = tensor(device, [1, 2, 3]);
  const program = compile(device, (b: typeof bytes, w: typeof words) => {
    assign(bytes, b);
    assign(words, w);
  });
  program.run(new Uint8Array([1, 2, 3, 4, 255]), new Int32Array([-1, 2, -3]));
  assert.deepEqual(await bytes.data(), new Uint8Array([1, 2, 3, 4, 255]));
  assert.deepEqual(await words.data(), new Int32Array([-1, 2, -3]));
  const refused = (f: () => void, message: RegExp) => assert.throws(() => compile(device, f).estimate(), message);
  refused(() => assign(x, words), /assign: expected f32 \[3\] for data, but found i32 \[3\]/);
  refused(() => assign(x, full([2], 0)), /assign: expected f32 \[3\] for data, but found f32 \[2\]/);
  refused(() => assign(add(x, 1), x), /assign: expected a tensor with memory, but elementwise is part of the trace/);
  for (const part of [program, bytes, words, x]) part.dispose();
});

testOnDevices("full: numbers that the type cannot hold are refused", () => {
  assert.throws(() => full([2], NaN), /expected a finite f32 constant, but found NaN/);
  assert.throws(() => full([2], -1, "u32"), /expected a whole number in 0…4294967295 for u32, but found -1/);
  assert.throws(() => full([2], 0.5, "i32"), /expected a whole number in .* for i32, but found 0\.5/);
});
