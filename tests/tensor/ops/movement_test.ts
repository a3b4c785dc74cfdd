import assert from "node:assert/strict";
import fc from "fast-check";
import { broadcastTo, concat, pad, permute, slice } from "../../../lib/tensor/ops/movement.ts";
import { reshape } from "../../../lib/tensor/ops/view.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { type Nd, nd, randomNd, sizeOf, transpose } from "../../support/float64.ts";
import { tf } from "../../support/tfjs.ts";
import { checkOp, runs, share } from "./check_op.ts";
import { broadcast64, concat64, window64 } from "./movement64.ts";
import { runMany } from "./run_op.ts";

const EXACT = { relative: 0, absolute: 0 };
/** Gradients of copies are copies; those of repeats are short sums. */
const SUMS = { relative: 1e-6, absolute: 2e-5 };

testOnDevices("permute: every order of three axes, with and without vector lanes", async (_, device) => {
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  for (const [at, shape] of [[3, 5, 7], [2, 4, 8], [4, 4, 1]].entries()) {
    for (const order of share(device, orders, at)) {
      await checkOp(device, (x) => permute(x, order), (x) => transpose(x, order), {
        what: `permute [${shape}] by [${order}]`,
        inputs: [randomNd(shape, 1)],
        value: EXACT,
        witness: (x) => tf.transpose(x, order),
      });
    }
  }
  await checkOp(device, (x) => permute(x, [-1, 0]), (x) => transpose(x), {
    what: "negative axes",
    inputs: [randomNd([3, 4], 1)],
  });
});

testOnDevices("slice and pad: every axis, whole and partly, with and without vector lanes", async (_, device) => {
  for (const [at, shape] of [[3, 5, 7], [4, 8, 12]].entries()) {
    const cases = [[0, 1, 3], [1, 0, 2], [1, 3, 5], [2, 0, 4], [2, 3, 7], [2, 0, shape[2]]];
    for (const [axis, begin, end] of share(device, cases, at)) {
      await checkOp(device, (x) => slice(x, axis, begin, end), (x) => window64(x, axis, begin, end), {
        what: `slice [${shape}] on axis ${axis} from ${begin} to ${end}`,
        inputs: [randomNd(shape, 2)],
        value: EXACT,
        witness: (x) => {
          const sizes = shape.map((size, i) => i === axis ? end - begin : size);
          return tf.slice(x, shape.map((_, i) => i === axis ? begin : 0), sizes);
        },
      });
      await checkOp(device, (x) => pad(x, axis, begin, end), (x) => window64(x, axis, -begin, shape[axis] + end), {
        what: `pad [${shape}] on axis ${axis} by ${begin} and ${end}`,
        inputs: [randomNd(shape, 3)],
        value: EXACT,
        witness: (x) => tf.pad(x, shape.map((_, i) => i === axis ? [begin, end] : [0, 0])),
      });
    }
  }
});

testOnDevices("broadcastTo and concat", async (_, device) => {
  const repeats: [number[], number[]][] = [
    [[], [5]],
    [[1], [4]],
    [[5], [3, 5]],
    [[3, 1, 4], [2, 3, 5, 4]],
    [[1, 8], [4, 8]],
    [[4, 1], [4, 8]],
  ];
  for (const [from, to] of share(device, repeats)) {
    await checkOp(device, (x) => broadcastTo(x, to), (x) => broadcast64(x, to), {
      what: `[${from}] to [${to}]`,
      inputs: [randomNd(from, 4)],
      value: EXACT,
      gradient: SUMS,
    });
  }
  const joins: [number[][], number][] = [
    [[[3], [4], [1]], 0],
    [[[2, 3], [2, 3]], 0],
    [[[2, 3], [2, 5]], 1],
    [[[2, 3, 4], [2, 1, 4], [2, 4, 4]], -2],
    [[[4, 4], [4, 8]], 1],
    [[[5]], 0],
  ];
  for (const [shapes, axis] of share(device, joins, 1)) {
    const at = axis < 0 ? axis + shapes[0].length : axis;
    await checkOp(device, (...parts) => concat(parts, axis), (...parts) => concat64(parts, at), {
      what: `concat ${JSON.stringify(shapes)} on ${axis}`,
      inputs: shapes.map((shape, i) => randomNd(shape, i)),
      value: EXACT,
      ...(shapes.length > 1 ? { witness: (...parts: tf.Tensor[]) => tf.concat(parts, at) } : {}),
    });
  }
});

type Move = { readonly device: (x: Tensor) => Tensor; readonly reference: (x: Nd) => Nd; readonly name: string };

