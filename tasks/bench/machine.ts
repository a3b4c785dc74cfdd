/** The machine and the versions that a measurement belongs to. */
import { commit, versions } from "../../lib/runs/versions.ts";
import { peerVersions } from "./peers/list.ts";

export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string | null;
}

export async function describeMachine(): Promise<Machine> {
  return {
    system: `${Deno.build.os} ${Deno.build.arch}`,
    processor: await processorName(),
    cores: navigator.hardwareConcurrency,
    memoryGiB: Math.round(Deno.systemMemoryInfo().total / 2 ** 30 * 10) / 10,
    versions: { ...versions(), ...peerVersions() },
    commit: await commit(),
  };
}

async function processorName(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo"); // Linux only
    return /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? "unknown processor";
  } catch {
    return "unknown processor";
  }
}
