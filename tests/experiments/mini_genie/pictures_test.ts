import assert from "node:assert/strict";
import type { Device } from "../../../lib/device/mod.ts";
import { pictureSource } from "../../../lib/experiments/mini_genie/pictures.ts";
import { Stream } from "../../../lib/random.ts";
import { compile, type Tensor } from "../../../lib/tensor/mod.ts";
import { testOnDevices } from "../../support/devices.ts";

/** The same device, which binds fewer bytes. */
function small(device: Device, maxBindingBytes: number): Device {
  return new Proxy(device, {
    get(target, key) {
      if (key === "limits") return { ...target.limits, maxBindingBytes };
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

testOnDevices(
  "pictures come out of a table, or with each batch where they are too many: the same",
  async (_, device) => {
    const side = 8, size = side * side * 3, stream = Stream.named(1, "pictures");
    const frames = Uint8Array.from({ length: 5 * size }, () => stream.below(256)), index = new Int32Array([4, 0, 4, 2]);
    const found = [];
    for (const limit of [1e9, size]) {
      const source = pictureSource(small(device, limit), frames, side);
      const program = compile(device, (batch: Tensor) => source.pictures(batch)), batch = source.batch(index);
      assert.equal(batch instanceof Int32Array, limit > size);
      const pictures = program.run(batch);
      assert.deepEqual(pictures.shape, [4, side, side, 3]);
      found.push(await pictures.floats());
      for (const part of [program, source]) part.dispose();
    }
    const expected = Float32Array.from(
      { length: 4 * size },
      (_, i) => frames[index[Math.floor(i / size)] * size + i % size] * Math.fround(1 / 255),
    );
    assert.deepEqual(found, [expected, expected]);
  },
);

testOnDevices("a part of a larger array is a source too, wherever it begins", async (_, device) => {
  const side = 4, size = 48, bytes = Uint8Array.from({ length: 2 * size + 1 }, (_, i) => i);
  const source = pictureSource(device, bytes.subarray(1), side);
  const program = compile(device, (batch: Tensor) => source.pictures(batch));
  const found = await program.run(source.batch(new Int32Array([1]))).floats();
  assert.deepEqual([...found.map((v) => Math.round(v * 255))], [...bytes.subarray(1 + size)]);
  for (const part of [program, source]) part.dispose();
});
