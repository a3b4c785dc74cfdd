/** `deno task train`: trains an experiment, or continues a run. */
import { catchInterrupt, openRun, progress, silentProgress } from "../lib/runs/mod.ts";
import { sharedFlags, UsageError } from "./cli.ts";
import { mainGroup } from "./command_group.ts";
import { experimentGroup } from "./experiments/list.ts";
import { openChosenDevice } from "./open_device.ts";

export const train = experimentGroup({
  name: "train",
  summary: "Trains an experiment into a run folder. Ctrl-C saves and stops; --resume goes on exactly where it stopped.",
  examples: ({ examples }) => examples.train,
  flags: {
    seed: sharedFlags.seed,
    device: sharedFlags.device,
    threads: sharedFlags.threads,
    steps: { kind: "integer", min: 1, help: "stop, and save, after so many steps in all stages" },
    resume: { kind: "string", value: "RUN", help: "continue this run; all settings and the seed are the run's own" },
    out: sharedFlags.out,
    quiet: sharedFlags.quiet,
  },
  async run(experiment, flags, own) {
    if (flags.resume !== undefined && flags.out !== undefined) {
      throw new UsageError("--resume continues in its own folder; leave --out away");
    }
    const chosen = await experiment.choose(own);
    using device = await openChosenDevice(flags);
    using interrupt = catchInterrupt();
    const run = flags.resume !== undefined
      ? await openRun(flags.resume)
      : await chosen.start({ seed: flags.seed, device, ...(flags.out === undefined ? {} : { out: flags.out }) });
    const { config } = run;
    if (config.experiment !== experiment.name) {
      throw new UsageError(`${run.folder} is a run of ${config.experiment}, not of ${experiment.name}`);
    }
    console.error(`${config.game}, ${config.preset}, ${config.mode}, seed ${config.seed} on ${device.name}`);
    const result = await experiment.train(run, device, {
      signal: interrupt.signal,
      progress: (total, label, from) => flags.quiet ? silentProgress(total, label) : progress(total, label, { from }),
      warn: (line) => console.error(line),
      ...(flags.steps === undefined ? {} : { stopAfter: flags.steps }),
    });
    const seconds = Object.values(result.seconds).reduce((a, b) => a + b, 0);
    console.log(
      `${run.folder}: ${result.step} steps, ${seconds.toFixed(1)} s of training${
        result.finished ? "" : ", not finished"
      }`,
    );
    console.log(
      result.finished
        ? `Next: deno task analyze ${run.folder}`
        : `Continue with: deno task train ${experiment.name} --resume ${run.folder}`,
    );
    return interrupt.exitCode ?? 0;
  },
});

if (import.meta.main) await mainGroup(train);
