import assert from "node:assert/strict";
import fc from "fast-check";
import { gatherFrames } from "../../../lib/tensor/ops/gather_frames.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { testOnDevices } from "../../support/devices.ts";
import { randomIndices, randomNd, toFloat32 } from "../../support/float64.ts";
import { runs } from "./check_op.ts";
import { runMany } from "./run_op.ts";

interface Case {
  readonly frames: number;
  readonly cells: number;
  readonly side: number;
  readonly values: number;
  readonly count: number;
}

async function both(device: Device, { frames, cells, side, values, count }: Case) {
  const stream = Stream.named(frames, "boards"), index = randomIndices(count, frames, 3);
  // Some bytes have no patch of their own and show the last one.
  const bytes = new Uint8Array(frames * cells * cells).map(() => stream.below(values + 2));
  const patches = toFloat32(randomNd([values, side, side], 4));
  const [found] = await runMany(device, (bytes, index, patches) => [gatherFrames(bytes, index, patches)], [
    { data: bytes, shape: [frames, cells, cells] },
    { data: index, shape: [count] },
    { data: patches, shape: [values, side, side] },
  ]);
  const size = cells * side, expected = new Float32Array(count * size * size);
  for (let b = 0; b < count; b++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const cell = (index[b] * cells + Math.floor(y / side)) * cells + Math.floor(x / side);
        const patch = Math.min(bytes[cell], values - 1);
        expected[(b * size + y) * size + x] = patches[(patch * side + y % side) * side + x % side];
      }
    }
  }
  return { found, expected };
}

testOnDevices("gatherFrames: every pixel as the cell's patch has it", async (_, device) => {
  const cases = [
    { frames: 5, cells: 4, side: 8, values: 12, count: 7 },
    { frames: 3, cells: 8, side: 4, values: 3, count: 2 },
    { frames: 7, cells: 3, side: 5, values: 4, count: 9 },
    { frames: 1, cells: 1, side: 1, values: 1, count: 1 },
  ];
  for (const one of cases) {
    const { found, expected } = await both(device, one);
    assert.deepEqual(found, expected, JSON.stringify(one));
  }
});

testOnDevices("gatherFrames: random sizes (property test)", async (_, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  const sizes = fc.record({ frames: size(9), cells: size(5), side: size(8), values: size(6), count: size(12) });
  await fc.assert(
    fc.asyncProperty(sizes, async (one) => {
      const { found, expected } = await both(device, one);
      assert.deepEqual(found, expected);
    }),
    { numRuns: runs(device, 20), seed: 12 },
  );
});

testOnDevices("gatherFrames: what does not fit is named", (_, device) => {
  const bytes = tensor(device, new Uint8Array(32), [2, 4, 4]), index = tensor(device, new Int32Array(3));
  const patches = tensor(device, new Float32Array(12), [3, 2, 2]);
  assert.deepEqual(gatherFrames(bytes, index, patches).shape, [3, 8, 8, 1]);
  const message =
    /gatherFrames: expected u8 bytes \[frames, cells, cells\], i32 index and f32 patches \[values, side, side\], but found/;
  assert.throws(() => gatherFrames(patches, index, patches), message);
  assert.throws(() => gatherFrames(bytes, patches, patches), message);
  assert.throws(() => gatherFrames(bytes, index, bytes), message);
  assert.throws(() => gatherFrames(tensor(device, new Uint8Array(24), [2, 3, 4]), index, patches), message);
  for (const t of [bytes, index, patches]) t.dispose();
});
