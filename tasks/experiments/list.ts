/** All experiments that the commands know. */
import { type Command, defineCommand, type Flags, UsageError, type Values } from "../cli.ts";
import type { CommandGroup } from "../command_group.ts";
import type { TaskExperiment } from "./experiment.ts";
import { miniGenie } from "./mini_genie.ts";
import { rulesAndChance } from "./rules_and_chance.ts";

/** In the order of the specs. */
export const EXPERIMENTS: readonly TaskExperiment[] = [rulesAndChance, miniGenie];

/** The experiment of this name. @throws UsageError which lists what exists */
export function experimentNamed(name: string): TaskExperiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found) return found;
  const names = EXPERIMENTS.map((experiment) => experiment.name).join(", ");
  throw new UsageError(`expected a run of ${names}, but found one of "${name}"; was it made by a newer version?`);
}

/** One command for every experiment: the experiment's own flags, and the flags that the command adds. */
export function experimentGroup<const F extends Flags>(
  { name, summary, flags, examples, run }: {
    name: string;
    summary: string;
    flags: F;
    examples: (experiment: TaskExperiment) => readonly string[];
    run(experiment: TaskExperiment, flags: Values<F>, own: Values<Flags>): Promise<number | void>;
  },
): CommandGroup {
  const members = EXPERIMENTS.map((experiment): [string, Command] => [
    experiment.name,
    defineCommand<Flags>({
      name: `${name} ${experiment.name}`,
      summary: experiment.summary,
      examples: examples(experiment).map((line) => `deno task ${name} ${experiment.name} ${line}`),
      flags: { ...experiment.flags, ...flags },
      run: ({ flags }) => run(experiment, flags as unknown as Values<F>, flags),
    }),
  ]);
  return { name, summary, what: "EXPERIMENT", help: "which experiment", members: Object.fromEntries(members) };
}
