/** What tests of exact resume share: the whole state of a run, copies of its folder, and processes that are killed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Device } from "../../lib/device/mod.ts";
import { loadCheckpoint, readMetrics, type Run, runPaths } from "../../lib/runs/mod.ts";
import { withoutSeconds } from "../train/toy_training.ts";

/** Everything that the next step depends on, and everything that was measured. */
export async function stateOf(run: Run) {
  const { checkpoint, skipped } = await loadCheckpoint(runPaths.checkpoints(run));
  assert.deepEqual(skipped, []);
  const { tensors, json } = withoutSeconds(checkpoint!), hashes: Record<string, string> = {};
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
    hashes[name] = `${dtype} [${shape}] ${hash}`;
  }
  return { step: checkpoint!.step, tensors: hashes, json, rows: await readMetrics(runPaths.metrics(run)) };
}

/** Copies a folder with all that is in it. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }
}

/**
 * Starts a process that trains the run, and kills it with -9 when it has told of the given step.
 * @param program trains the run in its first argument on the kind of device in its second, and prints "stage step"
 */
export async function trainAndKill(
  program: string,
  run: Run,
  device: Device,
  at: string,
  milliseconds: number,
): Promise<void> {
  const kind = device.kind === "cpu" ? "cpu" : device.software ? "software" : "webgpu";
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", program, run.folder, kind],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let told = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    told += part;
    if (!told.includes(`${at}\n`)) continue;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill("SIGKILL");
    break;
  }
  assert.equal((await child.status).signal, "SIGKILL", `the process ended before ${at}: ${told}`);
}
