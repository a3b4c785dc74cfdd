import { type Call, Scratch } from "../node.ts";
import type { Tensor } from "../tensor.ts";
import type { KernelPlan } from "./kernel_plan.ts";

/** The calls of a plan with a tensor in each role. */
export function boundCalls<Role extends string>(
  plan: KernelPlan<Role>,
  roles: Readonly<Partial<Record<Role, Tensor>>>,
): Call[] {
  const parts = new Scratch(plan.scratchBytes, "parts");
  return plan.calls.map(({ source, constants, grid, bind }) => ({
    source,
    constants,
    grid,
    bind: bind.map((role) => role === "parts" ? parts : roles[role]!),
  }));
}
