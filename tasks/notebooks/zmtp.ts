/**
 * The part of ZMTP 3.0 (the wire protocol of ZeroMQ, https://rfc.zeromq.org/spec/23/) that talking to a Jupyter kernel needs: one TCP
 * connection, no authentication, multipart messages.
 *
 * A connection begins with a 64-byte greeting and a READY command from each side. After that everything is frames:
 * flags (bit 0 more follows, bit 1 long size, bit 2 command), size (1 or 8 bytes), body.
 */

const MORE = 1, LONG = 2, COMMAND = 4;
const GREETING_BYTES = 64;
const READ_BYTES = 1 << 20;

const encoder = new TextEncoder();

export class ZmtpConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #chunk = new Uint8Array(READ_BYTES);
  /** Bytes received and not yet used: `#chunk` from `#from` to `#to`. */
  #from = 0;
  #to = 0;
  /** Writes follow each other: two messages must not mix. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to 127.0.0.1 as a socket of the given type; a SUB socket subscribes to everything. */
  static async open(port: number, type: "DEALER" | "SUB"): Promise<ZmtpConnection> {
    const socket = new ZmtpConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
    try {
      const greeting = new Uint8Array(GREETING_BYTES);
      greeting[0] = 0xff;
      greeting[9] = 0x7f;
      greeting[10] = 3;
      encoder.encodeInto("NULL", greeting.subarray(12));
      await socket.#write(greeting);
      await socket.#take(GREETING_BYTES);
      await socket.#write(frame(readyCommand(type), COMMAND));
      await socket.#frame();
      if (type === "SUB") await socket.#write(frame(Uint8Array.of(1), 0));
      return socket;
    } catch (error) {
      socket[Symbol.dispose]();
      throw error;
    }
  }

  /** Sends one message of several parts. */
  send(parts: readonly Uint8Array[]): Promise<void> {
    const frames = parts.map((part, i) => frame(part, i < parts.length - 1 ? MORE : 0));
    return this.#write(joined(frames));
  }

  /** The next message. @throws Error when the peer has closed the connection. */
  async receive(): Promise<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    while (true) {
      const { flags, body } = await this.#frame();
      if (flags & COMMAND) continue;
      parts.push(body);
      if (!(flags & MORE)) return parts;
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch { /* closed already */ }
  }

  #write(bytes: Uint8Array): Promise<void> {
    const all = async () => {
      for (let done = 0; done < bytes.length;) done += await this.#connection.write(bytes.subarray(done));
    };
    const written = this.#writing.then(all);
    this.#writing = written.catch(() => {});
    return written;
  }

  async #frame(): Promise<{ flags: number; body: Uint8Array }> {
    const flags = (await this.#take(1))[0];
    const size = flags & LONG
      ? Number(new DataView((await this.#take(8)).buffer).getBigUint64(0))
      : (await this.#take(1))[0];
    return { flags, body: await this.#take(size) };
  }

  /** Exactly `count` bytes, in a buffer of their own. */
  async #take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const out = new Uint8Array(count);
    let filled = 0;
    while (true) {
      const use = Math.min(count - filled, this.#to - this.#from);
      out.set(this.#chunk.subarray(this.#from, this.#from + use), filled);
      this.#from += use;
      filled += use;
      if (filled === count) return out;
      const read = await this.#connection.read(this.#chunk);
      if (read === null) throw new Error("the kernel closed the connection");
      this.#from = 0;
      this.#to = read;
    }
  }
}

/** A READY command: its name, then the one property that a peer needs. */
function readyCommand(type: string): Uint8Array {
  const text = (s: string, size: number[]) => Uint8Array.of(...size, ...encoder.encode(s));
  return joined([text("READY", [5]), text("Socket-Type", [11]), text(type, [0, 0, 0, type.length])]);
}

function frame(body: Uint8Array, flags: number): Uint8Array {
  const long = body.length > 255;
  const head = new Uint8Array(long ? 9 : 2);
  head[0] = flags | (long ? LONG : 0);
  if (long) new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  else head[1] = body.length;
  return joined([head, body]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
