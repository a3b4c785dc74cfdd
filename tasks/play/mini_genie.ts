/** `deno task play mini-genie`. */
import { EXPERIMENT, knownWorld, loadRun, nameCodes } from "../../lib/experiments/mini_genie/mod.ts";
import { Stream } from "../../lib/random.ts";
import { openRun } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags, UsageError } from "../cli.ts";
import { openChosenDevice } from "../open_device.ts";
import { dreamWindow } from "./dream_window.ts";
import { playFlags, playInBrowser } from "./in_browser.ts";

export const miniGenie = defineCommand({
  name: "play mini-genie",
  summary: "Plays the dream of a trained run: keys choose latent actions, the true world says what is legal.",
  examples: ["deno task play mini-genie --run runs/mini-genie/Empty-5x5-small-corrected-seed0"],
  flags: {
    run: { kind: "string", value: "RUN", help: "folder of the trained run" },
    ...playFlags,
    seed: { ...sharedFlags.seed, help: "seed of the frames that dreams start from" },
    device: sharedFlags.device,
    threads: sharedFlags.threads,
  },
  async run({ flags }) {
    if (flags.run === undefined) throw new UsageError("--run RUN is missing: which trained run should dream?");
    const run = await openRun(flags.run), { config } = run;
    if (config.experiment !== EXPERIMENT) {
      throw new UsageError(`--run: expected a run of ${EXPERIMENT} but found one of ${config.experiment}`);
    }
    using device = await openChosenDevice(flags);
    const { experiment, step } = await loadRun(run, device);
    try {
      const { settings, dreamer, recording } = experiment, world = knownWorld(settings, recording);
      const names = await nameCodes(dreamer, world);
      const about = `${config.game}, ${config.preset}, ${config.mode}, seed ${config.seed}, after ${step} steps`;
      const live = dreamWindow({ model: dreamer, world, names, stream: Stream.named(flags.seed, "play"), about });
      return await playInBrowser(live, flags);
    } finally {
      experiment.dispose();
    }
  },
});
