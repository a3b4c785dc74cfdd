import assert from "node:assert/strict";
import fc from "fast-check";
import { type Device, DeviceError, type Dispatch, listDevices, openDevice } from "../../lib/device/mod.ts";
import { blankComments, readDeclarations, withWritableBindings } from "../../lib/device/webgpu_source.ts";

const AXPY = `// y = A x + y  (var<storage, read> ghost in a comment)
override A: f32 = 1;
override COUNT: u32;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> unused: array<f32>;
fn scaled(i: u32) -> f32 { return A * x[i]; }
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < COUNT) { y[id.x] = scaled(id.x) + y[id.x]; }
}
@compute @workgroup_size(64)
fn fill(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < COUNT) { y[id.x] = A; }
}`;
const axpy = { name: "axpy", code: AXPY };

const present = (await listDevices()).filter((report) => report.present && report.kind !== "cpu");
if (present.length === 0) console.log("skipped: WebGPU device tests, because this machine has no WebGPU adapter");

function onEach(name: string, run: (device: Device) => Promise<void> | void): void {
  if (present.length === 0) Deno.test({ name: `webgpu: ${name} (no adapter)`, ignore: true, fn: () => {} });
  for (const report of present) {
    Deno.test(`${report.name}: ${name}`, async () => {
      using device = await openDevice({ kind: report.kind });
      await run(device);
    });
  }
}

function dispatch(device: Device, a: number, count: number, x: number[] | Float32Array): Dispatch {
  const kernel = device.kernel(axpy, { A: a, COUNT: count });
  const buffers = [device.buffer(4 * count, "x"), device.buffer(4 * count, "y")];
  device.write(buffers[0], new Float32Array(x));
  return { kernel, bindings: buffers.map((buffer) => ({ buffer })), grid: [Math.ceil(count / 64), 1, 1] };
}

async function floats(device: Device, dispatch: Dispatch, index: number): Promise<number[]> {
  return [...new Float32Array(await device.read(dispatch.bindings[index].buffer))];
}

onEach("runs dispatches in order and starts buffers at zero", async (device) => {
  const one = dispatch(device, 2, 70, Array.from({ length: 70 }, (_, i) => i));
  device.submit([one, one]);
  device.submit([one]);
  assert.deepEqual(await floats(device, one, 1), Array.from({ length: 70 }, (_, i) => 6 * i));
});

onEach("the data of a write may change at once, and windows of views are respected", async (device) => {
  const buffer = device.buffer(16, "four");
  const data = new Float32Array([9, 1, 2, 9]);
  device.write(buffer, data.subarray(1, 3), 8);
  data.fill(7);
  assert.deepEqual([...new Float32Array(await device.read(buffer))], [0, 0, 1, 2]);
  assert.deepEqual([...new Float32Array(await device.read(buffer, 4, 8))], [0, 1]);
});

onEach("write then read returns the same bytes at any offset", async (device) => {
  const buffer = device.buffer(4096, "bytes");
  const shadow = new Uint8Array(4096);
  const windows = fc.tuple(fc.integer({ min: 0, max: 1023 }), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(windows, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), async ([word, words], bytes) => {
      const offset = 4 * word;
      const size = Math.min(4 * words, 4096 - offset);
      const data = Uint8Array.from({ length: size }, () => bytes.next().value!);
      device.write(buffer, data, offset);
      shadow.set(data, offset);
      assert.deepEqual(new Uint8Array(await device.read(buffer)), shadow);
    }),
    { seed: 1, numRuns: 50 },
  );
});

onEach("reads at the same time do not disturb each other", async (device) => {
  const buffers = Array.from({ length: 12 }, (_, i) => device.buffer(64 * (i + 1), `b${i}`));
  buffers.forEach((buffer, i) => device.write(buffer, new Uint32Array(16 * (i + 1)).fill(i)));
  const all = await Promise.all(buffers.map((buffer) => device.read(buffer)));
  all.forEach((data, i) => assert.deepEqual([...new Uint32Array(data)], new Array(16 * (i + 1)).fill(i)));
});

onEach("two windows of one buffer may be read and written in one dispatch", async (device) => {
  const align = Math.max(64, device.limits.bindingAlignment);
  const arena = device.buffer(4 * align, "arena");
  device.write(arena, new Float32Array(16).fill(3));
  const kernel = device.kernel(axpy, { A: 5, COUNT: 16 });
  const window = (part: number) => ({ buffer: arena, offset: part * align, bytes: 64 });
  device.submit([{ kernel, bindings: [window(0), window(2)], grid: [1, 1, 1] }]);
  device.submit([{ kernel, bindings: [window(2), window(1)], grid: [1, 1, 1] }]);
  assert.deepEqual([...new Float32Array(await device.read(arena, align, 64))], new Array(16).fill(75));
  assert.throws(
    () => device.submit([{ kernel, bindings: [window(0), window(0)], grid: [1, 1, 1] }]),
    /windows that do not overlap/,
  );
});

