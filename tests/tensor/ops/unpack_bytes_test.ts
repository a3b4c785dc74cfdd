import assert from "node:assert/strict";
import { gatherRows } from "../../../lib/tensor/ops/gather_rows.ts";
import { unpackBytes } from "../../../lib/tensor/ops/unpack_bytes.ts";
import { tensor } from "../../../lib/tensor/tensor.ts";
import { testOnDevices } from "../../support/devices.ts";
import { runMany } from "./run_op.ts";

testOnDevices("unpackBytes: all byte values, in order, of gathered rows too", async (_, device) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => (i * 77 + 13) % 256), words = new Uint32Array(bytes.buffer);
  const [whole, scaled, gathered] = await runMany(
    device,
    (words, rows) => [unpackBytes(words), unpackBytes(words, 1 / 255), unpackBytes(gatherRows(words, rows))],
    [{ data: words, shape: [8, 8] }, { data: new Int32Array([5, 0, 5]), shape: [3] }],
  );
  assert.deepEqual(whole, Float32Array.from(bytes));
  assert.deepEqual(scaled, Float32Array.from(bytes, (v) => Math.fround(v * Math.fround(1 / 255))));
  assert.deepEqual(
    gathered,
    Float32Array.from([5, 0, 5].flatMap((row) => [...bytes.subarray(row * 32, row * 32 + 32)])),
  );
});

testOnDevices("unpackBytes: anything but words is refused", (_, device) => {
  const floats = tensor(device, [1]);
  assert.throws(() => unpackBytes(floats), /unpackBytes: expected u32 words \[\.\.\., n\], but found f32 \[1\]/);
  floats.dispose();
});
