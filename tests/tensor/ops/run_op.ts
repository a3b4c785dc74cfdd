/** Runs one operation forward and backward on a device, for tests. */
import type { Device } from "../../../lib/device/mod.ts";
import { gradients } from "../../../lib/tensor/gradients.ts";
import { multiply } from "../../../lib/tensor/ops/arithmetic.ts";
import { sum } from "../../../lib/tensor/ops/reduce.ts";
import { compile } from "../../../lib/tensor/program.ts";
import type { HostData, Tensor } from "../../../lib/tensor/tensor.ts";
import { type Nd, nd, toFloat32 } from "../../support/float64.ts";

/** The value of `f`, and with `dy` the gradients of Σ dy·f for each input. */
export async function runOp(
  device: Device,
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Nd[],
  dy?: Nd,
): Promise<{ value: Nd; gradients: Nd[] }> {
  const host = inputs.map(hostArray);
  const program = compile(device, (inputs: Tensor[], upstream: Tensor[]) => {
    const value = f(...inputs);
    return [value, ...upstream.flatMap((g) => gradients(sum(multiply(value, g)), inputs))];
  });
  const results: Tensor[] = program.run(host, dy ? [hostArray(dy)] : []);
  const read = await Promise.all(results.map(async (t) => nd(t.shape, await t.data())));
  program.dispose();
  return { value: read[0], gradients: read.slice(1) };
}

/** Several outputs of a function of tensors of any type, as the device holds them. */
export async function runMany(
  device: Device,
  f: (...inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly { data: HostData; shape: readonly number[] }[],
): Promise<HostData[]> {
  const program = compile(device, (inputs: Tensor[]) => [...f(...inputs)]);
  const results: Tensor[] = program.run([...inputs]);
  const read = await Promise.all(results.map((t) => t.data()));
  program.dispose();
  return read;
}

export function hostArray(x: Nd): { data: Float32Array; shape: readonly number[] } {
  return { data: toFloat32(x), shape: x.shape };
}

/**
 * The same device with `software` off, so that operations choose their kernels for a real GPU: a software adapter then runs
 * the variants with barriers too. The CPU device is left as it is.
 */
export function asGpu(device: Device): Device {
  if (device.kind === "cpu") return device;
  return new Proxy(device, {
    get(target, key) {
      if (key === "software") return false;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The device, and where it is a software adapter also the same one treated as a GPU. */
export function variants(device: Device): { name: string; device: Device }[] {
  const own = { name: "own kernels", device };
  return device.software ? [own, { name: "GPU kernels", device: asGpu(device) }] : [own];
}
