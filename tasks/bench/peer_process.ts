/** The harness's end of a peer's process: asks, waits no longer than allowed, stops what hangs. */
import { join } from "node:path";
import { TextLineStream } from "./lines.ts";
import type { PeerEntry, Target } from "./peers/list.ts";
import { CannotDo } from "./peers/peer.ts";
import type { Reply, ReplyOf, Request } from "./protocol.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** The peer took longer than allowed; its process was stopped. */
export class TooSlow extends Error {
  override name = "TooSlow";
}

/** A peer in its process, which starts on demand, again after it was stopped. */
export class PeerProcess {
  #process: Running | null = null;
  /** Where it computes; known after the first request. */
  device = "";

  constructor(readonly entry: PeerEntry, readonly target: Target) {}

  /**
   * @throws CannotDo when the library lacks something
   * @throws TooSlow after `limitMs` milliseconds
   */
  async ask<R extends Request>(request: R, limitMs: number): Promise<ReplyOf<R>> {
    if (!this.#process) {
      this.#process = new Running(this.entry.id);
      this.device = (await this.#send({ op: "open", peer: this.entry.id, target: this.target }, 60_000)).device;
    }
    return await this.#send(request, limitMs);
  }

  async close(): Promise<void> {
    await this.#process?.stop();
    this.#process = null;
  }

  async #send<R extends Request>(request: R, limitMs: number): Promise<ReplyOf<R>> {
    let reply: Reply | null;
    try {
      reply = await this.#process!.exchange(request, limitMs);
    } catch (error) {
      await this.close();
      throw error;
    }
    if (reply === null) {
      await this.close();
      throw new TooSlow(`more than ${limitMs / 1000} s`);
    }
    if (reply.kind === "cannot") throw new CannotDo(reply.reason);
    if (reply.kind === "failed") throw new Error(reply.reason);
    return reply as ReplyOf<R>;
  }
}

class Running {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #replies: ReadableStreamDefaultReader<string>;
  readonly #complaints: Promise<string>;

  constructor(readonly name: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--quiet",
        "--config",
        join(ROOT, "deno.json"),
        join(import.meta.dirname!, "peer_main.ts"),
      ],
      cwd: ROOT,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#replies = this.#child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
      .getReader();
    this.#complaints = this.#child.stderr.text();
  }

  /** `null` when there was no answer in time. */
  async exchange(request: Request, limitMs: number): Promise<Reply | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), limitMs));
    try {
      await this.#input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
      const answer = await Promise.race([this.#replies.read(), late]);
      if (answer === null) return null;
      if (answer.value !== undefined) return JSON.parse(answer.value);
      throw new Error(`the process of ${this.name} ended: ${lastLine(await this.#complaints)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it ended by itself */ }
    await this.#child.status;
    await this.#replies.cancel();
    await this.#input.abort().catch(() => {});
    await this.#complaints;
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "it said nothing";
}
