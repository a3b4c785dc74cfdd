/** Deno's own Jupyter kernel as a child process, driven over the Jupyter message protocol 5.3. No Python, no Jupyter. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { ZmtpConnection } from "./zmtp.ts";

/** One message from the kernel. */
export interface KernelMessage {
  readonly channel: "shell" | "iopub";
  readonly type: string;
  /** Identifier of the request that it answers or belongs to. */
  readonly parent: string | undefined;
  // The content of a message depends on its type; the collector checks what it uses.
  readonly content: { readonly [field: string]: unknown };
}

export interface KernelOptions {
  /** Working folder; relative imports of cells start here. */
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const START_LIMIT_MS = 60_000, START_ATTEMPTS = 3, LOG_LETTERS = 4000;
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
const DELIMITER = "<IDS|MSG>";
const encoder = new TextEncoder(), decoder = new TextDecoder();

export class Kernel implements AsyncDisposable {
  /** Receives every message, in order of arrival. */
  listener: (message: KernelMessage) => void = () => {};
  /** Called once when the kernel is gone without having been asked to. */
  onDeath: (reason: Error) => void = () => {};

  readonly #child: Deno.ChildProcess;
  readonly #key: string;
  readonly #session = crypto.randomUUID();
  readonly #connectionFile: string;
  #shell: ZmtpConnection | undefined;
  #iopub: ZmtpConnection | undefined;
  #log = "";
  #exited = false;
  #closing = false;

  private constructor(child: Deno.ChildProcess, key: string, connectionFile: string) {
    this.#child = child;
    this.#key = key;
    this.#connectionFile = connectionFile;
    child.status.then(() => this.#exited = true);
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.#stop);
    for (const stream of [child.stdout, child.stderr]) void this.#follow(stream);
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * The ports are chosen by asking the system for free ones, so another program may take one in between; then the start is repeated.
   * @throws Error when the kernel does not come up, with the end of what it printed.
   */
  static async start(options: KernelOptions): Promise<Kernel> {
    for (let attempt = 1;; attempt++) {
      const ports = freePorts(5);
      const key = crypto.randomUUID();
      const file = await Deno.makeTempFile({ prefix: "kernel-", suffix: ".json" });
      const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
      const connection = {
        shell_port,
        iopub_port,
        stdin_port,
        control_port,
        hb_port,
        ip: "127.0.0.1",
        transport: "tcp",
      };
      await Deno.writeTextFile(
        file,
        JSON.stringify({ ...connection, key, signature_scheme: "hmac-sha256", kernel_name: "deno" }),
      );
      const child = new Deno.Command(Deno.execPath(), {
        args: ["jupyter", "--kernel", "--conn", file],
        cwd: options.cwd,
        env: { ...options.env, NO_COLOR: "1" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const kernel = new Kernel(child, key, file);
      try {
        await kernel.#connect(shell_port, iopub_port);
        return kernel;
      } catch (error) {
        await kernel[Symbol.asyncDispose]();
        if (attempt < START_ATTEMPTS) continue;
        throw new Error(`kernel: expected it to start but found: ${(error as Error).message}\n${kernel.log}`);
      }
    }
  }

  /** The end of what the kernel's process printed itself (not what cells printed). */
  get log(): string {
    return this.#log.replace('Warning "deno jupyter" is unstable and might change in the future.\n', "").trim();
  }

  /** Sends a request on the shell channel. Its answers carry `id` as their parent. */
  async request(type: string, content: Record<string, unknown>, id: string = crypto.randomUUID()): Promise<void> {
    const header = {
      msg_id: id,
      session: this.#session,
      username: "tessera",
      date: new Date().toISOString(),
      msg_type: type,
      version: "5.3",
    };
    const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
    await this.#shell!.send([encoder.encode(DELIMITER), encoder.encode(this.#sign(parts)), ...parts]);
  }

  /** A kernel must not outlive a runner that is told to stop. */
  readonly #stop = () => {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* ended already */ }
    Deno.removeSync(this.#connectionFile);
    Deno.exit(130);
  };

  /** Ends the process and removes its traces. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.#stop);
    this.#shell?.[Symbol.dispose]();
    this.#iopub?.[Symbol.dispose]();
    try {
      this.#child.kill("SIGKILL");
    } catch { /* ended already */ }
    await this.#child.status;
    await Deno.remove(this.#connectionFile).catch(() => {});
  }

  async #connect(shellPort: number, iopubPort: number): Promise<void> {
    const limit = performance.now() + START_LIMIT_MS;
    const open = async (port: number, type: "DEALER" | "SUB") => {
      while (true) {
        try {
          return await ZmtpConnection.open(port, type);
        } catch (error) {
          if (this.#exited) throw new Error("its process ended");
          if (performance.now() > limit) throw error;
          await pause(20);
        }
      }
    };
    this.#iopub = await open(iopubPort, "SUB");
    this.#shell = await open(shellPort, "DEALER");
    // The subscription works from some moment on that nobody announces; the first status that arrives shows that it does.
    let subscribed = false;
    this.listener = ({ type, channel }) => subscribed ||= channel === "iopub" && type === "status";
    void this.#pump(this.#shell, "shell");
    void this.#pump(this.#iopub, "iopub");
    while (!subscribed) {
      if (this.#exited) throw new Error("its process ended");
      if (performance.now() > limit) throw new Error(`no answer for ${START_LIMIT_MS / 1000} s`);
      await this.request("kernel_info_request", {});
      for (let waited = 0; waited < 100 && !subscribed; waited += 10) await pause(10);
    }
    this.listener = () => {};
  }

  async #pump(socket: ZmtpConnection, channel: "shell" | "iopub"): Promise<void> {
    try {
      while (true) {
        const message = this.#decode(await socket.receive(), channel);
        this.listener(message); // looked up only now: it may have changed while we waited
      }
    } catch (error) {
      if (this.#closing) return;
      this.#closing = true;
      await pause(50); // what the process printed last is still on its way
      this.onDeath(
        new Error(`the kernel is gone: ${(error as Error).message}${this.log === "" ? "" : `\n${this.log}`}`),
      );
    }
  }

  /** Checks the signature, so that a damaged stream is an error and not a wrong output. */
  #decode(parts: readonly Uint8Array[], channel: "shell" | "iopub"): KernelMessage {
    const start = parts.findIndex((part) => part.length === DELIMITER.length && decoder.decode(part) === DELIMITER);
    if (start < 0 || parts.length < start + 6) {
      throw new Error(`expected a Jupyter message but found ${parts.length} parts`);
    }
    const signed = parts.slice(start + 2, start + 6);
    const expected = encoder.encode(this.#sign(signed)), found = parts[start + 1];
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
      throw new Error("expected a message signed with the key of this session but found another signature");
    }
    const [header, parent, , content] = signed.map((part) => JSON.parse(decoder.decode(part)));
    return { channel, type: header.msg_type, parent: parent?.msg_id, content };
  }

  #sign(parts: readonly Uint8Array[]): string {
    const hmac = createHmac("sha256", this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  async #follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
      this.#log = (this.#log + text).slice(-LOG_LETTERS);
    }
  }
}

function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
