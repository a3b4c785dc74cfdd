/** `deno task doctor`: which devices this machine has, what works, what to install. */
import { type DeviceReport, listDevices, openDevice } from "../lib/device/mod.ts";
import { textTable, versions } from "../lib/runs/mod.ts";
import { matmul, tensor } from "../lib/tensor/mod.ts";
import { defineCommand, main, sharedFlags } from "./cli.ts";

interface Finding {
  readonly kind: string;
  readonly name: string;
  readonly state: "works" | "absent" | "fails";
  /** What was tried, or what to do. */
  readonly note: string;
}

/** Multiplies two known matrices on the device: the whole path from tensor to result. */
async function examine(report: DeviceReport): Promise<Finding> {
  const { kind, name } = report;
  if (!report.present) return { kind, name, state: "absent", note: report.advice };
  try {
    using device = await openDevice({ kind });
    const a = tensor(device, [1, 2, 3, 4], [2, 2]), product = matmul(a, a), values = [...await product.data()];
    const right = values.join() === "7,10,15,22";
    product.dispose();
    a.dispose();
    const memory = report.limits ? `, buffers up to ${Math.round(report.limits.maxBufferBytes / 2 ** 20)} MiB` : "";
    return right ? { kind, name, state: "works", note: `known answer right${memory}` } : {
      kind,
      name,
      state: "fails",
      note: `expected 7, 10, 15, 22 but found ${values.join(", ")}: update the driver`,
    };
  } catch (error) {
    return { kind, name, state: "fails", note: (error as Error).message };
  }
}

export const doctor = defineCommand({
  name: "doctor",
  summary: "Shows which devices this machine has, tries each one, and says what to install.",
  examples: ["deno task doctor", "deno task doctor --json"],
  flags: { json: sharedFlags.json },
  async run({ flags }) {
    const findings: Finding[] = [];
    for (const report of await listDevices()) findings.push(await examine(report));
    const { chosen, opens } = await chosenDevice();
    if (flags.json) {
      console.log(
        JSON.stringify({ versions: versions(), cores: navigator.hardwareConcurrency, findings, chosen }, null, 2),
      );
    } else {
      const list = Object.entries(versions()).map(([name, version]) => `${name} ${version}`).join(", ");
      console.log(`${list}; ${Deno.build.os} ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores\n`);
      console.log(textTable(["device", "name", "state"], findings.map((f) => [f.kind, f.name, f.state])));
      for (const { kind, note } of findings) console.log(`\n${kind}: ${note}`);
      console.log(`\n${chosen}`);
    }
    return opens && findings.some(({ state }) => state === "works") ? 0 : 1;
  },
});

/** Which device commands take by themselves, and why; or why they take none. */
async function chosenDevice(): Promise<{ chosen: string; opens: boolean }> {
  try {
    using device = await openDevice();
    const asked = Deno.env.get("TESSERA_DEVICE");
    const why = asked
      ? `TESSERA_DEVICE=${asked} asks for it`
      : device.kind === "webgpu"
      ? "it is a real GPU"
      : "there is no real GPU; a software adapter is slower than the CPU device and is taken only with --device software";
    const chosen = `Commands use ${device.name}: ${why}. --device and the variable TESSERA_DEVICE choose another one.`;
    return { chosen, opens: true };
  } catch (error) {
    return { chosen: `Commands without --device stop: ${(error as Error).message}`, opens: false };
  }
}

if (import.meta.main) await main(doctor);
