/** Small notebooks in a temporary folder that has the project's import map. */
import { join } from "node:path";
import type { Notebook, Output } from "../../tasks/notebooks/notebook_file.ts";
import { codeCells } from "../../tasks/notebooks/notebook_file.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

export function notebookOf(cells: readonly string[], outputs: readonly Output[] = []): Notebook {
  return {
    cells: [
      { cell_type: "markdown", id: "title", metadata: {}, source: ["# Title\n", "text"] },
      ...cells.map((source, i) => ({
        cell_type: "code",
        id: `cell${i}`,
        metadata: {},
        source,
        outputs: i === 0 ? [...outputs] : [],
        execution_count: null,
      })),
    ],
    metadata: { title: "kept" },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** Runs `work` with a folder that holds the given notebooks, and removes the folder. */
export async function withNotebooks(
  notebooks: Readonly<Record<string, readonly string[] | Notebook>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tessera-notebooks-" });
  try {
    const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports, lock: false }));
    for (const [name, cells] of Object.entries(notebooks)) {
      const notebook = Array.isArray(cells) ? notebookOf(cells) : cells;
      await Deno.writeTextFile(join(folder, `${name}.ipynb`), JSON.stringify(notebook));
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What each code cell printed, and the kinds of its outputs. */
export function printed(notebook: Notebook): string[] {
  return codeCells(notebook).map(({ cell }) =>
    (cell.outputs ?? []).map((o) => [o.text ?? ""].flat().join("")).join("")
  );
}

/** An import of the project's figures, for a cell. */
export const FIGURES = JSON.stringify(import.meta.resolve("../../lib/figures/mod.ts"));

/** Runs `tasks/notebooks.ts` on a folder. */
export async function command(folder: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const task = ["run", "--allow-all", "--quiet", join(ROOT, "tasks", "notebooks.ts"), "--folder", folder];
  const env = { NO_COLOR: "1" };
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...task, ...args], env }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}
