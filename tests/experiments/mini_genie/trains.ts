/** Continues a run to its end, saving every third step and printing each step. Started, and killed, by resume_test.ts. */
import { type DeviceKind, openDevice } from "../../../lib/device/mod.ts";
import { trainRun } from "../../../lib/experiments/mini_genie/run.ts";
import { openRun } from "../../../lib/runs/mod.ts";

/** How the killed run is kept, and the whole one beside it. */
export const KEPT = { checkpointEvery: 3, logEvery: 1 };

if (import.meta.main) {
  const [folder, kind] = Deno.args;
  using device = await openDevice({ kind: kind as DeviceKind });
  const { experiment } = await trainRun(await openRun(folder), device, {
    ...KEPT,
    onLog: ({ stage, step }) => console.log(`${stage} ${step}`),
  });
  experiment.dispose();
}
