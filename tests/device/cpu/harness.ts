/** Runs small WGSL texts on the CPU device for tests. */
import { type Device, openCpuDevice } from "../../../lib/device/cpu/mod.ts";

const devices = new Map<number, Promise<Device>>();

/** One device per number of threads and test file, closed at the end of the process. */
export function cpu(threads = 1): Promise<Device> {
  let device = devices.get(threads);
  if (!device) devices.set(threads, device = openCpuDevice({ threads }));
  return device;
}

Deno.test.afterAll(async () => {
  for (const device of devices.values()) (await device).close();
  devices.clear();
});

type Data = Float32Array | Int32Array | Uint32Array;

export interface Case {
  readonly code: string;
  readonly buffers: readonly Data[];
  readonly grid?: readonly [number, number, number];
  readonly constants?: Record<string, number>;
  readonly entry?: string;
  readonly device?: Device;
}

/** Runs a kernel with one buffer per binding, and returns what the buffers hold afterwards. */
export async function runKernel<T extends Data>({ code, buffers, grid = [1, 1, 1], ...rest }: Case): Promise<T[]> {
  const device = rest.device ?? await cpu();
  const kernel = device.kernel({ name: "test", code, entry: rest.entry }, rest.constants);
  const bound = buffers.map((data, i) => {
    const buffer = device.buffer(data.byteLength, `binding ${i}`);
    device.write(buffer, data);
    return { buffer };
  });
  device.submit([{ kernel, bindings: bound, grid }]);
  const results = await Promise.all(bound.map(({ buffer }) => device.read(buffer)));
  for (const { buffer } of bound) buffer.dispose();
  return buffers.map((data, i) => new (data.constructor as new (bytes: ArrayBuffer) => T)(results[i]));
}

/** The value of scalar expressions in `a`, `b` (elements of the data) and `i` (their index). */
export async function evaluate<T extends Data>(
  type: string,
  expr: string,
  a: Data,
  b: Data,
  out: T,
  head = "",
): Promise<number[]> {
  const name = (data: Data) => data instanceof Float32Array ? "f32" : data instanceof Int32Array ? "i32" : "u32";
  const code = `${head}
@group(0) @binding(0) var<storage, read> in_a: array<${name(a)}>;
@group(0) @binding(1) var<storage, read> in_b: array<${name(b)}>;
@group(0) @binding(2) var<storage, read_write> out: array<${type}>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) group: vec3u) {
  let i = group.x;
  let a = in_a[i];
  let b = in_b[i];
  out[i] = ${expr};
}`;
  const results = await runKernel<T>({ code, buffers: [a, b, out], grid: [a.length, 1, 1] });
  return [...results[2]];
}
