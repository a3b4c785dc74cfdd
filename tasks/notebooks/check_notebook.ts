/**
 * Checks the code of notebooks before it runs, since the kernel checks nothing: syntax and types (`deno check`), lint (`deno lint`), and that
 * cells which print also settle (see lib/figures/notebook_channel.ts).
 *
 * All code cells of a notebook are joined into one TypeScript file beside it, so that relative imports and the import map hold. The file
 * has a name of its own, is ignored by git, and is removed in any case.
 */
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { codeCells, readNotebook } from "./notebook_file.ts";

export interface NotebookProblem {
  readonly notebook: string;
  /** Counts cells with code from 1. */
  readonly cell: number;
  /** Line and column within the cell, from 1. */
  readonly line: number;
  readonly column: number;
  /** `TS2322`, the name of a lint rule, `syntax`, `module`, `settle`, or `check` for an error outside the cells. */
  readonly code: string;
  readonly message: string;
}

/** `notebooks/1.ipynb, code cell 3, line 2, column 7: TS2322 Type 'string' …` */
export function problemText(problem: NotebookProblem): string {
  const { notebook, cell, line, column, code, message } = problem;
  return `${notebook}, code cell ${cell}, line ${line}, column ${column}: ${code} ${message}`;
}

/** One notebook's code as a file, and where each of its lines comes from. */
interface Extract {
  readonly notebook: string;
  readonly file: string;
  readonly text: string;
  /** `lines[i]`: cell and line of line i + 1 of the file. */
  readonly lines: readonly { cell: number; line: number }[];
}

/** Rules that say nothing useful about a notebook, whose cells show values that later cells need not use. */
const LEFT_OUT_RULES = "no-unused-vars";

/**
 * Checks notebooks, all in one run of the compiler.
 *
 * @returns the problems in the order of notebooks and cells; none when all is well.
 * @throws FormatError when a file is no notebook.
 */
export async function checkNotebooks(paths: readonly string[]): Promise<NotebookProblem[]> {
  const extracts = await Promise.all(paths.map(extract));
  const remove = () => {
    for (const { file } of extracts) {
      try {
        Deno.removeSync(file);
      } catch { /* not written yet, or removed */ }
    }
  };
  const stop = () => {
    remove();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    for (const { file, text } of extracts) await Deno.writeTextFile(file, text, { createNew: true });
    const problems = [...await typeProblems(extracts), ...await lintProblems(extracts), ...extracts.flatMap(unsettled)];
    const order = (p: NotebookProblem) => paths.indexOf(p.notebook);
    return distinct(problems).sort((a, b) =>
      order(a) - order(b) || a.cell - b.cell || a.line - b.line || a.column - b.column
    );
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    remove();
  }
}

async function extract(notebook: string): Promise<Extract> {
  const text: string[] = [], lines: { cell: number; line: number }[] = [];
  for (const { number, code } of codeCells(await readNotebook(notebook))) {
    for (const [i, source] of code.split(/\r?\n/).entries()) {
      text.push(source);
      lines.push({ cell: number, line: i + 1 });
    }
  }
  // Makes the file a module even when no cell imports anything.
  text.push("export {};", "");
  lines.push(lines.at(-1) ?? { cell: 1, line: 1 });
  const name = `.${basename(notebook, ".ipynb")}.${crypto.randomUUID().slice(0, 8)}.nbcheck.ts`;
  return { notebook, file: join(dirname(resolve(notebook)), name), text: text.join("\n"), lines };
}

