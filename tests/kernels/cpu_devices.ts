/** CPU devices that must all give the same bits: one or two threads, memory checked or not. */
import assert from "node:assert/strict";
import { type Device, listDevices, openDevice } from "../../lib/device/mod.ts";
import { openCpuDevice } from "../../lib/device/cpu/mod.ts";
import { isTrusted } from "../../lib/device/trusted.ts";
import type { KernelPlan } from "../../lib/tensor/ops/kernel_plan.ts";
import { runPlan } from "./run_plan.ts";

type Inputs<Role extends string> = Partial<Record<Role, ArrayLike<number>>>;

export class CpuDevices implements Disposable {
  #software: Device | null = null;

  private constructor(readonly devices: readonly Device[]) {}

  static async open(): Promise<CpuDevices> {
    return new CpuDevices([
      await openCpuDevice({ threads: 1 }),
      await openCpuDevice({ threads: 1, unchecked: isTrusted }),
      await openCpuDevice({ threads: 2, unchecked: isTrusted }),
    ]);
  }

  /** A WebGPU adapter to compare with; null where this machine has none. */
  async software(): Promise<Device | null> {
    const present = (await listDevices()).some((report) => report.kind === "software" && report.present);
    return this.#software ??= present ? await openDevice({ kind: "software" }) : null;
  }

  get checked(): Device {
    return this.devices[0];
  }

  /** Runs the plan on every CPU device. A read past the end would show as a difference between checked and unchecked. */
  async run<Role extends string>(
    plan: KernelPlan<Role>,
    inputs: Inputs<Role>,
    result: Role,
    length: number,
    what: string,
  ): Promise<Float32Array> {
    for (const { source } of plan.calls.filter((call) => call.source.name.endsWith("_cpu"))) {
      assert.ok(isTrusted(source), `${source.name} is not marked as one that needs no checks`);
    }
    const [checked, ...others] = this.devices;
    const expected = await runPlan(checked, plan, inputs, result, length);
    for (const device of others) {
      assert.deepEqual(await runPlan(device, plan, inputs, result, length), expected, `${device.name}: ${what}`);
    }
    return expected;
  }

  [Symbol.dispose](): void {
    for (const device of this.devices) device.close();
    this.#software?.close();
  }
}
