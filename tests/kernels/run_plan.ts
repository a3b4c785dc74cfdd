/** Runs a kernel plan on a device with plain arrays. */
import type { Device } from "../../lib/device/mod.ts";
import type { KernelPlan } from "../../lib/tensor/ops/kernel_plan.ts";

/** Element that inputs and outputs are surrounded by: a read past the end shows, and so does a write. */
const GUARD = 1e30;

/**
 * Puts `inputs` into buffers, runs the calls, and returns the buffer `result` (which may be among the inputs).
 * Everything lies between guard elements; one that changed is an error.
 */
export async function runPlan<Role extends string>(
  device: Device,
  plan: KernelPlan<Role>,
  inputs: Partial<Record<Role, ArrayLike<number>>>,
  result: Role,
  length: number,
): Promise<Float32Array> {
  const guard = device.limits.bindingAlignment / 4;
  const place = (data: ArrayLike<number>) => {
    const all = new Float32Array(guard + data.length + guard).fill(GUARD);
    all.set(data, guard);
    const buffer = device.buffer(4 * all.length, "operand");
    device.write(buffer, all);
    return { buffer, offset: 4 * guard, bytes: 4 * data.length };
  };
  const contents = { ...inputs } as Record<string, ArrayLike<number>>;
  contents[result] ??= new Float32Array(length).fill(GUARD);
  if (plan.scratchBytes > 0) contents.parts = new Float32Array(plan.scratchBytes / 4).fill(GUARD);
  if (plan.paddedBytes) contents.padded = new Float32Array(plan.paddedBytes / 4).fill(GUARD);
  const windows = Object.fromEntries(Object.entries(contents).map(([role, data]) => [role, place(data)]));
  try {
    device.submit(plan.calls.map(({ source, constants, grid, bind }) => ({
      kernel: device.kernel(source, constants),
      grid,
      bindings: bind.map((role) => windows[role]),
    })));
    for (const [role, { buffer, bytes }] of Object.entries(windows)) {
      const all = new Float32Array(await device.read(buffer));
      const outside = [...all.subarray(0, guard), ...all.subarray(guard + bytes / 4)];
      if (outside.some((x) => x !== Math.fround(GUARD))) throw new Error(`the kernel wrote outside of ${role}`);
      if (role === result) contents[role] = all.slice(guard, guard + bytes / 4);
    }
    return contents[result] as Float32Array;
  } finally {
    for (const { buffer } of Object.values(windows)) buffer.dispose();
  }
}
