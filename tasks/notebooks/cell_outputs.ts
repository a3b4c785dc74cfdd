/** Collects the messages of a running notebook into the outputs of its cells, as Jupyter's own client does. */
import { stripVTControlCharacters } from "node:util";
import type { KernelMessage } from "./kernel.ts";
import type { Output } from "./notebook_file.ts";

/** MIME type of the message that marks the end of a cell's outputs (see `run_notebook.ts`); it is never stored. */
export const FENCE = "application/vnd.tessera.fence";

export class OutputCollector {
  /** Request identifier → outputs of the cell that it ran for. */
  readonly #cells = new Map<string, Output[]>();
  /** Display identifier → every output that shows it. */
  readonly #displays = new Map<string, Output[]>();
  /** Cells whose next output replaces all others (`clear_output` with `wait`). */
  readonly #clearNext = new Set<Output[]>();

  /** From now on messages that belong to `request` go to `outputs`. */
  assign(request: string, outputs: Output[]): void {
    this.#cells.set(request, outputs);
  }

  /** Takes a message of the iopub channel. Messages of unknown requests and other types are left alone. */
  take({ type, parent, content }: KernelMessage): void {
    const outputs = parent === undefined ? undefined : this.#cells.get(parent);
    if (outputs === undefined) return;
    switch (type) {
      case "stream":
        return this.#stream(outputs, String(content.name), clean(String(content.text)));
      case "display_data":
      case "execute_result": {
        const data = cleanBundle(content.data);
        if (FENCE in data) return;
        const output: Output = { output_type: type, data, metadata: record(content.metadata) };
        if (type === "execute_result") output.execution_count = Number(content.execution_count);
        const id = displayId(content);
        if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
        return this.#add(outputs, output);
      }
      case "update_display_data":
        for (const output of this.#displays.get(displayId(content) ?? "") ?? []) {
          output.data = cleanBundle(content.data);
          output.metadata = record(content.metadata);
        }
        return;
      case "clear_output":
        if (content.wait) this.#clearNext.add(outputs);
        else outputs.length = 0;
        return;
      case "error":
        return this.#add(outputs, errorOutput(content));
    }
  }

  #stream(outputs: Output[], name: string, text: string): void {
    const last = this.#clearNext.has(outputs) ? undefined : outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text = `${last.text}${text}`;
    else this.#add(outputs, { output_type: "stream", name, text });
  }

  #add(outputs: Output[], output: Output): void {
    if (this.#clearNext.delete(outputs)) outputs.length = 0;
    outputs.push(output);
  }
}

/** An error as nbformat stores it, from the content of an `error` or `execute_reply` message. */
export function errorOutput(content: { readonly [field: string]: unknown }): Output {
  const ename = clean(String(content.ename)), evalue = clean(String(content.evalue));
  const traceback = Array.isArray(content.traceback) ? content.traceback.map((line) => clean(String(line))) : [];
  return { output_type: "error", ename, evalue, traceback: traceback.length > 0 ? traceback : [`${ename}: ${evalue}`] };
}

function displayId(content: { readonly [field: string]: unknown }): string | undefined {
  const id = record(content.transient).display_id;
  return typeof id === "string" ? id : undefined;
}

/** Text without the colour codes of terminals. */
function clean(text: string): string {
  return stripVTControlCharacters(text);
}

function cleanBundle(data: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record(data)).map((
      [mime, value],
    ) => [mime, mime === "text/plain" && typeof value === "string" ? clean(value) : value]),
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
