import assert from "node:assert/strict";
import fc from "fast-check";
import { DeviceError } from "../../../lib/device/device.ts";
import { openCpuDevice } from "../../../lib/device/cpu/mod.ts";
import { cpu, runKernel } from "./harness.ts";

const COPY = `
override SHIFT: i32 = 0;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(8) fn main(@builtin(global_invocation_id) id: vec3u) { y[i32(id.x) + SHIFT] = x[i32(id.x) - SHIFT] + 1.0; }`;

Deno.test("many submissions leave no buffer behind, and memory is used again", async () => {
  const device = await openCpuDevice({ threads: 2 });
  const kernel = device.kernel({ name: "copy", code: COPY });
  assert.equal(device.kernel({ name: "copy", code: COPY }), kernel, "the same kernel is compiled once");
  for (let i = 0; i < 1000; i++) {
    const [x, y] = [device.buffer(1 << 16, "x"), device.buffer(1 << 16, "y")];
    device.submit([{ kernel, bindings: [{ buffer: x }, { buffer: y }], grid: [4, 1, 1] }]);
    x.dispose();
    x.dispose();
    y.dispose();
  }
  assert.deepEqual([device.liveBuffers, device.liveBytes], [0, 0]);
  const buffer = device.buffer(64, "new");
  assert.ok(new Float32Array(await device.read(buffer)).every((v) => v === 0), "new buffers hold zeros");
  device.close();
  device.close();
  assert.equal(device.liveBuffers, 0);
  assert.throws(() => device.buffer(4, "late"), DeviceError);
});

Deno.test("indices out of range never touch another buffer", async () => {
  const device = await cpu();
  const words = Float32Array.from({ length: 16 }, (_, i) => i + 1);
  for (const SHIFT of [1, 3, 100, 1 << 20, 1 << 28, -(1 << 29), -1, -5]) {
    const around = [0, 1, 2].map((i) => device.buffer(64, `buffer ${i}`));
    for (const buffer of around) device.write(buffer, words);
    const kernel = device.kernel({ name: "copy", code: COPY }, { SHIFT });
    // The middle buffer is written through a window of 32 bytes.
    const bindings = [{ buffer: around[0] }, { buffer: around[1], offset: 16, bytes: 32 }];
    device.submit([{ kernel, bindings, grid: [3, 1, 1] }]);
    const found = await Promise.all(around.map(async (buffer) => [...new Float32Array(await device.read(buffer))]));
    assert.deepEqual([found[0], found[2]], [[...words], [...words]], `SHIFT ${SHIFT}`);
    const outside = (list: ArrayLike<number>) => [...Array.from(list).slice(0, 4), ...Array.from(list).slice(12)];
    assert.deepEqual(outside(found[1]), outside(words), `SHIFT ${SHIFT}`);
    for (const buffer of around) buffer.dispose();
  }
});

Deno.test("random indices into local, workgroup and buffer arrays stay inside (property)", async () => {
  const code = `
@group(0) @binding(0) var<storage, read> at: array<i32>;
@group(0) @binding(1) var<storage, read_write> out: array<vec3f>;
@group(0) @binding(2) var<storage, read_write> guard: array<u32, 4>;
var<workgroup> w: array<u32, 8>;
const table = array<u32, 3>(1u, 2u, 3u);
@compute @workgroup_size(2) fn main(@builtin(local_invocation_index) lane: u32) {
  var mine: array<u32, 4>;
  var v = vec2u(1u, 2u);
  for (var i = 0; i < 4; i++) { mine[at[i]] = 5u; w[at[i] + i] += 1u; v[at[i]] = 3u; out[at[i]].y = f32(mine[at[i] * 7] + table[at[i]] + w[at[i]]) + out[at[i + 1]].z; }
  guard[at[0]] = mine[0];
}`;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer(), { minLength: 5, maxLength: 5 }), async (at) => {
      const [, out] = await runKernel({ code, buffers: [new Int32Array(at), new Float32Array(8), new Uint32Array(4)] });
      assert.ok(out.every((x) => Number.isFinite(x)));
    }),
    { numRuns: 200, seed: 3 },
  );
});

Deno.test("one and several threads give the same bits", async () => {
  const code = `
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(16) fn main(@builtin(global_invocation_id) id: vec3u) {
  var v = x[id.x];
  for (var i = 0u; i < 8u; i++) { v = sin(v * 1.7) + exp(-v * v) * f32(i); }
  x[id.x] = v;
}`;
  const data = Float32Array.from({ length: 16 * 99 }, (_, i) => i / 77);
  const results = [];
  for (const threads of [1, 2, 3]) {
    const device = await cpu(threads);
    const kernel = device.kernel({ name: "wave", code });
    const buffer = device.buffer(data.byteLength, "x");
    device.write(buffer, data);
    const dispatch = { kernel, bindings: [{ buffer }], grid: [99, 1, 1] } as const;
    for (let i = 0; i < 20; i++) device.submit([dispatch, dispatch, dispatch]);
    results.push(new Uint32Array(await device.read(buffer)));
    buffer.dispose();
  }
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
});

