import { type Device, DeviceError, listDevices, openDevice } from "../lib/device/mod.ts";

/**
 * The device that `--device` asks for. `auto` takes the best one, and a software adapter, with a notice, where there is
 * nothing else.
 */
export async function openChosenDevice(choice: "auto" | "webgpu" | "software" | "cpu"): Promise<Device & Disposable> {
  if (choice !== "auto") return await openDevice({ kind: choice });
  try {
    return await openDevice();
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    const software = (await listDevices()).find((device) => device.present && device.kind === "software");
    if (!software) throw error;
    console.error(
      `No GPU found; computing on the software adapter ${software.name}, which is slow. See: deno task doctor`,
    );
    return await openDevice({ kind: "software" });
  }
}
