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
  refuse([{ buffer: x }], /y at @binding\(1\): expected \{ buffer \} but found nothing in a list of 1/);
  refuse([{ buffer: x }, { buffer: foreign }], /expected a buffer of this device but found foreign of another device/);
  refuse([{ buffer: x }, { buffer: gone }], /gone is disposed/);
  refuse([{ buffer: x }, { buffer: x, offset: 4 }], /multiple of 16 but found 4/);
  refuse([{ buffer: x }, { buffer: x, offset: 48, bytes: 32 }], /within x \(64 bytes\) but found 32 at 48/);
  assert.throws(() => device.submit([{ kernel, bindings: [{ buffer: x }, { buffer: x }], grid: [1, -1, 1] }]), /grid/);
  assert.throws(() => device.write(x, new Float32Array(4), 56), /within 64 bytes but found 16 bytes at offset 56/);
  assert.throws(() => device.buffer(6, "odd"), /multiple of 4/);
  await assert.rejects(device.read(x, 2, 4), DeviceError);
  await assert.rejects(openCpuDevice({ threads: 0 }), /threads, at least 1, but found 0/);
  x.dispose();
  other.close();
});

Deno.test("what JavaScript lets through is refused by name, and the device works on", async () => {
  const device = await openCpuDevice({ threads: 2 });
  const kernel = device.kernel({ name: "copy", code: COPY });
  const [x, y] = [device.buffer(64, "x"), device.buffer(64, "y")];
  const bindings = [{ buffer: x }, { buffer: y }];
  const grid = [1, 1, 1];
  // deno-lint-ignore no-explicit-any
  const anything = device as any;
  const submit = (dispatch: unknown) => () => anything.submit([dispatch]);
  const faults: [() => unknown, RegExp][] = [
    [() => anything.submit({ kernel, bindings, grid }), /expected a list of dispatches/],
    [submit({ bindings, grid }), /expected a kernel of this device/],
    [submit({ kernel, grid }), /expected a list of at most 2 bindings/],
    [submit({ kernel, bindings: [x, y], grid }), /at @binding\([01]\): expected \{ buffer \} but found something else/],
    [submit({ kernel, bindings: [...bindings, { buffer: x }], grid }), /at most 2 bindings .* but found 3/],
    [submit({ kernel, bindings: [{ buffer: x }, { buffer: x }], grid }), /windows that do not overlap/],
    [submit({ kernel, bindings: [{ buffer: x, bytes: 22 }, { buffer: y }], grid }), /a multiple of 4, .* but found 22/],
    [submit({ kernel, bindings: [{ buffer: x, offset: "16" }, { buffer: y }], grid }), /multiple of 16 but found "16"/],
    ...[[1, 1], [1.5, 1, 1], [NaN, 1, 1], [65536, 1, 1], 7, undefined].map((wrong): [() => unknown, RegExp] => [
      submit({ kernel, bindings, grid: wrong }),
      /copy: expected a grid \[x, y, z\] of whole numbers .* but found .*workgroup_size/,
    ]),
    [submit({ kernel, bindings, grid: [65535, 65535, 1] }), /expected at most 1073741824 workgroups/],
    [() => anything.write(x, [1, 2, 3]), /write to x: expected a typed array or a DataView but found an array/],
    [() => anything.write(x, new ArrayBuffer(8)), /found ArrayBuffer\. Wrap it/],
    [() => anything.write(x, new Uint8Array(3)), /found 3 bytes at offset 0\. Pad/],
    [() => anything.buffer("64", "text"), /found "64"/],
    [() => anything.kernel(COPY), /expected a kernel as \{ name, code \}.* but found string/],
    [() => anything.kernel({ name: "copy" }), /found name: string, code: undefined/],
    ...[NaN, Infinity, "1", true, undefined, 1n].map((SHIFT): [() => unknown, RegExp] => [
      () => anything.kernel({ name: "copy", code: COPY }, { SHIFT }),
      /kernel copy, constant SHIFT: expected a finite number but found/,
    ]),
  ];
  for (const [act, message] of faults) {
    assert.throws(act, (e: Error) => {
      assert.ok(e instanceof DeviceError, String(e));
      assert.match(e.message, message);
      return true;
    });
  }
  await assert.rejects(device.read(x, 68), /read of x: .* found 0 bytes at offset 68/);
  await assert.rejects(openCpuDevice({ threads: "2" as unknown as number }), /threads, at least 1, but found "2"/);
  // A wrong dispatch behind a right one: neither runs.
  assert.throws(() => anything.submit([{ kernel, bindings, grid }, { kernel, bindings: [], grid }]), DeviceError);
  assert.deepEqual(await device.read(y), new ArrayBuffer(64));
  const times = await device.profile([{ kernel, bindings, grid: [2, 1, 1] }]);
  assert.equal(times?.[0].name, "copy");
  assert.deepEqual([...new Float32Array(await device.read(y))], new Array(16).fill(1));
  const pending = device.read(y);
  device.close();
  assert.equal((await pending).byteLength, 64, "what was asked for before close arrives");
  await assert.rejects(device.read(y), /is closed/);
  await assert.rejects(device.profile([]), /is closed/);
  assert.throws(submit({ kernel, bindings, grid }), /is closed/);
});

