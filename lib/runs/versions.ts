/** What ran: versions of Tessera and Deno, the git commit, and how much memory it took. */

import process from "node:process";
import tessera from "../../deno.json" with { type: "json" };

/** Version of Tessera, as `deno.json` says. */
export const TESSERA_VERSION: string = tessera.version;

/** Versions of everything that computes. */
export function versions(): Record<string, string> {
  return {
    tessera: TESSERA_VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    typescript: Deno.version.typescript,
  };
}

async function git(folder: string, args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", folder, ...args],
      stdin: "null",
      stderr: "null",
    })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}

/**
 * The commit of the Tessera that runs, with "-dirty" when tracked files differ from it; null when Tessera does not stand in
 * a git repository of its own or there is no git.
 */
export async function commit(): Promise<string | null> {
  const root = import.meta.dirname;
  if (root === undefined) return null;
  // A prefix means that Tessera lies inside somebody else's repository: that commit says nothing about Tessera.
  const prefix = await git(root, ["rev-parse", "--show-prefix"]);
  if (prefix !== "lib/runs/") return null;
  return await git(root, ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]);
}

/** Most memory that this process held at any time so far, in bytes. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