onEach("entry points use the bindings they need, and others do no harm", async (device) => {
  const kernel = device.kernel({ ...axpy, entry: "fill" }, { A: 4, COUNT: 3 });
  const y = device.buffer(16, "y");
  const other = device.buffer(16, "other");
  const bindings = [{ buffer: other }, { buffer: y }, { buffer: other }];
  device.submit([{ kernel, bindings: bindings.slice(0, 2), grid: [1, 1, 1] }, { kernel, bindings, grid: [1, 1, 1] }]);
  assert.deepEqual([...new Float32Array(await device.read(y))], [4, 4, 4, 0]);
});

onEach("a kernel is compiled once per source and constants", async (device) => {
  const first = device.kernel(axpy, { A: 1, COUNT: 4 });
  assert.equal(device.kernel(axpy, { COUNT: 4, A: 1 }), first);
  assert.notEqual(device.kernel(axpy, { COUNT: 5, A: 1 }), first);
  assert.deepEqual(first.constants, { A: 1, COUNT: 4 });
  await device.ready();
});

onEach("a kernel that does not compile names line, column and the line itself", async (device) => {
  const good = dispatch(device, 2, 4, [1, 2, 3, 4]);
  const broken = { name: "broken", code: AXPY.replace("A * x[i]", "A * z[i]") };
  const kernel = device.kernel(broken, { COUNT: 4 });
  const bad: Dispatch = { ...good, kernel };
  await assert.rejects(device.ready(), (error: Error) => {
    assert.ok(error instanceof DeviceError);
    assert.match(error.message, /broken\.wgsl:7:39/);
    assert.match(error.message, /return A \* z\[i\]/);
    return true;
  });
  assert.throws(() => device.submit([bad]), DeviceError);
  device.submit([good]); // the device goes on
  assert.deepEqual(await floats(device, good, 1), [2, 4, 6, 8]);
});

onEach("a kernel refused only after it was submitted is reported by the next read", async (device) => {
  const good = dispatch(device, 2, 4, [1, 2, 3, 4]);
  const wrong = { name: "wrong_size", code: AXPY.replace("@workgroup_size(64)", "@workgroup_size(COUNT)") };
  const count = 64 * device.limits.maxWorkgroupInvocations;
  device.submit([{ ...good, kernel: device.kernel(wrong, { COUNT: count }) }]);
  await assert.rejects(device.read(good.bindings[1].buffer), /kernel wrong_size/);
  assert.deepEqual(await floats(device, good, 1), [0, 0, 0, 0]);
});

onEach("wrong calls are refused before the driver sees them", (device) => {
  const good = dispatch(device, 1, 4, [1, 2, 3, 4]);
  const { maxBufferBytes, maxGrid, bindingAlignment } = device.limits;
  const buffer = good.bindings[0].buffer;
  const run = (change: Partial<Dispatch>) => () => device.submit([{ ...good, ...change }]);
  const cases: [() => unknown, RegExp][] = [
    [() => device.buffer(6, "odd"), /"odd": expected a positive multiple of 4 bytes but found 6/],
    [() => device.buffer(0, "none"), /found 0/],
    [() => device.buffer(NaN, "nan"), /found NaN/],
    [() => device.buffer(maxBufferBytes + 4, "huge"), /"huge": expected at most \d+ bytes/],
    [() => device.kernel(axpy, { A: 1 }), /expected a value for "override COUNT"/],
    [() => device.kernel(axpy, { COUNT: 1, B: 1 }), /among \{A, COUNT\} but found "B"/],
    [() => device.kernel(axpy, { COUNT: NaN }), /finite number for constant COUNT/],
    [() => device.kernel({ ...axpy, entry: "none" }, { COUNT: 1 }), /"none" but found scaled, main, fill/],
    [() => device.write(buffer, new Uint8Array(3)), /multiple of 4 but found 3/],
    [() => device.write(buffer, new Uint32Array(2), 12), /at most 16 bytes/],
    [() => device.write(buffer, new Uint32Array(1), 2), /offset that is a multiple of 4/],
    [run({ grid: [maxGrid + 1, 1, 1] }), /expected a grid/],
    [run({ grid: [0.5, 1, 1] }), /expected a grid/],
    [run({ bindings: [{ buffer }] }), /binding 1: expected a buffer/],
    [run({ bindings: [{ buffer }, { buffer }, { buffer }, { buffer }] }), /at most 3 bindings but found 4/],
    [run({ bindings: [{ buffer, offset: bindingAlignment / 2 }, good.bindings[1]] }), /multiple of \d+ but found/],
    [run({ bindings: [{ buffer, bytes: 20 }, good.bindings[1]] }), /inside 16 bytes/],
  ];
  for (const [wrong, message] of cases) {
    assert.throws(
      wrong,
      (error: Error) => error instanceof DeviceError && message.test(error.message),
      String(message),
    );
  }
});

