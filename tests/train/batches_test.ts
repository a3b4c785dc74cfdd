import assert from "node:assert/strict";
import fc from "fast-check";
import { Batches, ShuffledBatches } from "../../lib/train/mod.ts";

const range = (count: number) => Int32Array.from({ length: count }, (_, i) => 10 + i);

Deno.test("shuffled batches: every pass holds every choice once, in an order of its own", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), (count, size) => {
    const batches = new ShuffledBatches(range(count), size, 1, "b"), drawn: number[] = [];
    while (drawn.length < 3 * count) drawn.push(...batches.next());
    for (let pass = 0; pass < 3; pass++) {
      const own = drawn.slice(pass * count, (pass + 1) * count);
      assert.deepEqual(own.toSorted((a, b) => a - b), [...range(count)]);
    }
  }));
  const long = new ShuffledBatches(range(50), 50, 1, "b");
  assert.notDeepEqual(long.next(), long.next());
});

Deno.test("both kinds of batches continue from their state, through JSON, at any point", () => {
  for (const kind of [Batches, ShuffledBatches]) {
    for (const before of [0, 1, 4, 5, 11]) {
      const first = new kind(range(13), 3, 2, "b"), second = new kind(range(13), 3, 99, "other");
      for (let i = 0; i < before; i++) first.next();
      // deno-lint-ignore no-explicit-any -- each kind has a state of its own
      second.restore(JSON.parse(JSON.stringify(first.state())) as any);
      for (let i = 0; i < 9; i++) assert.deepEqual(second.next(), first.next(), `${kind.name} after ${before}`);
    }
  }
});

Deno.test("nothing to choose from is refused by name", () => {
  for (const kind of [Batches, ShuffledBatches]) {
    assert.throws(
      () => new kind(new Int32Array(0), 3, 0, "stage/batches"),
      /stage\/batches: there is nothing to choose/,
    );
  }
});
