import assert from "node:assert/strict";
import {
  add,
  argmax,
  assign,
  attention,
  compile,
  concat,
  conv2d,
  convTranspose2d,
  crossEntropy,
  exp,
  gatherFrames,
  gatherRows,
  groupNorm,
  histogram,
  layerNorm,
  matmul,
  max,
  nearestCode,
  oneHot,
  permute,
  reshape,
  segmentSum,
  softmax,
  sum,
  type Tensor,
  tensor,
  topK,
  windowOf,
} from "../../lib/tensor/mod.ts";
import type { Device } from "../../lib/device/mod.ts";
import { testOnDevices } from "../support/devices.ts";
import { randomIndices, randomNd, sizeOf, toFloat32 } from "../support/float64.ts";
import { share } from "./ops/check_op.ts";
import { variants } from "./ops/run_op.ts";

/** Elements before, and of, each window. */
const STRIDE = 128;
const SENTINEL = 77;

/** Operations with results whose size does not divide by 4, so that a vector too many would reach behind them. */
function uses(device: Device): Record<string, () => Tensor> {
  const f = (...shape: number[]) => tensor(device, toFloat32(randomNd(shape, sizeOf(shape))), shape);
  const i = (count: number, below: number) => tensor(device, randomIndices(count, below, 1));
  const x = f(3, 5), table = f(7, 3), bytes = tensor(device, new Uint8Array(18), [2, 3, 3]);
  const [three, five] = [i(3, 5), i(5, 7)], picture = f(1, 5, 5, 3), weight = f(3, 3, 3, 5), turned = f(3, 3, 3, 5);
  const [s3, s5] = [f(3), f(5)], tokens = f(1, 3, 6), patches = f(2, 1, 1);
  return {
    elementwise: () => exp(x),
    permute: () => permute(x, [1, 0]),
    concat: () => concat([x, f(2, 5)], 0),
    "sum of rows": () => sum(x, [1]),
    "sum of columns": () => sum(x, [0]),
    "long sum": () => sum(f(300, 7), [0]),
    maximum: () => max(f(5, 200), [1]),
    "gather rows": () => gatherRows(table, five),
    "segment sum": () => segmentSum(x, three, 9),
    "gather frames": () => gatherFrames(bytes, tensor(device, new Int32Array([1])), patches),
    matmul: () => matmul(f(9, 6), f(6, 7)),
    "matmul, vectors": () => matmul(f(1, 8), f(8, 6), { bias: f(6) }),
    "matmul, long": () => matmul(f(5, 700), f(700, 3)),
    conv2d: () => conv2d(picture, weight, { bias: s5, stride: 2, padding: 1 }),
    convTranspose2d: () => convTranspose2d(f(1, 3, 3, 5), turned, { bias: s3, stride: 1 }),
    softmax: () => softmax(x),
    "layer norm": () => layerNorm(x, s5, s5),
    "group norm": () => groupNorm(f(1, 3, 3, 3), 1, s3, s3),
    attention: () => attention(tokens, tokens, tokens, { heads: 2 }),
    "cross entropy": () => crossEntropy(x, three),
    "nearest code": () => nearestCode(table, f(4, 3)),
    argmax: () => argmax(x),
    "one-hot": () => oneHot(three, 5),
    "top values": () => topK(x, 3).values,
    "top indices": () => topK(x, 3).indices,
    histogram: () => histogram(five, 5),
    "a copy": () => add(reshape(x, [15]), 0),
  };
}

testOnDevices("every operation writes exactly its own elements, and nothing behind them", async (t, device) => {
  for (const variant of variants(device)) {
    for (const [name, use] of share(variant.device, Object.entries(uses(device)))) {
      await t.step(`${name}, ${variant.name}`, async () => {
        const { shape, dtype } = use(),
          Type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array }[dtype];
        assert.ok(sizeOf(shape) % 4 !== 0 && sizeOf(shape) < STRIDE, `[${shape}]`);
        const memory = tensor(device, new Type(3 * STRIDE).fill(SENTINEL)),
          window = windowOf(memory, STRIDE, shape, name);
        const program = compile(variant.device, () => assign(window, use())), alone = compile(variant.device, use);
        program.run();
        const found = [...await memory.data()], expected = await alone.run().data();
        assert.deepEqual(found.slice(STRIDE, STRIDE + expected.length), [...expected]);
        const outside = [...found.slice(0, STRIDE), ...found.slice(STRIDE + expected.length)];
        assert.ok(outside.every((v) => v === SENTINEL), `${name} wrote behind its ${expected.length} elements`);
        for (const part of [program, alone, memory]) part.dispose();
      });
    }
  }
});
