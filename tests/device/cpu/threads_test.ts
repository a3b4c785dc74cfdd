/** Threads, failures and short memory on the CPU device. */
import assert from "node:assert/strict";
import { type Device, type DeviceBuffer, DeviceError, type Dispatch } from "../../../lib/device/device.ts";
import { CpuDevice, openCpuDevice } from "../../../lib/device/cpu/cpu_device.ts";
import { Heap } from "../../../lib/device/cpu/heap.ts";
import { KernelFailure, Pool } from "../../../lib/device/cpu/pool.ts";
import {
  CONTROL,
  HEAP_START,
  loadKernel,
  newShared,
  RECORD,
  RECORDS,
  takeFailure,
  workOn,
} from "../../../lib/device/cpu/protocol.ts";
import { Stream } from "../../../lib/random.ts";

const STEP = `
override BY: u32;
@group(0) @binding(0) var<storage, read_write> x: array<u32>;
var<workgroup> w: array<u32, WORDS>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) n: vec3u) {
  let i = (id.z * n.y + id.y) * n.x + id.x;
  w[i % WORDS] += BY;
  x[i] = x[i] * 5u + w[i % WORDS] + w[(i + 1u) % WORDS];
}`;

/** `x = 5 x + by`, through workgroup memory of `words` words. */
const step = (device: Device, by: number, words = 64) =>
  device.kernel({ name: `step ${by}`, code: STEP.replaceAll("WORDS", `${words}u`) }, { BY: by });

const numbers = async (device: Device, buffer: DeviceBuffer) => [...new Uint32Array(await device.read(buffer))];

