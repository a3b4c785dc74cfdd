/** All peers, in the order of the table. Libraries are imported only when they are opened. */
import config from "../../../deno.json" with { type: "json" };
import { limitCores, useAdapter } from "./adapter.ts";
import type { Peer } from "./peer.ts";

/** What a table is about: one WebGPU adapter, or the processor. */
export type Target = "webgpu" | "software" | "cpu";

export interface PeerEntry {
  /** As typed after `--peer`. */
  readonly id: string;
  /** Heading of its column. */
  readonly title: string;
  readonly targets: readonly Target[];
  /** Which of our own columns its time is divided by; `null` for our own. */
  readonly against: "tessera" | "tessera-1" | null;
  open(target: Target): Promise<Peer>;
}

const ADAPTERS: readonly Target[] = ["webgpu", "software"];

export const PEERS: readonly PeerEntry[] = [
  {
    id: "tessera",
    title: "Tessera",
    targets: ["webgpu", "software", "cpu"],
    against: null,
    open: async (target) => (await import("./tessera.ts")).openTessera(target),
  },
  {
    id: "tessera-1",
    title: "Tessera, 1 thread",
    targets: ["cpu"],
    against: null,
    open: async () => (await import("./tessera.ts")).openTessera("cpu", 1),
  },
  {
    id: "tfjs-webgpu",
    title: "tfjs webgpu",
    targets: ADAPTERS,
    against: "tessera",
    async open(target) {
      const adapter = await useAdapter(target === "software" ? "software" : "webgpu");
      return (await import("./tfjs.ts")).openTfjs("webgpu", adapter);
    },
  },
  {
    id: "jax-webgpu",
    title: "jax-js webgpu",
    targets: ADAPTERS,
    against: "tessera",
    async open(target) {
      const adapter = await useAdapter(target === "software" ? "software" : "webgpu");
      return (await import("./jax.ts")).openJax("webgpu", adapter);
    },
  },
  {
    id: "tfjs-wasm",
    title: "tfjs wasm, 1 thread",
    targets: ["cpu"],
    against: "tessera-1",
    // Its threads need a browser: in Deno the Node build hands a blob: address to node:worker_threads, which refuses it.
    open: async () => (await import("./tfjs.ts")).openTfjs("wasm", "1 thread"),
  },
  {
    id: "tfjs-cpu",
    title: "tfjs cpu (JavaScript)",
    targets: ["cpu"],
    against: "tessera-1",
    open: async () => (await import("./tfjs.ts")).openTfjs("cpu", "1 thread"),
  },
  {
    id: "jax-wasm-1",
    title: "jax-js wasm, 1 thread",
    targets: ["cpu"],
    against: "tessera-1",
    async open() {
      limitCores(1);
      return (await import("./jax.ts")).openJax("wasm", "1 thread");
    },
  },
  {
    id: "jax-wasm",
    title: "jax-js wasm, all threads",
    targets: ["cpu"],
    against: "tessera",
    open: async () => (await import("./jax.ts")).openJax("wasm", `${navigator.hardwareConcurrency} threads`),
  },
];

/** Versions of the libraries, as deno.json pins them. */
export function peerVersions(): Record<string, string> {
  const names = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-webgpu", "@tensorflow/tfjs-backend-wasm", "@jax-js/jax"];
  const imports: Record<string, string> = config.imports;
  return Object.fromEntries(names.map((name) => [name, imports[name].split("@").at(-1)!]));
}

/** @throws RangeError when there is no such peer */
export function findPeer(id: string): PeerEntry {
  const found = PEERS.find((entry) => entry.id === id);
  if (!found) throw new RangeError(`no peer "${id}"; there are ${PEERS.map((entry) => entry.id).join(", ")}`);
  return found;
}