Deno.test("constants 0 and -0 make two kernels", async () => {
  const device = await cpu();
  const code = `override ZERO: f32; @group(0) @binding(0) var<storage, read_write> x: array<f32>;
    @compute @workgroup_size(1) fn main() { x[0] = x[1] / ZERO; }`;
  const results = [];
  for (const ZERO of [0, -0]) {
    results.push(
      (await runKernel<Float32Array>({ device, code, constants: { ZERO }, buffers: [new Float32Array([0, 1])] }))[0][0],
    );
  }
  assert.deepEqual(results, [Infinity, -Infinity]);
});

Deno.test("a kernel too large for memory is refused and leaves the others as they were", async () => {
  using device = await openCpuDevice({ threads: 2 });
  const code = (count: number) =>
    `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
    @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) {
      var a: array<f32, ${count}>; a[(id.x * 7u) % ${count}u] = f32(id.x + 1u); x[id.x] = a[(id.x * 7u) % ${count}u];
    }`;
  const small = device.kernel({ name: "small", code: code(100) });
  const big = `kernel big, for 2 threads, needs`;
  assert.throws(() => device.kernel({ name: "big", code: code(2 ** 27) }), (e: Error) => {
    return e instanceof DeviceError && e.message.includes("out of memory") && e.message.includes(big);
  });
  const x = device.buffer(64, "x");
  const guards = Array.from({ length: 200 }, (_, i) => device.buffer(512, `guard ${i}`));
  for (let i = 0; i < 20; i++) device.submit([{ kernel: small, bindings: [{ buffer: x }], grid: [4, 1, 1] }]);
  assert.deepEqual([...new Float32Array(await device.read(x))], Array.from({ length: 16 }, (_, i) => i + 1));
  for (const guard of guards) assert.deepEqual(await device.read(guard), new ArrayBuffer(512));
});

Deno.test({
  name: "many devices, one after the other, keep neither threads nor memory",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const use = async (devices: number) => {
      for (let i = 0; i < devices; i++) {
        using device = await openCpuDevice({ threads: 2 });
        const [x, y] = [device.buffer(1 << 23, "x"), device.buffer(1 << 23, "y")];
        const kernel = device.kernel({ name: "copy", code: COPY });
        device.submit([{ kernel, bindings: [{ buffer: x }, { buffer: y }], grid: [1 << 15, 1, 1] }]);
        assert.equal(new Float32Array(await device.read(y, 0, 4))[0], 1);
      }
    };
    const status = (key: string) =>
      Number(new RegExp(`${key}:\\s+(\\d+)`).exec(Deno.readTextFileSync("/proc/self/status"))![1]);
    // The collector gives memory back when it likes, so a round that needs (almost) no more of it is waited for: if devices
    // were kept, each round would add 6 threads and 96 MiB.
    const rounds: { threads: number; kilobytes: number }[] = [];
    const steady = (key: "threads" | "kilobytes", few: number) =>
      rounds.some((round, i) => i > 0 && round[key] - rounds[i - 1][key] < few);
    while (rounds.length < 12 && !(steady("threads", 3) && steady("kilobytes", 40_000))) {
      await use(6);
      rounds.push({ threads: status("Threads"), kilobytes: status("VmRSS") });
    }
    assert.ok(rounds.length < 12, JSON.stringify(rounds));
  },
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
