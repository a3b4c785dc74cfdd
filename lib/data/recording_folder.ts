/** A folder that holds one recording: what was recorded stands beside the episodes. */
import { join } from "node:path";
import { writeFileAtomic } from "./files.ts";

/** Beside the episodes: what was recorded. */
export const RECORDING_FILE = "recording.json";

/** A folder holds something else. */
export class RecordingFolderError extends Error {
  /** "RecordingFolderError". */
  override readonly name = "RecordingFolderError";
}

/**
 * Makes a folder for a recording, or finds the same recording begun in it. Never mixes two recordings.
 *
 * @param settings all that the recording depends on, plain data
 * @param grows the name of a setting, a number, that may become larger
 * @throws RecordingFolderError if the folder holds another recording, a larger one, or anything else
 */
export async function claimRecording(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
  grows?: string,
): Promise<void> {
  if ((await Deno.stat(folder).catch(() => null))?.isDirectory === false) {
    throw new RecordingFolderError(`${folder} is not a folder; choose another one`);
  }
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, RECORDING_FILE), text = JSON.stringify(settings, null, 2) + "\n";
  const found = await Deno.readTextFile(path).catch(() => null);
  if (found === text) return;
  if (found !== null) {
    const before = parsed(found),
      changed = Object.keys({ ...before, ...settings }).filter((name) =>
        JSON.stringify(before?.[name]) !== JSON.stringify(settings[name])
      );
    const others = changed.filter((name) => name !== grows);
    if (grows !== undefined && others.length === 0) {
      if (Number(settings[grows]) > Number(before?.[grows])) return await writeFileAtomic(path, text);
      throw new RecordingFolderError(
        `${folder} holds a longer recording, ${grows} ${
          before?.[grows]
        } (see its ${RECORDING_FILE}); choose another folder`,
      );
    }
    const differs = before === null ? "" : ` with another ${others.join(", ")}`;
    throw new RecordingFolderError(
      `${folder} holds another recording${differs} (see its ${RECORDING_FILE}); choose another folder`,
    );
  }
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue; // of the system, or of a write that was cut off
    throw new RecordingFolderError(`${folder} is not empty (it holds ${name}); choose another folder`);
  }
  await writeFileAtomic(path, text);
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
