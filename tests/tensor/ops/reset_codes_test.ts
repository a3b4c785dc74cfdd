import assert from "node:assert/strict";
import fc from "fast-check";
import { resetCodes } from "../../../lib/tensor/ops/reset_codes.ts";
import { compile } from "../../../lib/tensor/program.ts";
import { type Tensor, tensor } from "../../../lib/tensor/tensor.ts";
import type { Device } from "../../../lib/device/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { testOnDevices } from "../../support/devices.ts";
import { randomNd, toFloat32 } from "../../support/float64.ts";
import { runs } from "./check_op.ts";

interface Case {
  readonly codes: number;
  readonly depth: number;
  readonly tokens: number;
  readonly usage: readonly number[];
  readonly pick: readonly number[];
  readonly least: number;
}

const values = (shape: number[], seed: number) => toFloat32(randomNd(shape, seed));

/** Codebook, counts and sums after the reset, on the device and by a plain loop. */
async function both(device: Device, { codes, depth, tokens, usage, pick, least }: Case) {
  const start = { codebook: values([codes, depth], 1), count: values([codes], 2), sum: values([codes, depth], 3) };
  const z = values([tokens, depth], 4), noise = values([pick.length, depth], 5);
  const state = {
    codebook: tensor(device, start.codebook, [codes, depth]),
    count: tensor(device, start.count),
    sum: tensor(device, start.sum, [codes, depth]),
  };
  const program = compile(device, (tokens: Tensor, usage: Tensor, pick: Tensor, noise: Tensor) => {
    resetCodes(state, { usage, tokens, pick, noise, least });
  });
  program.run(
    { data: z, shape: [tokens, depth] },
    Float32Array.from(usage),
    Int32Array.from(pick),
    { data: noise, shape: [pick.length, depth] },
  );
  const found = [await state.codebook.data(), await state.count.data(), await state.sum.data()];
  const dead = usage.flatMap((uses, code) => uses < least ? [code] : []).slice(0, pick.length);
  for (const [rank, code] of dead.entries()) {
    for (let d = 0; d < depth; d++) {
      const moved = Math.fround(z[pick[rank] * depth + d] + noise[rank * depth + d]);
      start.codebook[code * depth + d] = start.sum[code * depth + d] = moved;
    }
    start.count[code] = 1;
  }
  for (const part of [program, ...Object.values(state)]) part.dispose();
  return { found, expected: [start.codebook, start.count, start.sum] };
}

testOnDevices("resetCodes: the dead ones in ascending order, as many as there are picks", async (_, device) => {
  const base = { codes: 6, depth: 3, tokens: 4, usage: [0, 5, 1, 2, 0, 1.5], least: 2 };
  for (const pick of [[3, 0, 2, 1], [2], [0, 0], [1, 1, 2, 3, 0, 2]]) {
    const { found, expected } = await both(device, { ...base, pick });
    assert.deepEqual(found, expected, `picks ${pick}`);
  }
  const { found, expected } = await both(device, { ...base, usage: [2, 2, 2, 3, 9, 4], pick: [0, 1] });
  assert.deepEqual(found, expected, "nobody is dead");
});

testOnDevices("resetCodes: random sizes (property test)", async (_, device) => {
  const size = (max: number) => fc.integer({ min: 1, max });
  await fc.assert(
    fc.asyncProperty(size(150), size(9), size(30), size(150), fc.nat(1e6), async (codes, depth, tokens, most, seed) => {
      const stream = Stream.named(seed, "resets");
      const usage = Array.from({ length: codes }, () => stream.below(5));
      const pick = Array.from({ length: most }, () => stream.below(tokens));
      const { found, expected } = await both(device, { codes, depth, tokens, usage, pick, least: 2 });
      assert.deepEqual(found, expected);
    }),
    { numRuns: runs(device, 12), seed: 2 },
  );
});

testOnDevices("resetCodes: what does not fit is named", (_, device) => {
  const f = (...shape: number[]) => tensor(device, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const state = { codebook: f(4, 2), count: f(4), sum: f(4, 2) }, pick = tensor(device, new Int32Array(3));
  const fitting = { usage: f(4), tokens: f(5, 2), pick, noise: f(3, 2), least: 2 };
  const reset = (options: Partial<typeof fitting>) => () =>
    compile(device, () => resetCodes(state, { ...fitting, ...options })).estimate();
  assert.doesNotThrow(reset({}));
  const message = /resetCodes: expected tokens \[M, 2\], pick i32 \[n\], noise \[n, 2\] and usage \[4\], but found /;
  for (const wrong of [{ tokens: f(5, 3) }, { noise: f(2, 2) }, { usage: f(3) }, { pick: f(3) }]) {
    assert.throws(reset(wrong), message);
  }
  assert.throws(
    () => resetCodes(state, fitting),
    /reset codes changes state in place, which only a compiled function may do/,
  );
});
