/** A small web server on this machine alone: one page, and a socket for each page that is open. */
import css from "./page/page.css" with { type: "text" };
import html from "./page/page.html" with { type: "text" };
import script from "./page/page.js" with { type: "text" };
import type { Live } from "./live.ts";
import { Player } from "./player.ts";
import { Turns } from "./turns.ts";

const HOST = "127.0.0.1";

/** How a live window is served. */
export interface ServeLiveOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** When aborted, the server stops. */
  readonly signal?: AbortSignal;
  /** Told of errors of the game; default: stderr. */
  readonly warn?: (error: unknown) => void;
}

/** A server that runs. */
export interface LiveServer extends AsyncDisposable {
  /** Where the page is: "http://127.0.0.1:8123/". */
  readonly url: string;
  /** The port that it got. */
  readonly port: number;
  /** Resolves when the server has stopped. */
  readonly finished: Promise<void>;
  /** Closes all pages' sockets and stops. A second call does nothing more. */
  stop(): Promise<void>;
}

const FILES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  "/": ["text/html", html],
  "/page.css": ["text/css", css],
  "/page.js": ["text/javascript", script],
};

/**
 * Serves a game to browsers on this machine. Each page that opens gets a game of its own.
 *
 * @throws Error when the port is taken, with what to do
 *
 * @example
 * ```ts
 * await using server = serveLive(live, { port: 8123 });
 * console.log(`Open ${server.url}`);
 * await server.finished;
 * ```
 */
export function serveLive(live: Live, options: ServeLiveOptions = {}): LiveServer {
  const { port = 0, signal, warn = (error) => console.error(error) } = options;
  const players = new Set<Player>(), turns = new Turns();
  const join = (request: Request): Response => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const player = new Player({ live, socket, turns, warn });
    players.add(player);
    socket.addEventListener("close", () => players.delete(player));
    return response;
  };
  const server = listen(port, (request) => answer(request, join));
  const own = server.addr.port;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    stopping ??= (async () => {
      signal?.removeEventListener("abort", stop);
      for (const player of players) player.dismiss();
      await turns.settled();
      await server.shutdown();
    })();
  if (signal?.aborted) stop();
  else signal?.addEventListener("abort", stop, { once: true });
  return { url: `http://${HOST}:${own}/`, port: own, finished: server.finished, stop, [Symbol.asyncDispose]: stop };
}

function listen(port: number, handler: Deno.ServeHandler<Deno.NetAddr>): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: HOST, port, onListen: () => {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(`port ${port} of ${HOST}: expected a free port but another program has it; choose another --port`, {
      cause: error,
    });
  }
}

/**
 * Only this server's own page may connect: without the two checks any web page that is open in the browser could reach the game,
 * by its address (Origin) or by a name of its own that it lets point here (Host).
 */
function answer(request: Request, join: (request: Request) => Response): Response {
  const { pathname, host } = new URL(request.url);
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return plain(403, "this server answers only this machine");
  if (pathname === "/socket") {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return plain(426, "expected a web socket");
    if (request.headers.get("origin") !== `http://${host}`) return plain(403, "expected this server's own page");
    return join(request);
  }
  const file = FILES[pathname];
  if (!file) return plain(404, "there is only /");
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "expected GET");
  const [type, body] = file;
  return new Response(body, {
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      "content-security-policy":
        `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src ws://${host}`,
      "x-content-type-options": "nosniff",
    },
  });
}

function plain(status: number, text: string): Response {
  return new Response(text + "\n", { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
