import assert from "node:assert/strict";
import { planningDevice } from "../../lib/device/planning.ts";
import { tanh } from "../../lib/tensor/ops/activations.ts";
import { add, multiply } from "../../lib/tensor/ops/arithmetic.ts";
import { assign } from "../../lib/tensor/ops/assign.ts";
import { exp } from "../../lib/tensor/ops/math.ts";
import { permute } from "../../lib/tensor/ops/movement.ts";
import { sum } from "../../lib/tensor/ops/reduce.ts";
import { reshape } from "../../lib/tensor/ops/view.ts";
import { gradients } from "../../lib/tensor/gradients.ts";
import { makePlan } from "../../lib/tensor/plan.ts";
import { compile } from "../../lib/tensor/program.ts";
import { storageBytes } from "../../lib/tensor/shape.ts";
import { type Tensor, zeros } from "../../lib/tensor/tensor.ts";
import { record } from "../../lib/tensor/trace.ts";
import { Scratch } from "../../lib/tensor/node.ts";

const device = planningDevice();
const planOf = (fn: () => Tensor | Tensor[]) => {
  const { result, trace } = record(fn);
  return makePlan([result].flat(), trace.effects, device);
};
const turned = (x: Tensor) => permute(exp(x), [1, 0]);

Deno.test("plan: nothing shares memory with something that is still needed", () => {
  const x = zeros(device, [32, 32]);
  const plan = planOf(() => {
    let h = x;
    const seen: Tensor[] = [];
    for (let i = 0; i < 12; i++) seen.push(h = tanh(turned(add(h, i % 3 === 0 ? x : seen.at(-3) ?? x))));
    return h;
  });
  const first = new Map<Tensor | Scratch, number>(), last = new Map<Tensor | Scratch, number>();
  plan.calls.forEach(({ call }, at) =>
    call.bind.forEach((bound) => {
      if (!plan.slabOf.has(bound)) return;
      if (!first.has(bound)) first.set(bound, at);
      last.set(bound, at);
    })
  );
  const values = [...plan.slabOf.keys()];
  for (const a of values) {
    for (const b of values) {
      if (a === b || plan.slabOf.get(a) !== plan.slabOf.get(b)) continue;
      assert.ok(last.get(a)! < first.get(b)! || last.get(b)! < first.get(a)!, "two values live in one slab at once");
    }
    const bytes = a instanceof Scratch ? a.bytes : storageBytes(a.shape, a.dtype);
    assert.ok(plan.slabs[plan.slabOf.get(a)!] >= bytes);
  }
  assert.ok(plan.slabs.length < values.length / 2, `${plan.slabs.length} slabs for ${values.length} values`);
  assert.equal(plan.bytesWithoutReuse, values.length * 4096);
});

Deno.test("plan: outputs have memory of their own, arguments and state keep theirs", () => {
  const x = zeros(device, [4, 8]);
  const plan = planOf(() => {
    const y = turned(x);
    return [y, reshape(y, [32]), x];
  });
  assert.equal(plan.kept.length, 1);
  assert.ok(!plan.slabOf.has(plan.kept[0]) && !plan.slabOf.has(x));
});

Deno.test("plan: an assigned value is computed in place only if nobody sees the difference", () => {
  const a = zeros(device, [8, 8]), b = zeros(device, [8, 8]);
  const inPlace = (fn: () => void) => planOf(() => (fn(), [])).inPlace.size;
  assert.equal(inPlace(() => assign(a, turned(b))), 1);
  // The kernel that writes the new content reads the old one; with a kernel in between it does not.
  assert.equal(inPlace(() => assign(a, turned(a))), 1);
  assert.equal(inPlace(() => assign(a, permute(a, [1, 0]))), 0);
  // Somebody reads the old content between the computation and the assignment: only b's value is in place.
  assert.equal(
    inPlace(() => {
      const next = turned(b);
      assign(b, turned(a));
      assign(a, next);
    }),
    1,
  );
  // The value is read after the state has changed again.
  assert.equal(
    inPlace(() => {
      const first = turned(b), copy = multiply(sum(first), 1);
      assign(a, first);
      assign(a, turned(permute(b, [1, 0])));
      assign(b, add(first, copy));
    }),
    2,
  );
});

Deno.test("plan: work and bytes are those of the operations", () => {
  const program = compile(device, (x: Tensor) => sum(exp(x)));
  const { flops, dispatches, ownBytes, temporaryBytes } = program.estimate(new Float32Array(1000));
  assert.deepEqual({ flops, dispatches, ownBytes }, { flops: 2000, dispatches: 3, ownBytes: 4000 + 16 });
  assert.ok(temporaryBytes >= 4000 && temporaryBytes < 5000);
});

Deno.test("gradients: refusals and zeros", () => {
  const x = zeros(device, [3]), y = zeros(device, [2]);
  assert.throws(() => gradients(exp(x), [x]), /gradients: expected a loss with one element, but found \[3\]/);
  const [dx, dy] = gradients(sum(exp(x)), [x, y]);
  assert.deepEqual([dx.shape, dy.shape], [[3], [2]]);
});
