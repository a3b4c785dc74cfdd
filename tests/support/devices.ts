/** Runs one test on every device of this machine, and skips by name those that are absent. */
import { type Device, type DeviceKind, type DeviceReport, listDevices, openDevice } from "../../lib/device/mod.ts";

/** `TESSERA_DEVICE` restricts the tests to one kind of device. */
const asked = (Deno.env.get("TESSERA_DEVICE") || null) as DeviceKind | null;
const reports = await listDevices(asked === null ? undefined : [asked]);
const open = new Map<DeviceKind, Promise<Device>>();

Deno.test.afterAll(async () => {
  for (const device of open.values()) (await device).close();
  open.clear();
});

/** The devices present, opened. One of each kind per test file, closed after its last test. */
export async function devicesUnderTest(): Promise<{ name: string; device: Device }[]> {
  const present = reports.filter((report) => reasonToSkip(report) === null);
  return await Promise.all(present.map(async ({ name, kind }) => ({ name, device: await shared(kind) })));
}

/**
 * Registers one test per device. The device lives longer than the test, so Deno's checks for leftover operations and
 * resources are off; the buffers are the test's own to dispose.
 */
export function testOnDevices(name: string, run: (t: Deno.TestContext, device: Device) => void | Promise<void>): void {
  for (const report of reports) {
    const reason = reasonToSkip(report);
    Deno.test({
      name: `${name} [${report.name}${reason === null ? "" : `: ${reason}`}]`,
      ignore: reason !== null,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async (t) => await run(t, await shared(report.kind)),
    });
  }
}

function shared(kind: DeviceKind): Promise<Device> {
  let device = open.get(kind);
  if (!device) open.set(kind, device = openDevice({ kind }));
  return device;
}

function reasonToSkip(report: DeviceReport): string | null {
  return report.present ? null : "not on this machine";
}
