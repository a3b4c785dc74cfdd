/**
 * A run is a folder: `config.json`, `metrics.jsonl`, `checkpoints/`, `figures/`, `report.html`, `report.md`, `card.json`.
 * This file makes such folders and opens them.
 */

import { basename, join, resolve } from "node:path";
import { writeFileAtomic } from "../data/files.ts";
import { FormatError } from "../data/format_error.ts";
import { assertJson, Field, type Json, jsonText, parseJson, readBytes } from "./json.ts";
import { commit, versions } from "./versions.ts";

/** The version of `config.json` that this Tessera writes. Older ones stay readable. */
export const CONFIG_FORMAT = 1;

/** What `config.json` holds: everything that is needed to start the same run again, and nothing about the machine's folders. */
export interface RunConfig {
  /** `CONFIG_FORMAT` of the Tessera that made the run. */
  readonly format: number;
  /** "rules-and-chance". */
  readonly experiment: string;
  /** "2048", or null where the experiment has no choice of game. */
  readonly game: string | null;
  /** "tiny", "small" or "full", or what the experiment names. */
  readonly preset: string;
  /** "published" or "corrected", or what the experiment names. */
  readonly mode: string;
  /** Seed of every random stream; an integer of at least 0. */
  readonly seed: number;
  /** The device's name for people: "CPU, 2 threads (WASM SIMD)". */
  readonly device: string;
  /** Every setting, defaults included. */
  readonly settings: { readonly [name: string]: Json };
  /** "tessera", "deno", "v8", "typescript". */
  readonly versions: Readonly<Record<string, string>>;
  /** Git commit of the Tessera that ran, with "-dirty" when its files were changed; null outside a repository. */
  readonly commit: string | null;
  /** ISO 8601, UTC. */
  readonly created: string;
}

/** An opened run. The folder is a path as the user gave it; everything else comes from `config.json`. */
export interface Run {
  /** The folder's path. */
  readonly folder: string;
  /** What `config.json` says. */
  readonly config: RunConfig;
}

/** Places inside a run folder. */
export const runPaths = {
  config: (run: Pick<Run, "folder">): string => join(run.folder, "config.json"),
  metrics: (run: Pick<Run, "folder">): string => join(run.folder, "metrics.jsonl"),
  checkpoints: (run: Pick<Run, "folder">): string => join(run.folder, "checkpoints"),
  figures: (run: Pick<Run, "folder">): string => join(run.folder, "figures"),
  card: (run: Pick<Run, "folder">): string => join(run.folder, "card.json"),
  lock: (run: Pick<Run, "folder">): string => join(run.folder, "lock"),
} as const;

/** A run cannot be made, found or used as asked. The message says what to do. */
export class RunError extends Error {
  /** For printing. */
  override name = "RunError";
}

/** What a new run is made from. */
export type NewRun =
  & Pick<RunConfig, "experiment" | "preset" | "mode" | "seed" | "device">
  & {
    /** Every setting, as a plain object of what JSON can hold. */
    readonly settings: object;
    readonly game?: string | null;
    /** The folder itself (`--out`). It may exist if it is empty. Default: `<runs>/<experiment>/<game>-<preset>-<mode>-seed<n>`. */
    readonly out?: string;
    /** Where runs live. Default `runs` in the working folder. */
    readonly runs?: string;
  };

const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;
const MACHINE_PATH = /^(\/[^/\s]|~[/\\]|[A-Za-z]:[\\/]|\\\\|file:)/;

function checkSettings(settings: unknown): asserts settings is RunConfig["settings"] {
  assertJson(settings, "config.json, settings");
  const visit = (value: Json, path: string): void => {
    if (typeof value === "string" && MACHINE_PATH.test(value)) {
      throw new TypeError(
        `config.json: settings.${path} is a path of this machine (${value}). Store a name or a hash, which means something elsewhere.`,
      );
    }
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, path ? `${path}.${key}` : key);
    }
  };
  visit(settings, "");
}

async function isEmptyFolder(path: string): Promise<boolean> {
  for await (const _ of Deno.readDir(path)) return false;
  return true;
}

