import { type Device, openDevice } from "../lib/device/mod.ts";

/** The device that `--device` and `--threads` ask for; `auto` takes a real GPU, else the CPU. */
export async function openChosenDevice(
  { device, threads }: { device: "auto" | "webgpu" | "software" | "cpu"; threads?: number | undefined },
): Promise<Device & Disposable> {
  return await openDevice({
    ...(device === "auto" ? {} : { kind: device }),
    ...(threads === undefined ? {} : { threads }),
  });
}
