/** `deno task train`: trains an experiment, or continues a run. */
import { settingsFor } from "../lib/experiments/rules_and_chance/presets.ts";
import { EXPERIMENT, startRun, trainRun } from "../lib/experiments/rules_and_chance/run.ts";
import { catchInterrupt, openRun, progress, silentProgress } from "../lib/runs/mod.ts";
import { defineCommand, main, sharedFlags, UsageError } from "./cli.ts";
import { experimentFlags, parseRepairs } from "./experiment_flags.ts";
import { openChosenDevice } from "./open_device.ts";

export const train = defineCommand({
  name: "train",
  summary: "Trains an experiment into a run folder. Ctrl-C saves and stops; --resume goes on exactly where it stopped.",
  examples: [
    "deno task train rules-and-chance --game othello --preset small",
    "deno task train rules-and-chance --resume runs/rules-and-chance/othello-small-corrected-seed0",
  ],
  positionals: [{ name: "EXPERIMENT", help: "which experiment", choices: [EXPERIMENT], required: true }],
  flags: {
    ...experimentFlags,
    seed: sharedFlags.seed,
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    steps: { kind: "integer", min: 1, help: "stop, and save, after so many steps in all stages" },
    resume: { kind: "string", value: "RUN", help: "continue this run; game, preset, mode and seed are the run's own" },
    out: sharedFlags.out,
    quiet: sharedFlags.quiet,
  },
  async run({ flags }) {
    if (flags.resume !== undefined && flags.out !== undefined) {
      throw new UsageError("--resume continues in its own folder; leave --out away");
    }
    const without = parseRepairs(flags.without);
    if (without.length && flags.mode === "published") {
      throw new UsageError("--without is for --mode corrected; published has no repairs");
    }
    using device = await openChosenDevice(flags);
    using interrupt = catchInterrupt();
    const run = flags.resume !== undefined ? await openRun(flags.resume) : await startRun({
      settings: settingsFor(flags.game, flags.preset, flags.mode, { without }),
      seed: flags.seed,
      device,
      ...(flags.out === undefined ? {} : { out: flags.out }),
    });
    console.error(
      `${run.config.game}, ${run.config.preset}, ${run.config.mode}, seed ${run.config.seed} on ${device.name}`,
    );
    const { experiment, result } = await trainRun(run, device, {
      signal: interrupt.signal,
      progress: (total, label, from) => flags.quiet ? silentProgress(total, label) : progress(total, label, { from }),
      ...(flags.steps === undefined ? {} : { stopAfter: flags.steps }),
    });
    experiment.dispose();
    const seconds = Object.values(result.seconds).reduce((a, b) => a + b, 0);
    console.log(
      `${run.folder}: ${result.step} steps, ${seconds.toFixed(1)} s of training${
        result.finished ? "" : ", not finished"
      }`,
    );
    console.log(
      result.finished
        ? `Next: deno task analyze ${run.folder}`
        : `Continue with: deno task train ${EXPERIMENT} --resume ${run.folder}`,
    );
    return interrupt.exitCode ?? 0;
  },
});

if (import.meta.main) await main(train);
