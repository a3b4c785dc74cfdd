/**
 * Executes a notebook with Deno's kernel and loses no output.
 *
 * The kernel of Deno 2.9 publishes outputs from one queue, but says "idle" past that queue and stamps what comes late with the next
 * request. So after a cell has ended, this runner sends a fence: a silent request whose only work is to put a marked message into the same
 * queue. When the mark arrives, everything that the cell had sent has arrived; what is stamped with the fence's request belongs to the
 * cell. Before the fence it waits for a short silence, because the kernel must not be made to write two messages at once.
 */
import { dirname, resolve } from "node:path";
import { errorOutput, FENCE, OutputCollector } from "./cell_outputs.ts";
import { Kernel, type KernelMessage } from "./kernel.ts";
import { codeCells, type Notebook, type Output, readNotebook } from "./notebook_file.ts";

export interface RunOptions {
  /** Added to the environment of the kernel, such as `{ TESSERA_SHORT: "1" }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Most milliseconds for one cell; default one hour. */
  readonly cellLimitMs?: number;
  /** Silence, in milliseconds, after which a cell that has ended is fenced; default 80. */
  readonly quietMs?: number;
  /** Called after each code cell. */
  readonly onCell?: (cell: CellReport) => void;
}

export interface CellReport {
  /** Counts code cells from 1. */
  readonly number: number;
  readonly of: number;
  readonly seconds: number;
  readonly error: string | null;
}

export interface RunResult {
  /** The notebook with the outputs of this run; cells after a failing one have none. */
  readonly notebook: Notebook;
  /** The first cell that failed, or null. Its error is stored in the cell too. */
  readonly failed: { readonly cell: number; readonly error: string } | null;
  readonly seconds: number;
}

/**
 * Runs all code cells in order, in the folder of the notebook, and stops at the first error. The file is only read.
 *
 * @throws FormatError when the file is no notebook, Error when no kernel starts.
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<RunResult> {
  const notebook = await readNotebook(path);
  const cells = codeCells(notebook);
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "code") continue;
    cell.outputs = [];
    cell.execution_count = null;
  }
  const began = performance.now();
  await using kernel = await Kernel.start({ cwd: dirname(resolve(path)), env: options.env });
  const session = new Session(kernel, options);
  let failed: RunResult["failed"] = null;
  for (const { number, cell, code } of cells) {
    const start = performance.now();
    const outputs = cell.outputs!;
    let error: string | null;
    try {
      const reply = await session.run(code, outputs);
      cell.execution_count = reply.count;
      error = reply.error;
    } catch (problem) {
      error = (problem as Error).message;
      outputs.push(errorOutput({ ename: "KernelError", evalue: error }));
    }
    options.onCell?.({ number, of: cells.length, seconds: (performance.now() - start) / 1000, error });
    if (error !== null) {
      failed = { cell: number, error };
      break;
    }
  }
  notebook.metadata = {
    ...notebook.metadata,
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: { ...(notebook.metadata.language_info as object | undefined), name: "typescript" },
  };
  return { notebook, failed, seconds: (performance.now() - began) / 1000 };
}

/** Cells run one after the other in one kernel. */
class Session {
  readonly #kernel: Kernel;
  readonly #collector = new OutputCollector();
  readonly #limitMs: number;
  readonly #quietMs: number;
  #onMessage: (message: KernelMessage) => void = () => {};
  #lastMessage = 0;
  #death: Promise<never>;

  constructor(kernel: Kernel, options: RunOptions) {
    this.#kernel = kernel;
    this.#limitMs = options.cellLimitMs ?? 3_600_000;
    this.#quietMs = options.quietMs ?? 80;
    this.#death = new Promise((_, reject) => kernel.onDeath = reject);
    this.#death.catch(() => {}); // whoever waits sees it
    kernel.listener = (message) => {
      this.#lastMessage = performance.now();
      if (message.channel === "iopub") this.#collector.take(message);
      this.#onMessage(message);
    };
  }

