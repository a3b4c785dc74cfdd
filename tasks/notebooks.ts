/** `deno task notebooks`: lists, checks and executes the notebooks. */
import { basename, join, relative, resolve } from "node:path";
import { defineCommand, main, unknownChoice, UsageError } from "./cli.ts";
import { checkNotebooks, problemText } from "./notebooks/check_notebook.ts";
import { notebookName, notebooksIn, notebookState, readNotebook, writeNotebook } from "./notebooks/notebook_file.ts";
import { runNotebook } from "./notebooks/run_notebook.ts";

const command = defineCommand({
  name: "notebooks",
  summary: "Lists the notebooks with the state of their stored outputs; with flags, checks or executes them.",
  positionals: [{
    name: "NAME",
    help: "a notebook, or the beginning of its name; all of them if there is none",
    many: true,
  }],
  examples: ["deno task notebooks --run --short 1", "deno task notebooks --run --write 1-rules-and-chance"],
  flags: {
    check: { kind: "boolean", help: "check syntax, types and lint of all code cells" },
    run: { kind: "boolean", help: "execute in the normal form with Deno's own kernel; the file is not changed" },
    short: { kind: "boolean", help: "with --run: the short form (TESSERA_SHORT=1), seconds instead of minutes" },
    write: { kind: "boolean", help: "with --run: write the executed notebook in place, if no cell failed" },
    out: {
      kind: "string",
      value: "FOLDER",
      help: "with --run: write the executed notebook there, even if a cell failed",
    },
    jupyter: { kind: "boolean", help: "with --run: execute through a real Jupyter client (Python with nbclient)" },
    python: {
      kind: "string",
      value: "PATH",
      help: "with --jupyter: the Python; default /usr/bin/python3, else python3",
    },
    limit: { kind: "number", min: 1, default: 3600, help: "with --run: most seconds for one cell" },
    folder: { kind: "string", value: "FOLDER", help: "another folder of notebooks" },
  },
  async run({ flags, positionals }) {
    for (const flag of ["short", "write", "out", "jupyter"] as const) {
      if (flags[flag] && !flags.run) throw new UsageError(`--${flag} goes with --run`);
    }
    if (flags.write && flags.out !== undefined) throw new UsageError("expected --write or --out but found both");
    if (flags.write && flags.short) {
      throw new UsageError("--write keeps the normal form; use --out FOLDER with --short");
    }
    const folder = resolve(flags.folder ?? join(import.meta.dirname!, "..", "notebooks"));
    const paths = choose(await notebooksIn(folder), positionals, folder);
    if (!flags.check && !flags.run) return await list(paths);
    let good = true;
    if (flags.check) good = await check(paths) && good;
    if (flags.run) {
      if (flags.out !== undefined) await Deno.mkdir(flags.out, { recursive: true });
      for (const path of paths) good = await (flags.jupyter ? runWithJupyter : runHere)(path, flags) && good;
    }
    return good ? 0 : 1;
  },
});

/** The notebooks whose names begin with one of `names`; a whole name beats a beginning. */
function choose(paths: readonly string[], names: readonly string[], folder: string): string[] {
  const all = paths.map(notebookName);
  if (paths.length === 0) throw new UsageError(`expected notebooks in ${folder} but found none`);
  if (names.length === 0) return [...paths];
  const chosen = names.map((given) => {
    const name = basename(given, ".ipynb");
    const fitting = all.includes(name) ? [name] : all.filter((one) => one.startsWith(name));
    if (fitting.length === 1) return paths[all.indexOf(fitting[0])];
    if (fitting.length === 0) throw unknownChoice("notebook", given, all);
    throw new UsageError(`"${given}" fits several notebooks: ${fitting.join(", ")}`);
  });
  return [...new Set(chosen)];
}

async function list(paths: readonly string[]): Promise<number> {
  for (const path of paths) {
    const { codeCells, executed, errors, pictures, figures } = notebookState(await readNotebook(path));
    const state = errors > 0
      ? `${errors} error${errors === 1 ? "" : "s"}`
      : executed === 0
      ? "not executed"
      : executed < codeCells
      ? "executed in part"
      : "executed";
    console.log(
      `${
        notebookName(path)
      }  ${state}: ${executed} of ${codeCells} code cells, ${pictures} pictures (${figures.length} figures)`,
    );
  }
  return 0;
}

async function check(paths: readonly string[]): Promise<boolean> {
  const problems = await checkNotebooks(paths);
  for (const problem of problems) {
    console.error(problemText({ ...problem, notebook: relative(Deno.cwd(), problem.notebook) }));
  }
  if (problems.length === 0) {
    console.log(`${paths.length} notebook${paths.length === 1 ? "" : "s"} checked, no problem`);
  }
  return problems.length === 0;
}

interface RunFlags {
  readonly short: boolean;
  readonly write: boolean;
  readonly out?: string;
  readonly limit: number;
  readonly python?: string;
}

async function runHere(path: string, flags: RunFlags): Promise<boolean> {
  const name = notebookName(path);
  const { notebook, failed, seconds } = await runNotebook(path, {
    env: flags.short ? { TESSERA_SHORT: "1" } : {},
    cellLimitMs: flags.limit * 1000,
    onCell: ({ number, of, seconds, error }) =>
      console.error(`${name}  code cell ${number}/${of}  ${seconds.toFixed(1)} s${error === null ? "" : "  FAILED"}`),
  });
  const { figures, pictures } = notebookState(notebook);
  if (failed === null) {
    console.log(
      `${name}: executed in ${seconds.toFixed(1)} s, ${pictures} pictures (${figures.length} figures), no error`,
    );
    if (flags.write) await writeNotebook(path, notebook);
  } else {
    console.error(`${name}: code cell ${failed.cell} failed: ${failed.error}`);
    if (flags.write) console.error(`${name}: the file was not changed; use --out DIR to keep the failed run.`);
  }
  if (flags.out !== undefined) await writeNotebook(join(flags.out, basename(path)), notebook);
  return failed === null;
}

async function runWithJupyter(path: string, flags: RunFlags): Promise<boolean> {
  const executed = await Deno.makeTempFile({ prefix: "tessera-", suffix: ".ipynb" });
  try {
    const script = join(import.meta.dirname!, "notebooks", "nbclient_run.py");
    const { success } = await new Deno.Command(flags.python ?? systemPython(), {
      args: [
        script,
        "--deno",
        Deno.execPath(),
        "--out",
        executed,
        "--limit",
        String(flags.limit),
        ...(flags.short ? ["--short"] : []),
        path,
      ],
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    const { size } = await Deno.stat(executed);
    if (size > 0 && (flags.out !== undefined || (flags.write && success))) {
      await writeNotebook(
        flags.out === undefined ? path : join(flags.out, basename(path)),
        await readNotebook(executed),
      );
    }
    return success;
  } finally {
    await Deno.remove(executed).catch(() => {});
  }
}

/** Debian's nbclient belongs to Debian's Python, which need not be the first on the PATH. */
function systemPython(): string {
  try {
    Deno.statSync("/usr/bin/python3");
    return "/usr/bin/python3";
  } catch {
    return "python3";
  }
}

if (import.meta.main) await main(command);
