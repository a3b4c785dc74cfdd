/** `deno task golden`: holds an experiment against a file of reference values, on every device present. */
import { listDevices, openDevice } from "../lib/device/mod.ts";
import type { GoldenCheck } from "../lib/experiments/golden_checks.ts";
import { textTable } from "../lib/runs/mod.ts";
import { defineCommand, main, sharedFlags, UsageError } from "./cli.ts";
import { experimentNamed, EXPERIMENTS } from "./experiments/list.ts";

export const golden = defineCommand({
  name: "golden",
  summary: "Compares an experiment with a golden file (float64 reference values) on every device of this machine.",
  examples: ["deno task golden rules-and-chance tests/golden/1-rules-and-chance.json"],
  positionals: [
    { name: "EXPERIMENT", help: "which experiment", choices: EXPERIMENTS.map(({ name }) => name), required: true },
    { name: "FILE", help: "golden file", required: true },
  ],
  flags: {
    device: { ...sharedFlags.device, help: "only this device; auto: every one that is present" },
    json: sharedFlags.json,
    all: { kind: "boolean", help: "show every comparison, not only those that are off and the closest calls" },
  },
  async run({ flags, positionals: [experiment, file] }) {
    const text = await Deno.readTextFile(file).catch((error) => {
      throw new UsageError(`cannot read ${file}: ${error.message}`);
    });
    const present = (await listDevices()).filter((device) => device.present);
    const kinds = flags.device === "auto" ? present.map(({ kind }) => kind) : [flags.device];
    if (kinds.length === 0) throw new UsageError("no device is present; see: deno task doctor");
    const results = [];
    for (const kind of kinds) {
      using device = await openDevice({ kind });
      results.push({ device: device.name, checks: await experimentNamed(experiment).golden(device, text, file) });
    }
    if (flags.json) console.log(JSON.stringify(results, null, 2));
    else for (const { device, checks } of results) print(device, checks, flags.all);
    return results.every(({ checks }) => checks.every(({ holds }) => holds)) ? 0 : 1;
  },
});

/** Closest calls that are shown beside what is off. */
const SHOWN = 12;

function print(device: string, checks: readonly GoldenCheck[], all: boolean): void {
  const off = checks.filter(({ holds }) => !holds);
  const use = ({ error, tolerance }: GoldenCheck) => tolerance > 0 ? error / tolerance : error === 0 ? 0 : Infinity;
  const closest = checks.filter(({ holds }) => holds).toSorted((a, b) => use(b) - use(a)).slice(0, SHOWN);
  const rows = (all ? checks : [...off, ...closest]).map((c) => [
    c.holds ? "ok" : "OFF",
    c.quantity,
    c.reference.toPrecision(9),
    c.ours.toPrecision(9),
    c.error.toExponential(2),
    c.tolerance.toExponential(0),
  ]);
  console.log(`\n${device}: ${checks.length - off.length} of ${checks.length} quantities within tolerance`);
  console.log(textTable(["", "quantity", "reference", "ours", "error", "tolerance"], rows));
}

if (import.meta.main) await main(golden);
