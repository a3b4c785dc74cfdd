/** One case on all peers of one target: make ready, compare, measure by turns. */
import { deviations, type Fingerprints } from "./agreement.ts";
import type { Case } from "./cases/case.ts";
import { type Effort, measureInterleaved } from "./measure.ts";
import type { PeerProcess } from "./peer_process.ts";
import type { Spread } from "./statistics.ts";

export interface Limits extends Effort {
  /** Most time for any single run, the first one with compilation included. */
  readonly runMs: number;
}

/** One peer in one case. */
export interface Cell {
  readonly case: string;
  readonly peer: string;
  /** Milliseconds of the first run, compilation included; `null` when there was none. */
  readonly firstMs: number | null;
  readonly samples: readonly number[];
  readonly spread: Spread | null;
  /** Largest share by which its numbers differ from those of the peers' median; `null` when there is nothing to compare. */
  readonly deviation: number | null;
  /** Why there is no measurement. */
  readonly failure: string | null;
}

/** @param tell what happens at the moment, for a progress line */
export async function runCase(
  entry: Case,
  processes: readonly PeerProcess[],
  limits: Limits,
  tell: (note: string) => void,
): Promise<Cell[]> {
  const ready: { process: PeerProcess; firstMs: number; prints: Fingerprints }[] = [];
  const failures = new Map<string, string>(), firsts = new Map<string, number>();
  for (const process of processes) {
    const id = process.entry.id;
    tell(`${entry.id}: ${id} makes ready`);
    try {
      await process.ask({ op: "prepare", case: entry }, limits.runMs);
      const { samples: [firstMs] } = await process.ask({ op: "run", turnMs: 0 }, limits.runMs);
      firsts.set(id, firstMs);
      const { prints } = await process.ask({ op: "results" }, limits.runMs);
      ready.push({ process, firstMs, prints });
    } catch (error) {
      failures.set(id, error instanceof Error ? error.message : String(error));
    }
  }
  const off = ready.length > 1 ? deviations(ready.map(({ prints }) => prints)) : ready.map(() => null);
  tell(`${entry.id}: ${ready.length} peers by turns`);
  const measured = await measureInterleaved(
    ready.map(({ process }) => ({
      name: process.entry.id,
      run: async (turnMs) => (await process.ask({ op: "run", turnMs }, limits.runMs)).samples,
    })),
    limits,
  );
  return processes.map(({ entry: { id } }) => {
    const at = measured.findIndex((measurement) => measurement.name === id);
    return {
      case: entry.id,
      peer: id,
      firstMs: firsts.get(id) ?? null,
      samples: measured[at]?.samples ?? [],
      spread: measured[at]?.spread ?? null,
      deviation: off[at] ?? null,
      failure: failures.get(id) ?? measured[at]?.failure ?? null,
    };
  });
}
