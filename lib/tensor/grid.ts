import type { DeviceLimits } from "../device/device.ts";

/** Invocations in one workgroup of the simple, one-dimensional kernels. */
export const FLAT_WORKGROUP = 64;

/**
 * A grid of workgroups for `invocations` independent invocations, folded into two axes where one is too short.
 * The kernel's flat index is `(group.y * groups.x + group.x) * workgroup + lane`, and indices past the end must return.
 */
export function flatGrid(
  invocations: number,
  limits: DeviceLimits,
  workgroup = FLAT_WORKGROUP,
): { grid: [number, number, number]; workgroup: number } {
  const groups = Math.max(1, Math.ceil(invocations / workgroup));
  const y = Math.ceil(groups / limits.maxGrid);
  if (y > limits.maxGrid) throw new RangeError(`${invocations} elements are more than one kernel can walk over`);
  return { grid: [Math.ceil(groups / y), y, 1], workgroup };
}
