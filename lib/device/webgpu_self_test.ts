/** A kernel whose answer is known. A driver that computes wrongly is found here and not in a training run. */
import { type Device, DeviceError } from "./device.ts";

const code = `
override SHIFT: u32;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> y: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
var<workgroup> tile: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u) {
  tile[local.x] = x[id.x];
  workgroupBarrier();
  let other = tile[(local.x + SHIFT) % 64u];
  result[id.x] = x[id.x] + 0.5 * other + f32(y[id.x] >> 1u);
}`;

/** @throws DeviceError with expected and found numbers. */
export async function checkKnownAnswer(device: Device): Promise<void> {
  const count = 256;
  const shift = 5;
  const x = Float32Array.from({ length: count }, (_, i) => i * 0.25 - 7);
  const y = Uint32Array.from({ length: count }, (_, i) => i * 3);
  const kernel = device.kernel({ name: "known_answer", code }, { SHIFT: shift });
  const buffers = ["x", "y", "result"].map((name) => device.buffer(4 * count, `known answer ${name}`));
  try {
    device.write(buffers[0], x);
    device.write(buffers[1], y);
    device.submit([{ kernel, bindings: buffers.map((buffer) => ({ buffer })), grid: [count / 64, 1, 1] }]);
    const found = new Float32Array(await device.read(buffers[2]));
    for (let i = 0; i < count; i++) {
      const group = i - (i % 64);
      const expected = x[i] + 0.5 * x[group + ((i + shift) % 64)] + (y[i] >> 1);
      if (found[i] !== expected) {
        throw new DeviceError(
          `${device.name} computes wrongly: element ${i} of a known sum, expected ${expected} but found ${found[i]}; ` +
            "update its driver or choose another device",
        );
      }
    }
  } finally {
    for (const buffer of buffers) buffer.dispose();
  }
}
