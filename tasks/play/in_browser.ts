/** What all games of `deno task play` share: the page's address is printed, and Ctrl-C ends the game. */
import { type Live, serveLive } from "../../lib/play/mod.ts";
import { catchInterrupt } from "../../lib/runs/mod.ts";
import { type Flags, UsageError } from "../cli.ts";

/** Flags of every game. */
export const playFlags = {
  port: { kind: "integer", min: 0, max: 65535, default: 8123, help: "port of the page; 0 takes any that is free" },
} as const satisfies Flags;

/** Serves a game until Ctrl-C. */
export async function playInBrowser(live: Live, { port }: { readonly port: number }): Promise<number> {
  using interrupt = catchInterrupt(() => console.error("\nStopping."));
  await using server = openServer(live, port, interrupt.signal);
  console.log(`${live.title}\nOpen ${server.url} in a browser on this machine. Ctrl-C here ends it.`);
  await server.finished;
  return 0;
}

function openServer(live: Live, port: number, signal: AbortSignal) {
  try {
    return serveLive(live, { port, signal });
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Deno.errors.AddrInUse) throw new UsageError(error.message);
    throw error;
  }
}
