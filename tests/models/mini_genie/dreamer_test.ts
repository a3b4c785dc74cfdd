/** The inference API: chunks, shapes, bytes, and choices among the likeliest codes. */
import assert from "node:assert/strict";
import type { Device } from "../../../lib/device/mod.ts";
import { constantScript, dream, Dreamer, type GenieSettings, MiniGenie } from "../../../lib/models/mini_genie/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { testOnDevices } from "../../support/devices.ts";
import { spreadCodes } from "./spread_codes.ts";

const SETTINGS: GenieSettings = {
  imageSide: 16,
  vqVae: { hidden: 8, residual: 4, codeWidth: 8, codes: 12, decay: 0.97, patches: false },
  actionNet: { actions: 3, width: 4, channels: [4, 8, 8], hidden: 8, pooled: false, changes: false, turns: "none" },
  dynamics: { width: 8, heads: 2, layers: 2, inner: 16, dropout: 0.1 },
};
const N = 16, SIZE = 16 * 16 * 3;

async function opened(device: Device): Promise<{ model: MiniGenie; dreamer: Dreamer; dispose(): void }> {
  const model = new MiniGenie(SETTINGS, 3).place(device), dreamer = new Dreamer(device, model);
  await spreadCodes(device, model);
  return { model, dreamer, dispose: () => [dreamer, model].forEach((part) => part.dispose()) };
}

function randomPictures(count: number): Uint8Array {
  const stream = Stream.named(2, "pictures");
  return Uint8Array.from({ length: count * SIZE }, () => stream.below(256));
}

function randomGrids(count: number, name: string): Int32Array {
  const stream = Stream.named(4, name);
  return Int32Array.from({ length: count * N }, () => stream.below(12));
}

testOnDevices("many at once give what each alone gives, over the limits of chunks too", async (_, device) => {
  const { dreamer, dispose } = await opened(device), count = 67, pictures = randomPictures(count);
  const [before, after] = [randomGrids(count, "before"), randomGrids(count, "after")];
  const codes = Int32Array.from({ length: count }, (_, i) => i % 3);
  const all = {
    encoded: await dreamer.encode(pictures),
    decoded: await dreamer.decode(before),
    inferred: await dreamer.infer(before, after),
    next: await dreamer.predict(before, codes),
  };
  assert.equal(all.encoded.length, count * N);
  assert.equal(all.decoded.length, count * SIZE);
  assert.ok(new Set(all.encoded).size > 1, "all tokens are alike");
  for (const i of [0, 63, 66]) {
    const grid = before.slice(i * N, (i + 1) * N), other = after.slice(i * N, (i + 1) * N);
    assert.deepEqual(
      await dreamer.encode(pictures.slice(i * SIZE, (i + 1) * SIZE)),
      all.encoded.slice(i * N, (i + 1) * N),
    );
    const bytes = await dreamer.decode(grid), expected = all.decoded.slice(i * SIZE, (i + 1) * SIZE);
    // Sums of a batch of one may round otherwise; a byte at the edge then differs by one.
    assert.ok(bytes.every((v, k) => Math.abs(v - expected[k]) <= 1));
    const alone = await dreamer.infer(grid, other);
    assert.equal(alone.codes[0], all.inferred.codes[i]);
    assert.ok(alone.probabilities.every((p, k) => Math.abs(p - all.inferred.probabilities[3 * i + k]) < 1e-5));
    assert.deepEqual(await dreamer.predict(grid, codes.slice(i, i + 1)), all.next.slice(i * N, (i + 1) * N));
  }
  dispose();
});

testOnDevices(
  "probabilities: each row sums to 1, and the code is its largest; one-hot ones act like codes",
  async (_, device) => {
    const { dreamer, dispose } = await opened(device);
    const [before, after] = [randomGrids(9, "before"), randomGrids(9, "after")];
    const { codes, probabilities } = await dreamer.infer(before, after);
    const oneHot = new Float32Array(27);
    codes.forEach((k, i) => {
      const row = probabilities.subarray(3 * i, 3 * i + 3);
      assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-5);
      assert.equal(row[k], Math.max(...row));
      oneHot[3 * i + k] = 1;
    });
    assert.deepEqual(await dreamer.predict(before, oneHot), await dreamer.predict(before, codes));
    dispose();
  },
);

testOnDevices(
  "top-k: k = 1 is greedy, a seed gives the same draw, and draws differ between steps",
  async (_, device) => {
    const { dreamer, dispose } = await opened(device),
      start = randomGrids(2, "start"),
      script = constantScript(1, 4, 2);
    const top = (k: number, seed: number) => ({ k, temperature: 1, stream: Stream.named(seed, "dream") });
    const greedy = await dream(dreamer, start, script);
    assert.equal(greedy.length, 5);
    assert.deepEqual(greedy[0], start);
    assert.deepEqual(await dream(dreamer, start, script, top(1, 1)), greedy);
    const drawn = await dream(dreamer, start, script, top(8, 1));
    assert.deepEqual(await dream(dreamer, start, script, top(8, 1)), drawn);
    assert.notDeepEqual(await dream(dreamer, start, script, top(8, 2)), drawn);
    assert.notDeepEqual(drawn, greedy);
    dispose();
  },
);

testOnDevices("what is not a whole number of grids or pictures is refused", async (_, device) => {
  const { dreamer, dispose } = await opened(device);
  await assert.rejects(() => dreamer.decode(new Int32Array(17)), /grids of 16 elements each, but found 17/);
  await assert.rejects(() => dreamer.encode(new Uint8Array(SIZE - 1)), /pictures of 768 elements each, but found 767/);
  dispose();
});