Deno.test("two devices: kernels, scratch and memory grow while workers sleep or wake late", async () => {
  const random = Stream.named(1, "threads_test");
  const devices = await Promise.all([3, 4].map((threads) => openCpuDevice({ threads })));
  const states = devices.map((device) => ({ device, buffer: device.buffer(4, "x"), expected: new Uint32Array(1) }));
  let kernels = 0;
  for (let round = 0; round < 200; round++) {
    const state = states[random.below(2)];
    const { device } = state;
    const huge = round % 40 === 0;
    const grid = [huge ? 65535 : 1 + random.below(40), 1 + random.below(2), 1 + random.below(2)] as const;
    const total = grid[0] * grid[1] * grid[2];
    if (total * 4 > state.buffer.bytes) {
      const buffer = device.buffer(total * 4, "x");
      device.write(buffer, new Uint8Array(await device.read(state.buffer)));
      state.buffer.dispose();
      const expected = new Uint32Array(total);
      expected.set(state.expected);
      Object.assign(state, { buffer, expected });
    }
    const dispatches: Dispatch[] = [];
    for (let count = huge ? 1 : 1 + random.below(30); count > 0; count--) {
      // Every few dispatches use a kernel that no worker has seen.
      const by = random.below(4) === 0 ? kernels++ : random.below(kernels + 1);
      const words = huge ? 64 : 64 << random.below(6);
      dispatches.push({ kernel: step(device, by, words), bindings: [{ buffer: state.buffer }], grid });
      for (let i = 0; i < total; i++) state.expected[i] = Math.imul(state.expected[i], 5) + by;
    }
    device.submit(dispatches);
    if (random.below(8) === 0) {
      assert.deepEqual(new Uint32Array(await device.read(state.buffer)), state.expected, `round ${round}`);
    }
    // Long enough for workers to fall asleep now and then.
    if (random.below(16) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (const { device, buffer, expected } of states) {
    assert.deepEqual(new Uint32Array(await device.read(buffer)), expected);
    device.close();
  }
});

Deno.test("an unchecked kernel with wrong indices spoils neither the kernels nor the workers", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const pool = await Pool.open(memory, 3);
  using device = new CpuDevice(new Heap(memory, HEAP_START), pool, { unchecked: (source) => source.name === "wild" });
  const wild = device.kernel({
    name: "wild",
    code: `@group(0) @binding(0) var<storage, read_write> x: array<u32>;
      @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { x[i32(id.x) - 4096] = 7u; }`,
  });
  // No worker has met these kernels when the memory before the buffer is overwritten.
  const kernels = [1, 2, 3].map((by) => step(device, by));
  const [buffer, behind] = [device.buffer(4000, "x"), device.buffer(4000, "behind")];
  device.submit([{ kernel: wild, bindings: [{ buffer: behind }], grid: [4096, 1, 1] }]);
  assert.deepEqual(await numbers(device, buffer), new Array(1000).fill(7), "the test reaches what it means to reach");
  for (let id = 0; id < 4; id++) assert.equal(typeof loadKernel(pool.shared, id), "function");
  device.write(buffer, new Uint8Array(4000));
  for (let i = 0; i < 20; i++) {
    device.submit(kernels.map((kernel) => ({ kernel, bindings: [{ buffer }], grid: [1000, 1, 1] })));
  }
  let expected = 0;
  for (let i = 0; i < 60; i++) expected = (Math.imul(expected, 5) + 1 + i % 3) >>> 0;
  assert.deepEqual(await numbers(device, buffer), new Array(1000).fill(expected));
});

Deno.test("a thread that cannot load a kernel says so and waits for the others", () => {
  const { words } = newShared(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
  words.set([5, 0, 8, 2, 0, 0], RECORDS);
  workOn(words, 1, 1, () => {
    // In place of the other threads.
    Atomics.store(words, RECORDS + RECORD.done, 8);
    throw new RangeError("no more memory");
  });
  assert.equal(words[RECORDS + RECORD.next], 0, "it has taken no work");
  assert.deepEqual(takeFailure(words), { id: 5, message: "RangeError: no more memory" });
  assert.equal(takeFailure(words), undefined);
});

Deno.test("after a failure the rest of the submission is skipped, and the first failure is told", () => {
  const { words } = newShared(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
  for (const [r, kernel] of [5, 6, 7].entries()) words.set([kernel, 0, 8, 2, 0, 0], RECORDS + r * RECORD.words);
  const ran: number[] = [];
  const kernel = (id: number) => () => {
    ran.push(id);
    if (id > 5) throw new Error(`${id} `.repeat(2000));
  };
  workOn(words, 0, 3, kernel);
  assert.deepEqual(ran, [5, 5, 5, 5, 6]);
  assert.deepEqual([0, 1, 2].map((r) => words[RECORDS + r * RECORD.words + RECORD.done]), [8, 8, 8]);
  assert.equal(takeFailure(words)?.id, 6, "a long message does not harm the words behind it");
});

Deno.test("strict: no kernel runs after one that failed, on any number of threads", async () => {
  for (const threads of [1, 3]) {
    using device = await openCpuDevice({ threads, strict: true });
    const kernel = step(device, 1);
    const [short, long] = [device.buffer(400, "short"), device.buffer(4000, "long")];
    const run = (buffer: DeviceBuffer): Dispatch => ({ kernel, bindings: [{ buffer }], grid: [1000, 1, 1] });
    for (let i = 0; i < 20; i++) {
      assert.throws(
        () => device.submit([run(short), run(long)]),
        /kernel step 1: an index out of range \(RuntimeError/,
      );
    }
    assert.deepEqual(await numbers(device, long), new Array(1000).fill(0));
    device.submit([run(long)]);
    assert.deepEqual(await numbers(device, long), new Array(1000).fill(1));
  }
});

Deno.test("when memory is short, a kernel is refused and nothing else changes", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  using device = new CpuDevice(new Heap(memory, HEAP_START), await Pool.open(memory, 3), {});
  const small = step(device, 1, 16);
  const fill: DeviceBuffer[] = [];
  for (const bytes of [1 << 18, 1 << 10, 64]) {
    assert.throws(() => {
      for (;;) fill.push(device.buffer(bytes, "fill"));
    }, /out of memory: buffer fill needs \d+ bytes/);
  }
  assert.throws(() => step(device, 2, 16384), /out of memory: the variables of kernel step/);
  assert.throws(
    () =>
      device.kernel({
        name: "table",
        code: `const table = array<u32, 64>(${Array.from({ length: 64 }, (_, i) => `${i}u`).join()});
          @group(0) @binding(0) var<storage, read_write> x: array<u32>;
          @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { x[id.x] = table[x[id.x]]; }`,
      }),
    /out of memory: constants of table/,
  );
  // Scratch memory of the small kernel is still its own: no buffer got it in the meantime.
  assert.throws(() => fill.push(device.buffer(64, "late")), DeviceError);
  for (const buffer of fill) device.write(buffer, new Uint8Array(buffer.bytes).fill(9));
  device.submit([{ kernel: small, bindings: [{ buffer: fill[0] }], grid: [1000, 1, 1] }]);
  for (const buffer of fill.slice(1)) {
    assert.ok(
      new Uint8Array(await device.read(buffer)).every((byte) => byte === 9),
      "a kernel wrote to a foreign buffer",
    );
  }
  for (const buffer of fill.slice(1)) buffer.dispose();
  const large = step(device, 2, 16384);
  device.write(fill[0], new Uint8Array(fill[0].bytes));
  device.submit([{ kernel: large, bindings: [{ buffer: fill[0] }], grid: [100, 1, 1] }]);
  assert.deepEqual((await numbers(device, fill[0])).slice(0, 101), [...new Array(100).fill(2), 0]);
});

Deno.test("numbers of submissions start over without meeting 0, which means that none is open", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const pool = await Pool.open(memory, 3);
  const counter = pool as unknown as { generation: number };
  const seen: number[] = [];
  for (const start of [2 ** 31 - 2, -2]) {
    counter.generation = start;
    for (let i = 0; i < 3; i++) {
      pool.work(0, true);
      seen.push(Atomics.load(pool.words, CONTROL.generation));
    }
  }
  assert.deepEqual(seen, [2 ** 31 - 1, -(2 ** 31), 1 - 2 ** 31, -1, 1, 2]);
  pool.close();
});

Deno.test("failures of a pool carry the kernel's number", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const pool = await Pool.open(memory, 1);
  assert.throws(() => pool.add(new Uint8Array(8)), WebAssembly.CompileError);
  // (module (import "env" "memory" (memory 1 65536 shared)) (func (export "run") (param i32 i32 i32 i32) unreachable))
  const trap = [0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 4, 127, 127, 127, 127, 0, 2, 18, 1, 3, 101, 110, 118, 6, 109];
  trap.push(101, 109, 111, 114, 121, 2, 3, 1, 128, 128, 4, 3, 2, 1, 0, 7, 7, 1, 3, 114, 117, 110, 0, 0);
  const id = pool.add(new Uint8Array([...trap, 10, 5, 1, 3, 0, 0, 11]));
  assert.equal(id, 0, "a kernel that was refused has taken no number");
  pool.words.set([id, 0, 1, 1, 0, 0], RECORDS);
  assert.throws(() => pool.work(1, false), (error) => error instanceof KernelFailure && error.id === 0);
  pool.close();
});

Deno.test({
  name: "a program that may not read files is told what to allow",
  permissions: { read: false, env: true },
  fn: async () => {
    await assert.rejects(openCpuDevice({ threads: 3 }), (error) => {
      return error instanceof DeviceError && /expected 2 workers .*--allow-read.*threads: 1/s.test(error.message);
    });
    (await openCpuDevice({ threads: 1 })).close();
  },
});

Deno.test("a device works inside a Deno worker", async () => {
  const module = new URL("../../../lib/device/cpu/mod.ts", import.meta.url).href;
  const code = `import { openCpuDevice } from "${module}";
    const device = await openCpuDevice({ threads: 3 });
    const kernel = device.kernel({ name: "step", code: ${JSON.stringify(STEP.replaceAll("WORDS", "64u"))} }, { BY: 1 });
    const buffer = device.buffer(4000, "x");
    device.submit([{ kernel, bindings: [{ buffer }], grid: [1000, 1, 1] }]);
    const right = new Uint32Array(await device.read(buffer)).every((x) => x === 1);
    device.close();
    postMessage(right);`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  const right = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  assert.equal(right, true);
  worker.terminate();
});
