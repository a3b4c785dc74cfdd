import type { KernelSource } from "../../device/device.ts";
import { type Call, Scratch } from "../node.ts";
import type { Tensor } from "../tensor.ts";
import type { KernelPlan } from "./kernel_plan.ts";

/** The calls of a plan with a tensor in each role. */
export function boundCalls<Role extends string>(
  plan: KernelPlan<Role>,
  roles: Readonly<Partial<Record<Role, Tensor>>>,
): Call[] {
  const parts = new Scratch(plan.scratchBytes, "parts"), padded = new Scratch(plan.paddedBytes ?? 0, "padded");
  const bound = { ...roles, parts, padded } as Readonly<Record<Role | "parts" | "padded", Tensor | Scratch>>;
  const product = plan.calls.findIndex(({ source }) => !isHelper(source));
  return plan.calls.map(({ source, constants, grid, bind }, i) => ({
    source,
    constants,
    grid,
    bind: bind.map((role) => bound[role]),
    share: i === product ? 1 : 0,
  }));
}

/** Pages that only prepare or finish what another one computes. */
function isHelper({ name, entry }: KernelSource): boolean {
  return ["sum_parts", "pack", "flip"].includes(entry ?? "main") || /_(pad|fold)\b/.test(name);
}
