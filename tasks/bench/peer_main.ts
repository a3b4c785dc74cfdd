/**
 * The process of one peer. A process each, because a library that hangs, crashes or never ends a run can then be stopped
 * without the others noticing. Reads requests from stdin, writes replies to stdout.
 */
import { TextLineStream } from "./lines.ts";
import { fingerprint } from "./agreement.ts";
import { backToBack } from "./measure.ts";
import { findPeer } from "./peers/list.ts";
import { CannotDo, type Peer, type Workload } from "./peers/peer.ts";
import type { Reply, Request } from "./protocol.ts";

console.log = console.info = console.error; // stdout is for replies

let peer: Peer | null = null;
let workload: Workload | null = null;

async function answer(request: Request): Promise<Reply> {
  switch (request.op) {
    case "open":
      peer = await findPeer(request.peer).open(request.target);
      return { kind: "opened", device: peer.device };
    case "prepare":
      workload?.dispose();
      workload = null;
      workload = await peer!.prepare(request.case);
      return { kind: "prepared" };
    case "run": {
      const samples = await backToBack(() => workload!.run(), request.turnMs);
      // The first run found nothing left over from a run before it; what the last one leaves over stands for that.
      samples[0] += (await backToBack(() => workload!.settle?.(), 0))[0];
      return { kind: "ran", samples };
    }
    case "results": {
      const results = Object.entries(await workload!.results());
      await workload!.settle?.();
      return { kind: "results", prints: Object.fromEntries(results.map(([name, data]) => [name, fingerprint(data)])) };
    }
  }
}

async function reply(line: string): Promise<Reply> {
  try {
    return await answer(JSON.parse(line));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof CannotDo ? "cannot" : "failed", reason: reason.split("\n")[0] };
  }
}

const encoder = new TextEncoder(), output = Deno.stdout.writable.getWriter();
for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
  await output.write(encoder.encode(JSON.stringify(await reply(line)) + "\n"));
}
Deno.exit(0); // threads and GPU devices of the libraries would keep the process
