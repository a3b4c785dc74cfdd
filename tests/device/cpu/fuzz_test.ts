import assert from "node:assert/strict";
import { type Device, listDevices, openDevice } from "../../../lib/device/mod.ts";
import { openCpuDevice } from "../../../lib/device/cpu/mod.ts";
import { Stream } from "../../../lib/random.ts";
import { INPUTS, LANES, programs } from "./fuzz_program.ts";

/** `TESSERA_FUZZ_SEED` and `TESSERA_FUZZ_PROGRAMS` choose other programs, or more. */
const FIRST = Number(Deno.env.get("TESSERA_FUZZ_SEED") ?? 1);
const PROGRAMS = Number(Deno.env.get("TESSERA_FUZZ_PROGRAMS") ?? 500);
const PER_SHADER = 10;
const GROUPS = 2;

const witness = (await listDevices()).find((report) => report.present && report.kind !== "cpu");

async function run(device: Device, code: string, input: Uint32Array): Promise<Uint32Array> {
  const [data, out] = [device.buffer(4 * INPUTS, "data"), device.buffer(4 * LANES * GROUPS * PER_SHADER, "out")];
  device.write(data, input);
  const kernel = device.kernel({ name: "fuzz", code });
  await device.ready();
  device.submit([{ kernel, bindings: [{ buffer: data }, { buffer: out }], grid: [GROUPS, 1, 1] }]);
  const result = new Uint32Array(await device.read(out));
  data.dispose();
  out.dispose();
  return result;
}

/**
 * True if a device's `%` is right for negative i32. WGSL says what it is, but Vulkan leaves OpSRem open for negative
 * operands, naga emitted it until wgpu pull request 9674, and NVIDIA's drivers then divide unsigned numbers. Where this
 * shows, programs keep to positive operands; `semantics_test.ts` has the written values for the CPU device.
 */
async function knowsSignedRemainder(device: Device): Promise<boolean> {
  const code = `
@group(0) @binding(0) var<storage, read> data: array<i32, ${INPUTS}>;
@group(0) @binding(1) var<storage, read_write> out: array<i32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3<u32>) {
  for (var i = 0u; i < 8u; i++) { out[i] = data[i] % data[i + 8u]; }
  out[8] = data[0] % 768;
}`;
  const input = new Int32Array(INPUTS);
  const [a, b] = [[-1, -5, 7, -7, -769, 7, -2147483648, -12], [768, 3, -2, -2, 768, 4, 10, 5]];
  input.set([...a, ...b]);
  const found = new Int32Array((await run(device, code, new Uint32Array(input.buffer))).buffer);
  return [...a.map((x, i) => x % b[i]), -1].every((x, i) => found[i] === x + 0);
}

Deno.test({
  name: `${PROGRAMS} random programs from seed ${FIRST} agree on the CPU device and on ${
    witness?.name ?? "WebGPU (no adapter)"
  }`,
  ignore: !witness,
  fn: async () => {
    using webgpu = await openDevice({ kind: witness!.kind });
    using cpu = await openCpuDevice({ threads: 2 });
    const signedRemainder = await knowsSignedRemainder(webgpu);
    assert.ok(await knowsSignedRemainder(cpu), "the CPU device's % is right for negative operands");
    for (let seed = FIRST; seed < FIRST + PROGRAMS / PER_SHADER; seed++) {
      const { code, bodies } = programs(seed, PER_SHADER, signedRemainder);
      const stream = Stream.named(seed, "fuzz inputs");
      const input = Uint32Array.from({ length: INPUTS }, () => stream.uint32());
      const [expected, found] = [await run(webgpu, code, input), await run(cpu, code, input)];
      const wrong = expected.findIndex((x, i) => x !== found[i]);
      assert.ok(
        wrong < 0,
        `seed ${seed}, lane ${Math.floor(wrong / PER_SHADER)}: ${found[wrong]} instead of ${expected[wrong]}\n${
          bodies[wrong % PER_SHADER]
        }`,
      );
    }
  },
});

Deno.test("random programs give the same bits checked and unchecked, on one and on two threads", async () => {
  using one = await openCpuDevice({ threads: 1 });
  using two = await openCpuDevice({ threads: 2, unchecked: () => true });
  for (let seed = 1000; seed < 1020; seed++) {
    const { code } = programs(seed, PER_SHADER);
    const input = Uint32Array.from({ length: INPUTS }, (_, i) => Math.imul(i + seed, 2654435761));
    assert.deepEqual(await run(one, code, input), await run(two, code, input), `seed ${seed}`);
  }
});
