/** A command that is several commands: the first argument picks one, each with its own flags and help page. */
import { type Command, runCommand, unknownChoice, UsageError } from "./cli.ts";

/** `deno task <name> <member> …`. */
export interface CommandGroup {
  /** As typed after `deno task`. */
  readonly name: string;
  /** The first line of `--help`. */
  readonly summary: string;
  /** What the first argument is, in capitals, say "EXPERIMENT". */
  readonly what: string;
  /** One line about it. */
  readonly help: string;
  /** The members by the word that picks them. Their names read "<name> <word>". */
  readonly members: Readonly<Record<string, Command>>;
}

/** A command whose flags have been forgotten, for a group. `run` still receives what its own flags promise. */
// deno-lint-ignore no-explicit-any
export function member(command: Command<any>): Command {
  return command as Command;
}

/** The group's own `--help` page: which members there are, and where their pages are. */
export function groupHelp({ name, summary, what, help, members }: CommandGroup): string {
  const width = Math.max(...Object.keys(members).map((word) => word.length));
  const examples = Object.values(members).flatMap(({ examples }) => examples);
  return [
    summary,
    "",
    "Usage",
    `  deno task ${name} ${what} [flags]`,
    `  deno task ${name} ${what} --help   shows the flags of that ${what.toLowerCase()}`,
    "",
    `${what}: ${help}`,
    ...Object.entries(members).map(([word, { summary }]) => `  ${word.padEnd(width)}  ${summary.split("\n")[0]}`),
    "",
    examples.length > 1 ? "Examples" : "Example",
    ...examples.map((line) => `  ${line}`),
  ].join("\n");
}

/** Parses, runs, prints errors to stderr. Returns the exit code; never throws. */
export async function runGroup(group: CommandGroup, args: readonly string[]): Promise<number> {
  const words = Object.keys(group.members);
  const at = args.findIndex((arg) => words.includes(arg));
  if (at >= 0) return await runCommand(group.members[args[at]], [...args.slice(0, at), ...args.slice(at + 1)]);
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    console.log(groupHelp(group));
    return 0;
  }
  const problem = whatIsWrong(group, args);
  console.error(`${group.name}: ${problem.message}`);
  console.error(`See: deno task ${group.name} --help`);
  return 2;
}

function whatIsWrong(group: CommandGroup, args: readonly string[]): UsageError {
  const words = Object.keys(group.members);
  const flags = [...new Set(Object.values(group.members).flatMap((one) => Object.keys(one.flags)))].map((f) =>
    `--${f}`
  );
  for (const arg of args) {
    if (!arg.startsWith("-")) return unknownChoice(group.what, arg, words);
    const flag = arg.split("=")[0];
    if (!flags.includes(flag) && flag !== "--debug") return unknownChoice("flag", flag, flags);
  }
  return new UsageError(`${group.what} is missing (${group.help}). There are: ${words.join(", ")}`);
}

/** The last line of a task file: `if (import.meta.main) await mainGroup(group);` */
export async function mainGroup(group: CommandGroup): Promise<never> {
  Deno.exit(await runGroup(group, Deno.args));
}
