import type { Device } from "../device/device.ts";
import { makePlan } from "./plan.ts";
import { realise } from "./realise.ts";
import { rootOf } from "./root.ts";
import type { Tensor } from "./tensor.ts";

/** Computes tensors outside of a program: one operation, or a short chain of them, when somebody wants to see the values. */
export async function evaluate(wanted: readonly Tensor[]): Promise<void> {
  const device = deviceOf(wanted);
  const { dispatches, slabs } = realise(makePlan(wanted, [], device), device);
  await device.ready();
  device.submit(dispatches);
  await device.sync();
  for (const slab of slabs) slab.dispose();
  for (const tensor of wanted) tensor.storage = rootOf(tensor).storage;
}

function deviceOf(tensors: readonly Tensor[]): Device {
  const stack = [...tensors], seen = new Set<Tensor>();
  while (stack.length) {
    const tensor = stack.pop()!;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    if (tensor.storage) return tensor.storage.device;
    stack.push(...(tensor.node?.inputs ?? []));
  }
  throw new Error("these tensors hang on no data: make one with tensor(device, …), or use compile(device, …)");
}