/** A movement of a tensor of this shape, chosen by four numbers. */
function moveOf(shape: readonly number[], [kind, first, second, third]: readonly number[]): Move {
  const axis = first % Math.max(1, shape.length), size = shape[axis] ?? 1;
  switch (shape.length === 0 ? 3 : kind % 5) {
    case 0: {
      const order = shape.map((_, i) => (i + second) % shape.length);
      if (third % 2) order.reverse();
      return { device: (x) => permute(x, order), reference: (x) => transpose(x, order), name: `permute ${order}` };
    }
    case 1: {
      const begin = second % size, end = begin + 1 + third % (size - begin);
      const name = `slice ${axis}: ${begin}–${end}`;
      return { device: (x) => slice(x, axis, begin, end), reference: (x) => window64(x, axis, begin, end), name };
    }
    case 2: {
      const before = second % 3, after = third % 3;
      const reference = (x: Nd) => window64(x, axis, -before, size + after);
      return { device: (x) => pad(x, axis, before, after), reference, name: `pad ${axis}: ${before}, ${after}` };
    }
    case 3: {
      const to = [1 + second % 3, ...shape];
      return { device: (x) => broadcastTo(x, to), reference: (x) => broadcast64(x, to), name: `broadcast ${to}` };
    }
    default: {
      const to = shape.length > 1 ? [shape[0] * shape[1], ...shape.slice(2)] : [1, ...shape];
      return { device: (x) => reshape(x, to), reference: (x) => nd(to, x.data), name: `reshape ${to}` };
    }
  }
}

testOnDevices("movements one after the other, fused or not (property test)", async (_, device) => {
  const size = fc.integer({ min: 1, max: 9 }), word = fc.nat(1000);
  const shapes = fc.array(size, { maxLength: 3 }), moves = fc.array(fc.tuple(word, word, word, word), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(shapes, moves, async (shape, choices) => {
      const start = randomNd(shape, 5), chain: Move[] = [];
      let moved = start;
      for (const choice of choices) {
        const move = moveOf(moved.shape, choice);
        if (sizeOf(move.reference(moved).shape) > 4000) break;
        chain.push(move);
        moved = move.reference(moved);
      }
      await checkOp(
        device,
        (x) => chain.reduce((x, move) => move.device(x), x),
        (x) => chain.reduce((x, move) => move.reference(x), x),
        {
          what: `[${shape}]: ${chain.map((move) => move.name).join(", ")}`,
          inputs: [start],
          value: EXACT,
          gradient: SUMS,
          slopes: 10,
        },
      );
    }),
    { numRuns: runs(device, 30), seed: 8 },
  );
});

testOnDevices("movements keep integers", async (_, device) => {
  const x = { data: new Int32Array([1, -2, 3, -4, 5, 2 ** 31 - 1]), shape: [2, 3] };
  const found = await runMany(
    device,
    (x) => [permute(x, [1, 0]), slice(x, 1, 1, 3), pad(x, 0, 1, 0), broadcastTo(x, [1, 2, 3]), concat([x, x], 1)],
    [x],
  );
  assert.deepEqual(found.map((r) => [...r]), [
    [1, -4, -2, 5, 3, 2 ** 31 - 1],
    [-2, 3, 5, 2 ** 31 - 1],
    [0, 0, 0, 1, -2, 3, -4, 5, 2 ** 31 - 1],
    [1, -2, 3, -4, 5, 2 ** 31 - 1],
    [1, -2, 3, 1, -2, 3, -4, 5, 2 ** 31 - 1, -4, 5, 2 ** 31 - 1],
  ]);
});

testOnDevices("movements: what does not fit is named", (_, device) => {
  const x = tensor(device, new Float32Array(6), [2, 3]), y = tensor(device, new Float32Array(4), [2, 2]);
  assert.throws(() => permute(x, [0, 0]), /permute: expected each axis of \[2, 3\] once, but found order \[0, 0\]/);
  assert.throws(() => permute(x, [0, 2]), /permute: expected an axis in -2…1, but found 2/);
  assert.throws(
    () => broadcastTo(x, [3, 3]),
    /broadcastTo: expected a shape that repeats \[2, 3\], but found \[3, 3\]/,
  );
  assert.throws(() => broadcastTo(x, [3]), /broadcastTo: expected a shape that repeats/);
  assert.throws(
    () => slice(x, 1, 2, 2),
    /slice: expected 0 ≤ begin < end ≤ 3 on axis 1 of \[2, 3\], but found \[2, 2\)/,
  );
  assert.throws(() => slice(x, 1, 0, 4), /but found \[0, 4\)/);
  assert.throws(() => pad(x, 0, -1, 0), /pad: expected whole numbers ≥ 0, but found -1 and 0/);
  assert.throws(
    () => concat([x, y], 0),
    /concat: expected shapes that differ only on axis 0, but found \[2, 3\] and \[2, 2\]/,
  );
  assert.throws(
    () => reshape(x, [4, -1]),
    /reshape: expected a shape of 6 elements like \[2, 3\], but found \[4, -1\]/,
  );
  assert.throws(() => reshape(x, [-1, -1]), /reshape: expected/);
  assert.deepEqual(reshape(x, [3, -1]).shape, [3, 2]);
  assert.equal(reshape(x, [2, 3]), x);
  x.dispose();
  y.dispose();
});
