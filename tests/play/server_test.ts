/** The server of live windows, spoken to without a browser. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type LiveServer, serveLive } from "../../lib/play/mod.ts";
import { counterGame, type Diary } from "./counter.ts";

/** A page's socket whose messages are awaited one by one. */
class Page {
  readonly #socket: WebSocket;
  readonly #waiting: (() => void)[] = [];
  readonly messages: unknown[] = [];
  readonly closed: Promise<CloseEvent>;

  constructor(server: LiveServer, origin = server.url.slice(0, -1)) {
    this.#socket = new WebSocket(`${server.url.replace("http", "ws")}socket`, { headers: { origin } });
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => {
      this.messages.push(typeof data === "string" ? JSON.parse(data) : new Uint8Array(data));
      for (const wake of this.#waiting.splice(0)) wake();
    };
    this.closed = new Promise((resolve) => this.#socket.onclose = resolve);
  }

  async opened(): Promise<this> {
    if (this.#socket.readyState === WebSocket.OPEN) return this;
    await new Promise((resolve, reject) => {
      this.#socket.onopen = resolve;
      this.#socket.onerror = () => reject(new Error("refused"));
    });
    return this;
  }

  say(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  raw(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** The next message, from the first on, that fits. */
  async until<T>(fits: (message: unknown) => T | undefined | false): Promise<T> {
    for (let i = 0;; i++) {
      while (i >= this.messages.length) await new Promise<void>((wake) => this.#waiting.push(wake));
      const found = fits(this.messages[i]);
      if (found) return found;
    }
  }

  count(value: number): Promise<boolean> {
    return this.until((m) => (m as { facts?: { value: string }[] }).facts?.[0].value === String(value));
  }

  problem(expected: RegExp): Promise<boolean> {
    return this.until((m) => (m as { type?: string; text?: string }).type === "problem" && expected.test(textOf(m)));
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

const textOf = (message: unknown) => (message as { text: string }).text;

async function playing(
  work: (server: LiveServer, diary: Diary, warned: unknown[]) => Promise<void>,
  options = {},
): Promise<void> {
  const diary: Diary = { entries: [] }, warned: unknown[] = [];
  await using server = serveLive(counterGame(diary, options), { warn: (error) => warned.push(error) });
  await work(server, diary, warned);
}

Deno.test("a page hears what the window is, sees the first picture, and its keys move the game", () =>
  playing(async (server, diary) => {
    const page = await new Page(server).opened();
    await page.count(0);
    const [hello, first, kept] = page.messages as [Record<string, unknown>, Uint8Array, Uint8Array];
    assert.deepEqual([hello.type, hello.title, hello.history], ["hello", "Counter", "Counts so far"]);
    assert.deepEqual([first[0], first.length, kept[0], kept[20]], [0, 20 + 48, 1, "0".charCodeAt(0)]);
    page.say({ type: "press", key: "u" });
    page.say({ type: "press", key: "u" });
    await page.count(2);
    page.say({ type: "press", key: "h" });
    page.say({ type: "release", key: "u" });
    page.say({ type: "blur" });
    page.say({ type: "press", key: "u" });
    await page.count(3);
    assert.deepEqual(diary.entries.slice(-4), ["0 lets u go, 1 held", "0 lets h go, 0 held", "0 begins u", "0 ends u"]);
    await page.leave();
  }));

Deno.test("nothing that a page says stops the server or the game", () =>
  playing(async (server) => {
    const page = await new Page(server).opened();
    for (const text of ["{", "", "null", '{"type":"press"}', "x".repeat(100_000)]) page.raw(text);
    page.raw(new Uint8Array(10_000));
    await page.problem(/bytes/);
    assert.equal(page.messages.filter((m) => (m as { type?: string }).type === "problem").length, 6);
    const noise = fc.sample(fc.oneof(fc.string(), fc.json()), { numRuns: 200, seed: 5 });
    for (const text of noise) page.raw(text);
    page.say({ type: "press", key: "u" });
    await page.count(1);
    await page.leave();
  }));

Deno.test("an error of the game is shown and told; the game goes on", () =>
  playing(async (server, _, warned) => {
    const page = await new Page(server).opened();
    page.say({ type: "press", key: "x" });
    await page.problem(/the counter is stuck/);
    page.say({ type: "press", key: "u" });
    await page.count(1);
    assert.match(String(warned), /the counter is stuck/);
    await page.leave();
  }));

Deno.test("each page has its own game, and work of two never overlaps", () =>
  playing(async (server, diary) => {
    const [one, two] = await Promise.all([new Page(server).opened(), new Page(server).opened()]);
    for (let i = 0; i < 5; i++) for (const page of [one, two]) page.say({ type: "press", key: "u" });
    await Promise.all([one.count(5), two.count(5)]);
    const work = diary.entries.filter((entry) => entry.endsWith(" u"));
    for (let i = 0; i < work.length; i += 2) {
      assert.deepEqual([work[i].slice(1), work[i + 1]], [" begins u", work[i].replace("begins", "ends")]);
    }
    await one.leave();
    await two.leave();
    await server.stop();
    assert.deepEqual(diary.entries.filter((entry) => entry.startsWith("close")).sort(), ["close 0", "close 1"]);
  }));

Deno.test("with a rate, time passes: what is held counts", () =>
  playing(async (server) => {
    const page = await new Page(server).opened();
    page.say({ type: "press", key: "h" });
    await page.count(5);
    await page.leave();
  }, { rate: 500 }));

Deno.test("a page that is slow gets few pictures, the newest, and all facts", () =>
  playing(async (server) => {
    const page = await new Page(server).opened();
    // Views are kind 0; the pictures of the counter are its count in every byte.
    const views = () => page.messages.filter((m) => m instanceof Uint8Array && m[0] === 0) as Uint8Array[];
    for (let i = 0; i < 12; i++) page.say({ type: "press", key: "h" });
    await page.count(30);
    assert.deepEqual(views().map((bytes) => bytes.at(-1)), [0, 1, 2, 3]);
    page.say({ type: "release", key: "h" });
    page.say({ type: "shown" });
    const count = await page.until((m) => m instanceof Uint8Array && m[0] === 0 && m.at(-1)! > 3 && m.at(-1));
    assert.ok(count >= 30, `expected the newest but found ${count}`);
    await page.leave();
  }, { rate: 500 }));

Deno.test("only this server's own page may connect", () =>
  playing(async (server) => {
    const { url, port } = server;
    await assert.rejects(new Page(server, "http://evil.example").opened(), /refused/);
    const answers: [string, RequestInit, number][] = [
      ["", {}, 200],
      ["page.css", {}, 200],
      ["page.js", {}, 200],
      ["favicon.ico", {}, 404],
      ["../deno.json", {}, 404],
      ["", { method: "POST" }, 405],
      ["socket", {}, 426],
    ];
    for (const [path, init, status] of answers) {
      const response = await fetch(url + path, init);
      await response.body?.cancel();
      assert.equal(response.status, status, path);
    }
    assert.match(await rawAnswer(port, "evil.example"), /^HTTP\/1\.1 403/);
    assert.match(await rawAnswer(port, `localhost:${port}`), /^HTTP\/1\.1 200/);
  }));

/** The first bytes of the answer to a request for / in this host's name. */
async function rawAnswer(port: number, host: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
  const bytes = new Uint8Array(64), read = await connection.read(bytes);
  return new TextDecoder().decode(bytes.subarray(0, read ?? 0));
}

Deno.test("a port that is taken is told; stopping closes pages and ends", async () => {
  const diary: Diary = { entries: [] }, stop = new AbortController();
  const server = serveLive(counterGame(diary), { signal: stop.signal });
  assert.throws(
    () => serveLive(counterGame(diary), { port: server.port }),
    /expected a free port.*choose another --port/,
  );
  const page = await new Page(server).opened();
  await page.count(0);
  stop.abort();
  assert.equal((await page.closed).code, 1001);
  await server.finished;
  await server.stop();
  assert.equal(diary.entries.at(-1), "close 0");
  const again = serveLive(counterGame(diary), { port: server.port });
  await again.stop();
});
