/**
 * How a cell sends output in Deno's Jupyter kernel, without losing any.
 *
 * The kernel of Deno 2.9 says that a cell is done before it has published what the cell sent, and stamps what comes late with the next cell
 * (measured: up to 28 of 30 cells cut short). Two cures are here: `print` gathers lines into few messages, and `settle` waits until the
 * kernel has had time to publish. Raw stdout never reaches a notebook, so everything goes through Jupyter messages.
 */

/** MIME type → content; images as base64. Always with `text/plain`, for readers without pictures. */
export type MimeBundle = { readonly "text/plain": string; readonly [mime: string]: unknown };

/** True inside a cell of a notebook that runs on Deno's kernel. */
export function inNotebook(): boolean {
  try {
    return typeof Deno.jupyter.display === "function";
  } catch {
    return false; // outside the kernel the property itself throws
  }
}

/** Measured: the kernel publishes about 2,000 messages and 20 MB a second on a busy two-core machine. */
const MS_PER_MESSAGE = 0.5, BYTES_PER_MS = 20_000, MARGIN_MS = 40;

/** When, by the figures above, the kernel will have published everything that was sent. */
let publishedBy = 0;

/** Sends one message of the kernel's output channel. */
export async function broadcast(type: string, content: Record<string, unknown>): Promise<void> {
  const bytes = JSON.stringify(content).length;
  publishedBy = Math.max(publishedBy, performance.now()) + MS_PER_MESSAGE + bytes / BYTES_PER_MS;
  await Deno.jupyter.broadcast(type, content);
}

let pending = "";
let timer: ReturnType<typeof setTimeout> | undefined;

async function flush(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  if (pending === "") return;
  const text = pending;
  pending = "";
  await broadcast("stream", { name: "stdout", text });
}

/**
 * `console.log` for notebooks: one message per tenth of a second instead of one per line, which the kernel would scatter over later cells.
 * Outside a notebook it is `console.log`.
 */
export function print(...parts: readonly unknown[]): void {
  const line = parts.map((part) => typeof part === "string" ? part : Deno.inspect(part)).join(" ");
  if (!inNotebook()) {
    console.log(line);
    return;
  }
  pending += line + "\n";
  timer ??= setTimeout(() => void flush(), 100);
}

/** Last statement of a cell: waits until what the cell printed and displayed has been published. Outside a notebook it does nothing. */
export async function settle(): Promise<void> {
  if (!inNotebook()) return;
  await flush();
  const wait = Math.max(0, publishedBy - performance.now()) + MARGIN_MS;
  await new Promise((done) => setTimeout(done, wait));
}

/** How `show` treats an output. */
export interface ShowOptions {
  /** Names the output, so that a later call with `update` replaces it in place. */
  readonly id?: string;
  /** Replaces the output of that name instead of adding one. */
  readonly update?: boolean;
  /** Hints for the viewer, by MIME type, such as `{ "image/png": { width: 400 } }`. */
  readonly metadata?: { readonly [mime: string]: unknown };
}

/** Shows a bundle under the cell, after everything printed before. Outside a notebook its text is printed. */
export async function show(bundle: MimeBundle, options: ShowOptions = {}): Promise<void> {
  if (!inNotebook()) {
    if (!options.update) console.log(bundle["text/plain"]);
    return;
  }
  await flush();
  await broadcast(options.update ? "update_display_data" : "display_data", {
    data: bundle,
    metadata: options.metadata ?? {},
    transient: options.id === undefined ? {} : { display_id: options.id },
  });
}
