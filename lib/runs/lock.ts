/**
 * One writer per run. The lock is the operating system's own (on an open file), so it ends with its process, however that
 * dies: there is no stale lock to clean up. The file's text only tells people who holds it.
 */

import { join } from "node:path";
import { RunError } from "./run_folder.ts";

/** A held lock. Release it when the run is no longer written. */
export interface RunLock extends Disposable {
  /** Gives the lock back. A second call does nothing. */
  release(): void;
}

/**
 * Takes the lock of a run folder.
 *
 * @throws RunError at once, with the holder's process number, when another process (or another writer in this one) has it
 */
export async function lockRun(folder: string): Promise<RunLock> {
  const path = join(folder, "lock");
  const file = await Deno.open(path, { read: true, write: true, create: true });
  let taken = false;
  try {
    taken = await file.tryLock(true);
  } catch (error) {
    file.close();
    throw new RunError(`${folder}: this file system cannot lock files. Put the run on a local disk with --out.`, {
      cause: error,
    });
  }
  if (!taken) {
    file.close();
    const holder = (await Deno.readTextFile(path).catch(() => "")).trim().slice(0, 80) || "another process";
    throw new RunError(
      `${folder} is being written by ${holder}. Wait until it is done or stop it, or start another run.`,
    );
  }
  try {
    await file.truncate();
    await file.write(new TextEncoder().encode(`process ${Deno.pid}\n`));
  } catch (error) {
    file.close();
    throw error;
  }
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    // The file stays: removing it would let a third process lock a new file while a second one holds the old.
    file.truncateSync();
    file.close();
  };
  return { release, [Symbol.dispose]: release };
}