onEach("disposed buffers and closed devices are refused by name", async (device) => {
  const one = dispatch(device, 1, 4, [1, 2, 3, 4]);
  device.submit([one]);
  one.bindings[0].buffer.dispose();
  one.bindings[0].buffer.dispose();
  assert.throws(() => device.submit([one]), /"x", which was disposed/);
  await assert.rejects(device.read(one.bindings[0].buffer), /disposed/);
  using other = await openDevice({ kind: device.software ? "software" : "webgpu" });
  assert.throws(() => other.submit([one]), /kernel of this device/);
  assert.throws(() => other.write(one.bindings[1].buffer, new Uint32Array(1)), /another device/);
  device.close();
  device.close();
  assert.equal(device.liveBuffers, 0);
  assert.equal(device.liveBytes, 0);
  assert.throws(() => device.buffer(4, "late"), /is closed/);
  await assert.rejects(device.sync(), /is closed/);
});

onEach("1,000 steps leave no buffer behind", async (device) => {
  const one = dispatch(device, 1, 4, [1, 1, 1, 1]);
  const before = [device.liveBuffers, device.liveBytes];
  for (let step = 0; step < 1000; step++) {
    const scratch = device.buffer(4096, "scratch");
    device.submit([one, { ...one, bindings: [one.bindings[0], { buffer: scratch }] }]);
    scratch.dispose();
  }
  await device.sync();
  assert.deepEqual([device.liveBuffers, device.liveBytes], before);
  assert.deepEqual(await floats(device, one, 1), [1000, 1000, 1000, 1000]);
});

onEach("profile measures every dispatch, or says that it cannot", async (device) => {
  const one = dispatch(device, 1, 4096, new Float32Array(4096).fill(1));
  const times = await device.profile([one, one, one]);
  assert.deepEqual(new Set(await floats(device, one, 1)), new Set([3]));
  if (times === null) return;
  assert.deepEqual(times.map((time) => time.name), ["axpy", "axpy", "axpy"]);
  assert.ok(times.every((time) => time.nanoseconds >= 0));
  assert.deepEqual(await device.profile([]), []);
});

Deno.test("the device list names every kind, with advice for what is absent", async () => {
  const reports = await listDevices();
  assert.deepEqual(new Set(reports.map((report) => report.kind)), new Set(["webgpu", "software", "cpu"]));
  for (const report of reports) assert.equal(report.present, report.advice === "", report.name);
  for (const kind of ["webgpu", "software", "cpu"] as const) {
    assert.deepEqual(await listDevices([kind]), reports.filter((report) => report.kind === kind));
  }
  assert.deepEqual(await listDevices([]), []);
});

Deno.test("an unknown kind of device is refused with the list", async () => {
  await assert.rejects(openDevice({ kind: "abacus" as "cpu" }), /webgpu, cpu, software but found "abacus"/);
  await assert.rejects(listDevices(["cpu", "abacus" as "cpu"]), /webgpu, cpu, software but found "abacus"/);
});

Deno.test("declarations of a page: bindings used by an entry point, overrides, comments", () => {
  const main = readDeclarations({ ...axpy });
  assert.deepEqual([...main.access], [[0, "read"], [1, "read_write"]]);
  assert.equal(main.declaredBindings, 3);
  assert.deepEqual([...main.overrides], [["A", true], ["COUNT", false]]);
  assert.deepEqual([...readDeclarations({ ...axpy, entry: "fill" }).access], [[1, "read_write"]]);
  assert.equal(blankComments("a /* b /* c */ d */ e // f\ng"), "a                   e     \ng");
  assert.match(withWritableBindings(AXPY, new Set([0])), /@binding\(0\) var<storage, read_write> x/);
  assert.match(withWritableBindings(AXPY, new Set([0])), /@binding\(2\) var<storage, read> unused/);
  const grouped = { name: "g", code: AXPY.replace("@group(0) @binding(0)", "@group(1) @binding(0)") };
  assert.throws(() => readDeclarations(grouped), /group 0/);
});