Deno.test("a submission larger than the list of records runs in order", async () => {
  const device = await cpu(2);
  const kernel = device.kernel({
    name: "count",
    code: `@group(0) @binding(0) var<storage, read_write> x: array<u32>;
      @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { x[id.x] = x[id.x] * 3u + 1u; }`,
  });
  const buffer = device.buffer(16, "x");
  device.submit(new Array(10_000).fill({ kernel, bindings: [{ buffer }], grid: [4, 1, 1] }));
  let expected = 0;
  for (let i = 0; i < 10_000; i++) expected = (Math.imul(expected, 3) + 1) >>> 0;
  assert.deepEqual([...new Uint32Array(await device.read(buffer))], new Array(4).fill(expected));
  buffer.dispose();
});

Deno.test("wrong use is refused with what was expected and found", async () => {
  const device = await cpu();
  const other = await openCpuDevice({ threads: 1 });
  const kernel = device.kernel({ name: "copy", code: COPY });
  const x = device.buffer(64, "x");
  const foreign = other.buffer(64, "foreign");
  const gone = device.buffer(64, "gone");
  gone.dispose();
  const grid = [1, 1, 1] as const;
  const refuse = (bindings: Parameters<typeof device.submit>[0][0]["bindings"], message: RegExp) =>
    assert.throws(
      () => device.submit([{ kernel, bindings, grid }]),
      (e: Error) => e instanceof DeviceError && message.test(e.message),
    );
  refuse([{ buffer: x }], /nothing is bound to y, @binding\(1\)/);
  refuse([{ buffer: x }, { buffer: foreign }], /foreign belongs to another device/);
  refuse([{ buffer: x }, { buffer: gone }], /gone is disposed/);
  refuse([{ buffer: x }, { buffer: x, offset: 4 }], /multiple of 16 but found 4/);
  refuse([{ buffer: x }, { buffer: x, offset: 48, bytes: 32 }], /within x \(64 bytes\) but found 32 at 48/);
  assert.throws(() => device.submit([{ kernel, bindings: [{ buffer: x }, { buffer: x }], grid: [1, -1, 1] }]), /grid/);
  assert.throws(() => device.write(x, new Float32Array(4), 56), /range within 64 bytes/);
  assert.throws(() => device.buffer(6, "odd"), /multiple of 4/);
  await assert.rejects(device.read(x, 2, 4), DeviceError);
  await assert.rejects(openCpuDevice({ threads: 0 }), /at least 1 thread/);
  assert.equal((await device.profile([{ kernel, bindings: [{ buffer: x }, { buffer: x }], grid }]))?.[0].name, "copy");
  x.dispose();
  other.close();
});

Deno.test("a program that forgets to close its device ends, and so does one that closes it", async () => {
  const module = new URL("../../../lib/device/cpu/mod.ts", import.meta.url).href;
  for (const close of ["", "device.close();"]) {
    const code =
      `import { openCpuDevice } from "${module}"; const device = await openCpuDevice({ threads: 3 }); ${close} console.log(device.name);`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", code],
      signal: AbortSignal.timeout(30_000),
    });
    const { code: status, stdout } = await child.output();
    assert.equal(status, 0);
    assert.match(new TextDecoder().decode(stdout), /CPU, 3 threads \(WASM SIMD\)/);
  }
});

Deno.test("strict: an index out of range ends the submission and names the kernel", async () => {
  for (const threads of [1, 2]) {
    using device = await openCpuDevice({ threads, strict: true });
    const [x, y] = [device.buffer(64, "x"), device.buffer(64, "y")];
    const run = (SHIFT: number, groups: number) => {
      const kernel = device.kernel({ name: "copy", code: COPY }, { SHIFT });
      device.submit([{ kernel, bindings: [{ buffer: x }, { buffer: y }], grid: [groups, 1, 1] }]);
    };
    run(0, 2);
    assert.deepEqual([...new Float32Array(await device.read(y))], new Array(16).fill(1));
    for (const [shift, groups] of [[0, 3], [1, 2], [-1, 2]]) {
      assert.throws(
        () => run(shift, groups),
        (e: Error) => e instanceof DeviceError && /kernel copy: an index out of range/.test(e.message),
      );
    }
    run(0, 2);
  }
});
