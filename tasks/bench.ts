/** `deno task bench`: Tessera beside TensorFlow.js and jax-js, on the same work. */
import { listDevices } from "../lib/device/mod.ts";
import { writeFileAtomic } from "../lib/data/mod.ts";
import { progress, silentProgress } from "../lib/runs/mod.ts";
import type { Case } from "./bench/cases/case.ts";
import { CASES } from "./bench/cases/list.ts";
import { measureGames } from "./bench/games.ts";
import { describeMachine } from "./bench/machine.ts";
import { PeerProcess } from "./bench/peer_process.ts";
import { type PeerEntry, PEERS, type Target } from "./bench/peers/list.ts";
import { type BenchResult, type TargetResult, toJson, toMarkdown } from "./bench/report.ts";
import { type Limits, runCase } from "./bench/run_case.ts";
import { defineCommand, main, sharedFlags, unknownChoice, UsageError } from "./cli.ts";

/** About two minutes on two slow cores. */
const QUICK: Limits = { warmup: 1, repeats: 7, turnMs: 100, budgetMs: 1_000, runMs: 15_000 };
const WHOLE: Limits = { warmup: 1, repeats: 15, turnMs: 250, budgetMs: 4_000, runMs: 150_000 };

/** A software adapter needs seconds to compile what a processor compiles at once. */
function limitsFor(target: Target, quick: boolean): Limits {
  return quick ? { ...QUICK, runMs: target === "cpu" ? 5_000 : QUICK.runMs } : WHOLE;
}

/** The case that stands for the games. */
const GAMES = "games";

/** Names separated by commas, all of them known. */
function pick(flag: string, given: string | undefined, known: readonly string[]): Set<string> {
  if (given === undefined) return new Set(known);
  const names = given.split(",").map((name) => name.trim());
  for (const name of names) if (!known.includes(name)) throw unknownChoice(flag, name, known);
  return new Set(names);
}

/** Which tables to make. `auto`: a real GPU if there is one, else a software adapter if there is one, and the processor. */
async function targetsFor(device: string): Promise<{ target: Target; name: string }[]> {
  const reports = await listDevices();
  const adapter = (target: "webgpu" | "software") => {
    const found = reports.find((report) => report.kind === target && report.present);
    return found ? [{ target, name: found.name }] : [];
  };
  const cpu = [{ target: "cpu" as const, name: (await describeMachine()).processor }];
  if (device === "cpu") return cpu;
  if (device === "auto") {
    const gpu = adapter("webgpu");
    return [...(gpu.length > 0 ? gpu : adapter("software")), ...cpu];
  }
  const found = adapter(device as "webgpu" | "software");
  if (found.length > 0) return found;
  const advice = reports.find((report) => report.kind === device)?.advice;
  throw new UsageError(`--device ${device} is not on this machine${advice ? `: ${advice}` : ""}`);
}

/** A progress bar that counts cases. */
interface CaseProgress {
  tell(note: string): void;
  next(): void;
}

async function benchTarget(
  target: Target,
  name: string,
  peers: readonly PeerEntry[],
  cases: readonly Case[],
  limits: Limits,
  bar: CaseProgress,
): Promise<TargetResult> {
  const chosen = peers.filter((peer) => peer.targets.includes(target));
  const processes = chosen.map((peer) => new PeerProcess(peer, target));
  try {
    const cells = [];
    for (const entry of cases) {
      cells.push(...await runCase(entry, processes, limits, bar.tell));
      bar.next();
    }
    return { target, device: name, peers: chosen.map(({ id, title, against }) => ({ id, title, against })), cells };
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
}

export const command = defineCommand({
  name: "bench",
  summary: "Measures Tessera beside TensorFlow.js and jax-js on the same work, by turns, and checks that they agree.",
  examples: [
    "deno task bench --quick",
    "deno task bench --device software --case matmul-512,stage-2 --json bench.json",
  ],
  flags: {
    device: {
      ...sharedFlags.device,
      help: "which tables to make; auto: the GPU or else a software adapter, and the processor",
    },
    case: { kind: "string", value: "CASE,…", help: `some of ${[...CASES.map((entry) => entry.id), GAMES].join(", ")}` },
    peer: { kind: "string", value: "PEER,…", help: `some of ${PEERS.map((peer) => peer.id).join(", ")}` },
    quick: { kind: "boolean", help: "fewer cases and shorter: about two minutes" },
    json: { kind: "string", value: "FILE", help: "write every number to this file, too" },
    quiet: { ...sharedFlags.quiet, short: "q" },
  },
  async run({ flags }) {
    const names = pick("case", flags.case, [...CASES.map((entry) => entry.id), GAMES]);
    const cases = CASES.filter((entry) =>
      names.has(entry.id) && (entry.quick || !flags.quick || flags.case !== undefined)
    );
    const peerNames = pick("peer", flags.peer, PEERS.map((peer) => peer.id));
    const peers = PEERS.filter((peer) => peerNames.has(peer.id));
    const targets = await targetsFor(flags.device);
    const bar = (flags.quiet ? silentProgress : progress)(targets.length * cases.length, "bench");
    let done = 0, note = "";
    const count: CaseProgress = {
      tell: (text) => void bar.update(done, note = text),
      next: () => void bar.update(++done, note),
    };
    const results: TargetResult[] = [];
    for (const { target, name } of targets) {
      if (cases.length > 0) {
        results.push(await benchTarget(target, name, peers, cases, limitsFor(target, flags.quick), count));
      }
    }
    await bar.finish();
    const games = names.has(GAMES) ? measureGames(flags.quick ? 100_000 : 500_000, 3) : [];
    const result: BenchResult = {
      machine: await describeMachine(),
      limits: limitsFor("software", flags.quick),
      cases,
      targets: results,
      games,
    };
    console.log(toMarkdown(result));
    if (flags.json !== undefined) await writeFileAtomic(flags.json, toJson(result));
  },
});

if (import.meta.main) await main(command);
