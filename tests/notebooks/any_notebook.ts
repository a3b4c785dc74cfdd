/** What the tests of all notebooks share. */
import { type DeviceKind, listDevices } from "../../lib/device/mod.ts";

/** The kind of device that a short form runs on: the one asked for, else the fastest present. Null if there is none. */
export async function notebookDevice(): Promise<DeviceKind | null> {
  const asked = Deno.env.get("TESSERA_DEVICE") as DeviceKind | undefined;
  const order: DeviceKind[] = asked ? [asked] : ["webgpu", "cpu", "software"];
  const present = (await listDevices(order)).filter((report) => report.present).map((report) => report.kind);
  return order.find((kind) => present.includes(kind)) ?? null;
}