/** Takes the folder that the user chose, or the first free default name. Making a folder is atomic, so two runs never share one. */
async function claimFolder(options: NewRun): Promise<string> {
  if (options.out !== undefined) {
    const there = await Deno.stat(options.out).catch(() => null);
    if (there && !(there.isDirectory && await isEmptyFolder(options.out))) {
      const what = there.isDirectory ? "is not empty" : "is a file";
      throw new RunError(
        `${options.out} ${what}. Choose another --out, or continue the run that it holds with --resume ${options.out}`,
      );
    }
    await Deno.mkdir(options.out, { recursive: true });
    return options.out;
  }
  const parent = join(options.runs ?? "runs", options.experiment);
  await Deno.mkdir(parent, { recursive: true });
  const name = [options.game, options.preset, options.mode, `seed${options.seed}`].filter((part) => part).join("-");
  for (let count = 1;; count++) {
    const folder = join(parent, count === 1 ? name : `${name}-${count}`);
    try {
      await Deno.mkdir(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/**
 * Makes a new run folder and writes its `config.json`. Never touches an existing run.
 *
 * @throws RunError when `out` is taken; TypeError when a setting is not JSON or is a path of this machine
 *
 * @example
 * ```ts
 * const run = await createRun({
 *   experiment: "rules-and-chance", game: "2048", preset: "small", mode: "corrected", seed: 0,
 *   device: device.name, settings: { learningRate: 5e-4 },
 * });
 * console.log(run.folder); // runs/rules-and-chance/2048-small-corrected-seed0
 * ```
 */
export async function createRun(options: NewRun): Promise<Run> {
  const { experiment, preset, mode, seed, device, settings } = options;
  const game = options.game ?? null;
  for (const [what, name] of Object.entries({ experiment, preset, mode, ...(game === null ? {} : { game }) })) {
    if (!NAME.test(name)) {
      throw new TypeError(`${what} "${name}" cannot be part of a folder's name: use letters, digits, - . _ +`);
    }
  }
  checkSettings(settings);
  const config: RunConfig = {
    format: CONFIG_FORMAT,
    experiment,
    game,
    preset,
    mode,
    seed,
    device,
    settings,
    versions: versions(),
    commit: await commit(),
    created: new Date().toISOString(),
  };
  checkConfig(config, "config.json");
  const folder = await claimFolder(options);
  const run = { folder, config };
  await writeFileAtomic(runPaths.config(run), jsonText(config, "config.json"));
  return run;
}

const ADVICE = "Restore config.json from a copy, or start a new run; the run's other files are untouched.";

function checkConfig(value: unknown, where: string): RunConfig {
  const field = new Field(value, where, ADVICE);
  const version = field.at("format").version(CONFIG_FORMAT);
  const name = (key: string): string => {
    const text = field.at(key).text("a name");
    return NAME.test(text) ? text : field.at(key).fail("a name of letters, digits, - . _ +");
  };
  const words = field.at("versions").object();
  const created = field.at("created").text("a time");
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(created)) field.at("created").fail("a time such as 2026-01-31T12:00:00.000Z");
  return {
    format: version,
    experiment: name("experiment"),
    game: field.at("game").nullable(() => name("game")),
    preset: name("preset"),
    mode: name("mode"),
    seed: field.at("seed").integer(0),
    device: field.at("device").text("a device's name"),
    settings: field.at("settings").object() as { [name: string]: Json },
    versions: Object.fromEntries(
      Object.keys(words).map((key) => [key, field.at("versions").at(key).text("a version")]),
    ),
    commit: field.at("commit").nullable((f) => f.text("a commit")),
    created,
  };
}

/**
 * Opens a run to read it. Changes nothing in it; to continue it, use `openWriter`.
 *
 * @throws FormatError when the folder or its `config.json` is missing, malformed, or of a newer version
 */
export async function openRun(folder: string): Promise<Run> {
  const there = await Deno.stat(folder).catch(() => null);
  if (!there?.isDirectory) {
    const found = there ? "a file" : "nothing";
    const near = await listRuns(resolve(folder, ".."), 1).catch(() => []);
    const list = near.length ? ` Runs beside it: ${near.map((path) => basename(path)).join(", ")}.` : "";
    const advice = `Give the folder of a run, such as runs/<experiment>/<name>.${list}`;
    throw new FormatError({ where: folder, expected: "the folder of a run", found, advice });
  }
  const path = runPaths.config({ folder });
  const bytes = await readBytes(
    path,
    "the settings of a run",
    `${folder} is not the folder of a run, or the run lost its settings. ${ADVICE}`,
  );
  return { folder, config: checkConfig(parseJson(bytes, path, ADVICE), path) };
}

/** Folders below `root` (itself included) that hold a `config.json` or a `card.json`, sorted. Does not follow links. */
export async function listRuns(root: string, deepest = 4): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const folders: string[] = [];
    let isRun = false;
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && (entry.name === "config.json" || entry.name === "card.json")) isRun = true;
      if (entry.isDirectory && !entry.name.startsWith(".") && entry.name !== "node_modules") folders.push(entry.name);
    }
    if (isRun) found.push(folder);
    else if (depth < deepest) { for (const name of folders) await visit(join(folder, name), depth + 1); }
  };
  await visit(root, 0);
  return found.sort();
}
