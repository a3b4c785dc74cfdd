/** Notebook files (nbformat 4): reading with clear errors, writing, and what a list of notebooks tells about them. */
import { basename, join } from "node:path";
import { writeFileAtomic } from "../../lib/data/files.ts";
import { excerpt, FormatError } from "../../lib/data/format_error.ts";

/** One output of a code cell, as nbformat stores it. */
export interface Output {
  output_type: "stream" | "display_data" | "execute_result" | "error";
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  execution_count?: number | null;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

export interface Cell {
  cell_type: string;
  source: string | string[];
  metadata: Record<string, unknown>;
  id?: string;
  outputs?: Output[];
  execution_count?: number | null;
}

export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** @throws FormatError when the file is no notebook of format 4. */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await Deno.readTextFile(path);
  const advice = "Open it in Jupyter or VS Code and save it as a notebook, or restore it from version control.";
  const fail = (expected: string, found: string) => new FormatError({ where: path, expected, found, advice });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail("a notebook (JSON)", (error as Error).message);
  }
  const isObject = (v: unknown): v is Record<string, unknown> =>
    typeof v === "object" && v !== null && !Array.isArray(v);
  if (!isObject(value) || value.nbformat !== 4) {
    throw fail("nbformat 4", excerpt(isObject(value) ? value.nbformat : value));
  }
  if (!Array.isArray(value.cells)) throw fail("a list of cells", excerpt(value.cells));
  for (const [i, cell] of value.cells.entries()) {
    const { cell_type, source, outputs } = isObject(cell) ? cell : {};
    const lines = typeof source === "string" ||
      (Array.isArray(source) && source.every((line) => typeof line === "string"));
    if (typeof cell_type !== "string" || !lines) throw fail(`cell ${i + 1} to have a type and a source`, excerpt(cell));
    if (outputs !== undefined && !(Array.isArray(outputs) && outputs.every(isObject))) {
      throw fail(`the outputs of cell ${i + 1} to be a list`, excerpt(outputs));
    }
  }
  return value as unknown as Notebook;
}

/** The file's text: as Jupyter writes it, with texts in lines, so that a change shows as a small difference. */
export function notebookText(notebook: Notebook): string {
  const lines = (text: unknown) => typeof text === "string" ? text.split(/(?<=\n)/) : text;
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs === undefined ? {} : {
      outputs: cell.outputs.map((output) => ({
        ...output,
        ...(output.text === undefined ? {} : { text: lines(output.text) }),
        ...(output.data === undefined ? {} : {
          data: Object.fromEntries(
            Object.entries(output.data).map(([mime, v]) => [mime, mime.startsWith("text/") ? lines(v) : v]),
          ),
        }),
      })),
    }),
  }));
  return JSON.stringify({ ...notebook, cells }, null, 1) + "\n";
}

/** Writes the whole file or nothing. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeFileAtomic(path, notebookText(notebook));
}

/** The text of a cell's source. */
export function sourceOf(cell: Cell): string {
  return [cell.source].flat().join("");
}

/** The cells with code, in order; `number` counts from 1, as in `In [1]` of a notebook that ran from top to bottom. */
export function codeCells(notebook: Notebook): { number: number; cell: Cell; code: string }[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code" && sourceOf(cell).trim() !== "")
    .map((cell, i) => ({ number: i + 1, cell, code: sourceOf(cell) }));
}

/** What a notebook's file says about its last run. */
export interface NotebookState {
  readonly codeCells: number;
  readonly executed: number;
  readonly errors: number;
  /** Names of the figures that its outputs hold (see `display` in lib/figures/notebook.ts), in order. */
  readonly figures: readonly string[];
  /** Outputs with a PNG, JPEG or GIF picture. */
  readonly pictures: number;
}

export function notebookState(notebook: Notebook): NotebookState {
  const cells = codeCells(notebook);
  const outputs = cells.flatMap(({ cell }) => cell.outputs ?? []);
  const plain = (output: Output) => [output.data?.["text/plain"] ?? ""].flat().join("");
  const images = outputs.filter(({ data }) =>
    Object.keys(data ?? {}).some((mime) => /^image\/(png|jpeg|gif)$/.test(mime))
  );
  return {
    codeCells: cells.length,
    executed: cells.filter(({ cell }) => typeof cell.execution_count === "number").length,
    errors: outputs.filter(({ output_type }) => output_type === "error").length,
    figures: images.flatMap((output) => /^Figure ([\w-]+):/.exec(plain(output))?.[1] ?? []),
    pictures: images.length,
  };
}

/** Paths of the notebooks in a folder, sorted by name; empty when there is no such folder. */
export async function notebooksIn(folder: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter((e) => e.isFile && e.name.endsWith(".ipynb") && !e.name.startsWith(".")).map((e) =>
      join(folder, e.name)
    ).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** `notebooks/1-rules-and-chance.ipynb` → `1-rules-and-chance`. */
export function notebookName(path: string): string {
  return basename(path, ".ipynb");
}
