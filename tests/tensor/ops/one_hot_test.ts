import assert from "node:assert/strict";
import { oneHot } from "../../../lib/tensor/ops/one_hot.ts";
import { multiply } from "../../../lib/tensor/ops/arithmetic.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { runMany } from "./run_op.ts";

testOnDevices("oneHot: odd and even sizes, rows of any rank, indices out of range, fused", async (_, device) => {
  for (const classes of [1, 3, 4, 8, 10]) {
    const index = Int32Array.from({ length: 6 }, (_, i) => (5 * i) % classes);
    index[1] = -1;
    index[4] = classes;
    const [plain, fused] = await runMany(
      device,
      (x) => [oneHot(x, classes), multiply(oneHot(x, classes), 3)],
      [{ data: index, shape: [2, 3] }],
    );
    const expected = Float32Array.from(
      { length: 6 * classes },
      (_, i) => index[Math.floor(i / classes)] === i % classes ? 1 : 0,
    );
    assert.deepEqual(plain, expected, `${classes} classes`);
    assert.deepEqual(fused, expected.map((v) => 3 * v), `${classes} classes, fused`);
  }
});

testOnDevices("oneHot: what does not fit is named", (_, device) => {
  const floats = tensor(device, [1]), index = tensor(device, new Int32Array(1));
  assert.throws(() => oneHot(floats, 3), /oneHot: expected i32 indices, but found f32 \[1\]/);
  assert.throws(() => oneHot(index, 0), /oneHot: expected a positive number of classes, but found 0/);
  for (const t of [floats, index]) t.dispose();
});