async function typeProblems(extracts: readonly Extract[]): Promise<NotebookProblem[]> {
  const { success, stderr } = await deno(["check", "--quiet", ...extracts.map(({ file }) => file)]);
  if (success) return [];
  // Each problem ends with "at <file>:<line>:<column>"; what stands before it, from its first line on, is its text.
  const problems: NotebookProblem[] = [];
  for (const [, message, file, line, column] of stderr.matchAll(/([^]*?)\n\s+at (file:\/\/\S+?):(\d+):(\d+)/g)) {
    const first = message.trim().split("\n")[0].replace(/^error: (SyntaxError: )?/, "");
    const typed = /^(TS\d+) \[ERROR\]: ([^]*)$/.exec(first);
    const place = locate(extracts, file, Number(line), Number(column));
    if (place === undefined) continue;
    problems.push({
      ...place,
      code: typed?.[1] ?? (message.includes("SyntaxError") ? "syntax" : "module"),
      message: typed?.[2] ?? first,
    });
  }
  // The compiler looks at types only when all modules are there and can be parsed: one such error hides all others, so the rest is
  // checked again without the notebook that has it.
  const broken = new Set(problems.filter(({ code }) => !code.startsWith("TS")).map(({ notebook }) => notebook));
  const rest = extracts.filter(({ notebook }) => !broken.has(notebook));
  if (broken.size > 0) return [...problems, ...(rest.length > 0 ? await typeProblems(rest) : [])];
  if (problems.length > 0) return problems;
  if (extracts.length > 1) return (await Promise.all(extracts.map((one) => typeProblems([one])))).flat();
  // An error outside the cells, in an imported module or in the compiler, must not pass as "no problem".
  const message = stderr.split("\n\nStack backtrace")[0].trim();
  return [{ notebook: extracts[0].notebook, ...extracts[0].lines[0], column: 1, code: "check", message }];
}

async function lintProblems(extracts: readonly Extract[]): Promise<NotebookProblem[]> {
  const { stdout, stderr } = await deno([
    "lint",
    "--json",
    `--rules-exclude=${LEFT_OUT_RULES}`,
    ...extracts.map(({ file }) => file),
  ]);
  let report: {
    diagnostics: { filename: string; code: string; message: string; range: { start: { line: number; col: number } } }[];
  };
  try {
    report = JSON.parse(stdout);
  } catch {
    throw new Error(`check: expected a report from deno lint but found: ${stderr.trim()}`);
  }
  return report.diagnostics.flatMap(({ filename, code, message, range }) => {
    const place = locate(extracts, filename, range.start.line, range.start.col + 1);
    return place === undefined ? [] : [{ ...place, code, message }];
  });
}

/** Cells whose last print is not followed by a call that waits for it: their output may appear under a later cell. */
function unsettled({ notebook, lines, text }: Extract): NotebookProblem[] {
  const source = text.split("\n");
  const cells = Map.groupBy(lines.slice(0, -1).map((place, i) => ({ ...place, text: source[i] })), ({ cell }) => cell);
  return [...cells].flatMap(([cell, inCell]) => {
    const last = (pattern: RegExp) => inCell.findLastIndex(({ text }) => pattern.test(text.replace(/^\s*\/\/.*/, "")));
    const printed = last(/\b(?:print|show|console\.\w+)\(/), waited = last(/\bawait (?:settle|display\w*)\(/);
    if (printed < 0 || waited >= printed) return [];
    const message = "the cell prints and does not wait for it; end the cell with `await settle();`";
    return [{ notebook, cell, line: inCell[printed].line, column: 1, code: "settle", message }];
  });
}

function locate(
  extracts: readonly Extract[],
  url: string,
  line: number,
  column: number,
): Omit<NotebookProblem, "code" | "message"> | undefined {
  const found = extracts.find(({ file }) => pathToFileURL(file).href === url);
  const place = found?.lines[Math.min(line, found.lines.length) - 1];
  return found && place && { notebook: found.notebook, ...place, column };
}

/** The compiler reports a redeclaration once for each of its places and again for each diagnostic; one of each place is enough. */
function distinct(problems: readonly NotebookProblem[]): NotebookProblem[] {
  return [...new Map(problems.map((problem) => [problemText(problem), problem])).values()];
}

async function deno(args: readonly string[]): Promise<{ success: boolean; stdout: string; stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { success, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
