import assert from "node:assert/strict";
import { tensor, zeros } from "../../lib/tensor/mod.ts";
import { dataToTensors, tensorsToData } from "../../lib/train/mod.ts";
import { readSafetensors, writeSafetensors } from "../../lib/data/safetensors.ts";
import { testOnDevices } from "../support/devices.ts";

testOnDevices("tensors of every type go to a file and come back with the same bits", async (_, device) => {
  const special = new Float32Array([1.5, -0, NaN, Infinity, 1e-42]);
  const sources = [
    ["f", tensor(device, special)],
    ["i", tensor(device, new Int32Array([-1, 2 ** 31 - 1]), [2, 1])],
    ["u", tensor(device, new Uint32Array([2 ** 32 - 1]), [])],
    ["b", tensor(device, new Uint8Array([1, 2, 255, 4, 5]), [5])],
  ] as const;
  const data = await tensorsToData(sources);
  assert.deepEqual(Object.values(data).map(({ dtype, shape }) => [dtype, shape]), [
    ["F32", [5]],
    ["I32", [2, 1]],
    ["U32", []],
    ["U8", [5]],
  ]);
  const { tensors } = readSafetensors(writeSafetensors(data), "memory");
  const copies = sources.map(([name, t]) => [name, zeros(device, t.shape, t.dtype)] as const);
  dataToTensors(tensors, copies, "memory");
  for (const [i, [, t]] of sources.entries()) {
    const bits = async (x: typeof t) => {
      const data = await x.data();
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    };
    assert.deepEqual(await bits(copies[i][1]), await bits(t));
  }
  for (const [, t] of [...sources, ...copies]) t.dispose();
});

testOnDevices("what does not fit is refused before anything is written", async (_, device) => {
  const a = tensor(device, [1, 2]), b = tensor(device, [3, 4, 5]), all = [["a", a], ["b", b]] as const;
  const data = await tensorsToData([["a", tensor(device, [9, 9])], ["b", b]]);
  const refused = (changed: Record<string, unknown>, expected: RegExp) =>
    assert.throws(() => dataToTensors({ ...data, ...changed } as typeof data, all, "checkpoint"), expected);
  refused({ b: undefined }, /checkpoint, tensor b: expected F32 \[3\].*no such tensor/s);
  refused({ b: { ...data.b, shape: [1, 3] } }, /expected F32 \[3\].*F32 \[1, 3\]/s);
  refused({ b: { ...data.b, dtype: "I32" } }, /expected F32 \[3\].*I32 \[3\].*other settings/s);
  assert.deepEqual([...await a.data()], [1, 2]);
  dataToTensors(data, all, "checkpoint");
  assert.deepEqual([...await a.data()], [9, 9]);
  for (const t of [a, b]) t.dispose();
});
