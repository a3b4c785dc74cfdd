/**
 * The command-line kit that every `deno task` command shares: declare a command, get `--help`, checked flags and clear errors.
 *
 * Exit codes: 0 done, 1 the work failed (or a claim does not hold), 2 the command was called wrongly, 130 / 143 stopped by a signal.
 */
import { parseArgs } from "node:util";
import { nearest } from "../lib/spelling.ts";

/** What every flag has. */
export interface FlagBase {
  /** One line for `--help`. */
  readonly help: string;
  /** A single letter: `-q`. */
  readonly short?: string;
}
/** One flag of a command. A flag without a default is `undefined` when it is not given. */
export type Flag =
  | FlagBase & { readonly kind: "boolean"; readonly default?: boolean }
  | FlagBase & { readonly kind: "string"; readonly default?: string; readonly value?: string }
  | FlagBase & { readonly kind: "choice"; readonly choices: readonly string[]; readonly default?: string }
  | FlagBase & {
    readonly kind: "integer" | "number";
    readonly min?: number;
    readonly max?: number;
    readonly default?: number;
  }
  | FlagBase & {
    readonly kind: "integers";
    readonly min?: number;
    readonly max?: number;
    readonly default?: readonly number[];
  };

/** Flags by name, without the two dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** The type of a flag's value when it is given. */
export type Raw<F extends Flag> = F extends { kind: "boolean" } ? boolean
  : F extends { kind: "choice"; choices: readonly (infer C)[] } ? C
  : F extends { kind: "integers" } ? readonly number[]
  : F extends { kind: "integer" | "number" } ? number
  : string;
/** What `run` receives: one value per flag, of the type that its kind says. */
export type Values<F extends Flags> = {
  readonly [N in keyof F]: F[N] extends { kind: "boolean" } ? boolean
    : F[N] extends { default: string | number | readonly number[] } ? Raw<F[N]>
    : Raw<F[N]> | undefined;
};

/** One positional argument. Only the last one may be `many`, which takes all that is left. */
export interface Positional {
  /** In capitals, as the usage line shows it. */
  readonly name: string;
  /** One line for `--help`. */
  readonly help: string;
  /** All that is allowed; without it anything is. */
  readonly choices?: readonly string[];
  /** Whether the command fails without it. Default: no. */
  readonly required?: boolean;
  /** Whether it takes all that is left. Default: no. */
  readonly many?: boolean;
}

/** What the user typed, checked. */
export interface Call<F extends Flags> {
  /** A value for each flag. */
  readonly flags: Values<F>;
  /** The positional arguments in order. */
  readonly positionals: readonly string[];
}

/** A command as it is declared. `run` returns the exit code; nothing means 0. */
export interface Command<F extends Flags = Flags> {
  /** As typed after `deno task`. */
  readonly name: string;
  /** The first line of `--help`. */
  readonly summary: string;
  /** Example lines for `--help`, at least one. */
  readonly examples: readonly string[];
  /** Arguments without a flag. */
  readonly positionals?: readonly Positional[];
  /** All flags but `--help` and `--debug`, which every command has. */
  readonly flags: F;
  /** The work. */
  run(call: Call<F>): Promise<number | void> | number | void;
}

/** The command was called wrongly. Commands may throw it too, for instance for a run that does not exist. Exit code 2. */
export class UsageError extends Error {
  /** For printing. */
  override name = "UsageError";
}

/** Flags that mean the same in every command. Pick those that the command obeys. */
export const sharedFlags = {
  seed: { kind: "integer", default: 0, min: 0, max: 4294967295, help: "seed of every random stream" },
  device: {
    kind: "choice",
    choices: ["auto", "webgpu", "software", "cpu"],
    default: "auto",
    help: "where kernels run; auto takes the best that this machine has",
  },
  threads: { kind: "integer", min: 1, max: 64, help: "threads of the CPU device; default: one per core" },
  out: { kind: "string", value: "FOLDER", help: "folder to write to; must not hold a run yet" },
  quiet: { kind: "boolean", short: "q", help: "no progress bars, results only" },
  json: { kind: "boolean", help: "print the result as JSON" },
} as const satisfies Flags;

/** Keeps the flags' exact types. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> {
  return command;
}

const builtIn = {
  help: { kind: "boolean", short: "h", help: "show this page" },
  debug: { kind: "boolean", help: "show where an error came from (also: TESSERA_DEBUG=1)" },
} as const satisfies Flags;

/** `unknown game "otello". Did you mean "othello"? There are: 2048, othello`: for anything that a user picks from a list. */
export function unknownChoice(what: string, given: string, known: readonly string[]): UsageError {
  const near = nearest(given, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new UsageError(
    `unknown ${what} "${given}".${hint} There ${known.length ? `are: ${known.join(", ")}` : "are none"}`,
  );
}

function number(name: string, flag: Flag & { kind: "integer" | "number" | "integers" }, text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const { min = -Infinity, max = Infinity } = flag;
  const whole = flag.kind !== "number";
  if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isSafeInteger(value))) return value;
  const range = min > -Infinity && max < Infinity
    ? ` from ${min} to ${max}`
    : min > -Infinity
    ? ` of at least ${min}`
    : max < Infinity
    ? ` of at most ${max}`
    : "";
  throw new UsageError(`--${name} expects ${whole ? "an integer" : "a number"}${range} but found "${text}"`);
}

function value(name: string, flag: Flag, text: string): unknown {
  if (flag.kind === "choice") {
    if (!flag.choices.includes(text)) throw unknownChoice(`--${name}`, text, flag.choices);
    return text;
  }
  if (flag.kind === "integers") return text.split(",").map((part) => number(name, flag, part.trim()));
  if (flag.kind === "integer" || flag.kind === "number") return number(name, flag, text);
  if (text === "") throw new UsageError(`--${name} expects a value but found an empty one`);
  return text;
}

