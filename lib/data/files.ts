/** Writing files so that a crash at any moment leaves either the old file or the new one, whole. */

import { basename, dirname, join } from "node:path";

let written = 0;

/**
 * Writes a file beside its target, forces it to the disk, and renames it onto the target.
 * If anything fails, the target is untouched and the file beside it is removed.
 *
 * @param path the target; its folder must exist
 * @param content bytes, or text that is written as UTF-8
 * @throws Deno.errors.NotFound and the like, from the file system, with the target's path in the message
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  // The process number and a counter keep two writers of the same target apart.
  const beside = join(dirname(path), `.${basename(path)}.${Deno.pid}-${written++}.part`);
  try {
    const file = await Deno.open(beside, { write: true, createNew: true });
    try {
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    if (error instanceof Error) error.message = `writing ${path}: ${error.message}`;
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the rename itself durable. Some systems cannot open a folder; there the rename is still atomic. */
async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch { /* the file is in place; only its durability across a power cut is up to the system */ }
}
