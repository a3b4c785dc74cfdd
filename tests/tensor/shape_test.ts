import assert from "node:assert/strict";
import fc from "fast-check";
import {
  broadcastShapes,
  broadcastStrides,
  elements,
  formatShape,
  resolveAxis,
  rowMajorStrides,
  sameShape,
  storageBytes,
} from "../../lib/tensor/shape.ts";
import { eachIndex, placesIn, stridesOf } from "../support/float64.ts";

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });

Deno.test("elements, strides and storage of some shapes", () => {
  assert.deepEqual([[], [3], [2, 3, 4]].map(elements), [1, 3, 24]);
  assert.deepEqual([[], [3], [2, 3, 4]].map(rowMajorStrides), [[], [1], [12, 4, 1]]);
  assert.equal(formatShape([2, 3]), "[2, 3]");
  assert.ok(sameShape([1, 2], [1, 2]) && !sameShape([1, 2], [2, 1]) && !sameShape([1], [1, 1]));
  // Rounded up to a vec4, for whoever reads vectors.
  assert.deepEqual([1, 4, 5].map((n) => storageBytes([n], "f32")), [16, 16, 32]);
  assert.deepEqual([1, 16, 17].map((n) => storageBytes([n], "u8")), [16, 16, 32]);
  assert.equal(storageBytes([], "i32"), 16);
});

Deno.test("broadcasting: numpy's rule", () => {
  assert.deepEqual(broadcastShapes([2, 1, 4], [3, 1]), [2, 3, 4]);
  assert.deepEqual(broadcastShapes([], [5]), [5]);
  assert.equal(broadcastShapes([2], [3]), null);
  assert.equal(broadcastShapes([2, 3], [2]), null);
});

Deno.test("broadcastStrides walks where broadcasting reads (property test)", () => {
  fc.assert(
    fc.property(shape, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat(4), (to, ones, cut) => {
      const from = to.map((size, i) => ones[i] ? 1 : size).slice(Math.min(cut, to.length));
      assert.deepEqual(broadcastShapes(from, to), to);
      const strides = broadcastStrides(from, to), places = placesIn(from, to);
      eachIndex(to, (index, flat) => assert.equal(index.reduce((sum, c, i) => sum + c * strides[i], 0), places[flat]));
      assert.deepEqual(rowMajorStrides(to), stridesOf(to));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("resolveAxis counts from both ends and names what does not exist", () => {
  assert.deepEqual([0, 2, -1, -3].map((axis) => resolveAxis(axis, 3, "sum")), [0, 2, 2, 0]);
  for (const axis of [3, -4, 0.5, NaN]) {
    assert.throws(
      () => resolveAxis(axis, 3, "sum"),
      new RangeError(`sum: expected an axis in -3…2, but found ${axis}`),
    );
  }
});
