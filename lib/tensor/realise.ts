import type { Device, DeviceBuffer, Dispatch } from "../device/device.ts";
import type { Plan } from "./plan.ts";
import { Scratch } from "./node.ts";
import { rootOf } from "./root.ts";
import { storageBytes } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** Gives a tensor a buffer of its own. */
export function allocate(device: Device, tensor: Tensor): DeviceBuffer {
  const bytes = storageBytes(tensor.shape, tensor.dtype);
  const buffer = device.buffer(bytes, tensor.label);
  tensor.storage = { device, buffer, offset: 0, bytes };
  return buffer;
}

/** Makes the memory and the kernels of a plan. The caller disposes of the buffers. */
export function realise(
  plan: Plan,
  device: Device,
): { dispatches: Dispatch[]; kept: DeviceBuffer[]; slabs: DeviceBuffer[] } {
  const kept = plan.kept.map((tensor) => allocate(device, tensor));
  const slabs = plan.slabs.map((bytes, i) => device.buffer(bytes, `slab ${i}`));
  const dispatches = plan.calls.map(({ call }) => ({
    kernel: device.kernel(call.source, call.constants),
    grid: call.grid,
    bindings: call.bind.map((bound) => {
      if (bound instanceof Scratch) {
        return { buffer: slabs[plan.slabOf.get(bound)!], bytes: Math.ceil(bound.bytes / 16) * 16 };
      }
      const root = rootOf(bound), slab = plan.slabOf.get(root);
      if (slab !== undefined) return { buffer: slabs[slab], bytes: storageBytes(root.shape, root.dtype) };
      return (plan.inPlace.get(root) ?? root).binding;
    }),
  }));
  return { dispatches, kept, slabs };
}