function checkPositionals(declared: readonly Positional[], given: readonly string[]): void {
  for (const [i, text] of given.entries()) {
    const last = declared.at(-1);
    const slot = declared[i] ?? (last?.many ? last : undefined);
    if (!slot) {
      const names = declared.map((p) => p.name).join(" ");
      throw new UsageError(`unexpected argument "${text}". This command takes ${names || "no arguments, only flags"}`);
    }
    if (slot.choices && !slot.choices.includes(text)) throw unknownChoice(slot.name, text, slot.choices);
  }
  const missing = declared[given.length];
  if (!missing?.required) return;
  const list = missing.choices ? ` There are: ${missing.choices.join(", ")}` : "";
  throw new UsageError(`${missing.name} is missing (${missing.help}).${list}`);
}

/** Reads a command line. @throws UsageError that names what is wrong and lists what exists. */
export function parse<F extends Flags>(
  command: Command<F>,
  args: readonly string[],
): Call<F> & { help: boolean; debug: boolean } {
  const flags: Flags = { ...command.flags, ...builtIn };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, {
      type: flag.kind === "boolean" ? "boolean" as const : "string" as const,
      ...(flag.short ? { short: flag.short } : {}),
    }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    values[name] = flag.default ?? (flag.kind === "boolean" ? false : undefined);
  }
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const negated = token.name.startsWith("no-") ? flags[token.name.slice(3)] : undefined;
    if (negated?.kind === "boolean" && token.value === undefined) {
      values[token.name.slice(3)] = false;
      continue;
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (!flag) {
      const names = Object.keys(flags).map((name) => `--${name}`);
      throw unknownChoice("flag", token.rawName, names);
    }
    if (flag.kind === "boolean") {
      if (token.value !== undefined) throw new UsageError(`--${token.name} takes no value but found "${token.value}"`);
      values[token.name] = true;
    } else if (token.value === undefined) {
      const list = flag.kind === "choice" ? `: ${flag.choices.join(", ")}` : "";
      throw new UsageError(`--${token.name} expects a value${list}`);
    } else values[token.name] = value(token.name, flag, token.value);
  }
  const { help, debug, ...rest } = values;
  if (!help) checkPositionals(command.positionals ?? [], positionals);
  return { flags: rest as Values<F>, positionals, help: help === true, debug: debug === true };
}

function flagUsage(name: string, flag: Flag): string {
  const shape = {
    boolean: "",
    string: " " + (flag.kind === "string" && flag.value || "TEXT"),
    choice: flag.kind === "choice" ? " " + flag.choices.join("|") : "",
    integer: " N",
    number: " X",
    integers: " N,N,…",
  };
  const negatable = flag.kind === "boolean" && flag.default === true ? "[no-]" : "";
  return `${flag.short ? `-${flag.short}, ` : ""}--${negatable}${name}${shape[flag.kind]}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`
  ).join("\n");
}

/** The `--help` page. */
export function help(command: Command<Flags>): string {
  const positionals = command.positionals ?? [];
  const usage = positionals.map((p) => {
    const text = p.many ? `${p.name}…` : p.name;
    return p.required ? ` ${text}` : ` [${text}]`;
  }).join("");
  const parts = [command.summary, "", "Usage", `  deno task ${command.name}${usage} [flags]`];
  if (positionals.length) {
    const rows = positionals.map((p): [string, string] => [
      p.name,
      p.help + (p.choices ? `: ${p.choices.join(", ")}` : ""),
    ]);
    parts.push("", "Arguments", columns(rows));
  }
  const rows = Object.entries({ ...command.flags, ...builtIn } as Flags).map(([name, flag]): [string, string] => {
    const value = flag.kind === "boolean" ? (flag.default ? "on" : undefined) : flag.default;
    const shown = value === undefined ? "" : ` (default ${value})`;
    return [flagUsage(name, flag), flag.help + shown];
  });
  parts.push("", "Flags", columns(rows));
  parts.push("", command.examples.length > 1 ? "Examples" : "Example", ...command.examples.map((e) => `  ${e}`));
  return parts.join("\n");
}

/** An error and what caused it, each on its line, without stacks. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (let e = error, depth = 0; e !== undefined && e !== null && depth < 8; depth++) {
    const text = e instanceof Error ? e.message || e.name : String(e);
    if (!lines.includes(text)) lines.push(text);
    e = e instanceof Error ? e.cause : undefined;
  }
  return lines.join("\n  because: ");
}

function wantsStack(args: readonly string[]): boolean {
  if (args.includes("--debug")) return true;
  const variable = Deno.env.get("TESSERA_DEBUG");
  return variable !== undefined && variable !== "" && variable !== "0";
}

/** Parses, runs, prints errors to stderr. Returns the exit code; never throws. */
export async function runCommand<F extends Flags>(command: Command<F>, args: readonly string[]): Promise<number> {
  try {
    const call = parse(command, args);
    if (call.help) {
      console.log(help(command as unknown as Command));
      return 0;
    }
    return await command.run(call) ?? 0;
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(`${command.name}: ${describeError(error)}`);
    if (usage) console.error(`See: deno task ${command.name} --help`);
    if (wantsStack(args)) console.error(error);
    else if (!usage) console.error("Run again with --debug to see where it came from.");
    return usage ? 2 : 1;
  }
}

/** The last line of a task file: `if (import.meta.main) await main(command);` */
export async function main<F extends Flags>(command: Command<F>): Promise<never> {
  Deno.exit(await runCommand(command, Deno.args));
}