  /** Runs one cell and returns when its outputs are complete. @throws Error when the kernel dies or the time is over. */
  async run(code: string, outputs: Output[]): Promise<{ count: number | null; error: string | null }> {
    const limit = performance.now() + this.#limitMs;
    const reply = await this.#execute(code, { store_history: true }, outputs, limit);
    while (performance.now() - this.#lastMessage < this.#quietMs) await pause(10);
    const mark = JSON.stringify({ data: { [FENCE]: 1 }, metadata: {}, transient: {} });
    const fence = `void Deno.jupyter.broadcast("display_data", ${mark})`;
    await this.#execute(fence, { silent: true, store_history: false }, outputs, limit, true);
    const count = typeof reply.execution_count === "number" ? reply.execution_count : null;
    if (reply.status !== "error") return { count, error: null };
    if (!outputs.some(({ output_type }) => output_type === "error")) {
      outputs.push(errorOutput(await explain(reply, code, this.#kernel)));
    }
    const { ename, evalue } = outputs.findLast(({ output_type }) => output_type === "error")!;
    return { count, error: `${ename}: ${evalue}` };
  }

  /** Sends code and waits for its reply and for "idle"; with `fenced` also for the mark. */
  async #execute(
    code: string,
    how: Record<string, boolean>,
    outputs: Output[],
    limit: number,
    fenced = false,
  ): Promise<KernelMessage["content"]> {
    const id = crypto.randomUUID();
    let reply: KernelMessage["content"] | undefined, idle = false, marked = !fenced;
    const { promise, resolve } = Promise.withResolvers<KernelMessage["content"]>();
    this.#collector.assign(id, outputs);
    this.#onMessage = ({ channel, type, parent, content }) => {
      if (channel === "iopub" && type === "display_data" && FENCE in ((content.data ?? {}) as object)) marked = true;
      if (parent === id) {
        if (type === "execute_reply") reply = content;
        else if (type === "status") idle ||= content.execution_state === "idle";
      }
      // A request that fails never sends its mark.
      if (reply !== undefined && idle && (marked || reply.status === "error")) resolve(reply);
    };
    const timer = Promise.withResolvers<never>();
    const seconds = this.#limitMs / 1000;
    const timeout = setTimeout(
      () =>
        timer.reject(
          new Error(`expected the cell to end within ${seconds} s but it still runs; raise the limit (--limit)`),
        ),
      Math.max(0, limit - performance.now()),
    );
    try {
      const content = { code, silent: false, user_expressions: {}, allow_stdin: false, stop_on_error: true, ...how };
      await this.#kernel.request("execute_request", content, id);
      return await Promise.race([promise, this.#death, timer.promise]);
    } finally {
      clearTimeout(timeout);
      this.#onMessage = () => {};
    }
  }
}

/**
 * The kernel answers a cell that it cannot parse, or whose npm package it cannot find, with "Execution failed" alone. The formatter of the
 * same Deno says where a syntax error is; the kernel's own log says the rest.
 */
async function explain(
  reply: KernelMessage["content"],
  code: string,
  kernel: Kernel,
): Promise<KernelMessage["content"]> {
  if (reply.evalue !== "Execution failed") return reply;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code)).then(() => writer.close()).catch(() => {});
  const { success, stderr } = await child.output();
  if (!success) {
    const text = new TextDecoder().decode(stderr).split("\n\nStack backtrace")[0].trim()
      .replace(/^(error: |Error formatting: |SyntaxError: )+/, "")
      .replace(/at file:\S+?:(\d+):(\d+)$/, "at line $1, column $2 of the cell");
    return { ename: "SyntaxError", evalue: text };
  }
  return {
    ename: "Error",
    evalue: `the cell could not be executed; a package or module may be missing.${
      kernel.log === "" ? "" : `\n${kernel.log}`
    }`,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
