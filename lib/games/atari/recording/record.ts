/** Recording an Atari game into a folder, with several consoles at a time. */
import { join } from "node:path";
import { claimRecording, cutTrajectory, episodeFile, readTrajectory, writeTrajectory } from "../../../data/mod.ts";
import { Plan } from "./plan.ts";
import { playInThreads } from "./pool.ts";
import { type AtariRecordingOptions, type AtariRecordingSettings, atariRecordingSettings, HUMAN } from "./settings.ts";
import { appendRow, type EpisodeRow, episodeRow, readRows, writeRows } from "./statistics.ts";

/** How it is done; nothing here changes what is recorded. */
export interface RecordAtariHow {
  /** Threads, a console each; default 1. */
  readonly workers?: number;
  /** When aborted, recording stops; the same call goes on later. */
  readonly signal?: AbortSignal;
  /** Told how many frames are played. */
  readonly onProgress?: (frames: number) => void;
}

/** What lies in the folder now. */
export interface AtariRecordingResult {
  /** Whether all frames are there. */
  readonly complete: boolean;
  /** Frames of the first episodes, up to the first one that is missing. */
  readonly frames: number;
  /** All episodes of a complete recording; else those that are there, also behind missing ones. */
  readonly rows: readonly EpisodeRow[];
}

/**
 * Makes a folder for a recording, or finds the same one begun in it, also with fewer frames.
 *
 * @returns all settings
 * @throws RangeError for options that cannot be; RomError without the cartridge; RecordingFolderError if the folder holds something else
 */
export async function claimAtariRecording(
  folder: string,
  options: AtariRecordingOptions,
): Promise<AtariRecordingSettings> {
  const settings = atariRecordingSettings(options);
  await claimRecording(folder, { kind: "atari", ...settings }, "frames");
  return settings;
}

/**
 * Records episodes into a folder: `episode_0000.npz` …, `episodes.jsonl`, `recording.json` (docs/data.md). Files are a function of the options alone,
 * whatever the number of threads and however often the recording was cut off. A recording with more frames continues one with fewer.
 *
 * @throws RangeError for options that cannot be; RomError without the cartridge; RecordingFolderError if the folder holds something else
 *
 * @example
 * ```ts
 * const { rows } = await recordAtari("recordings/rampart", { game: "Rampart", policy: "tracker", frames: 20_000 }, { workers: 4 });
 * ```
 */
export async function recordAtari(
  folder: string,
  options: AtariRecordingOptions,
  { workers = 1, signal, onProgress = () => {} }: RecordAtariHow = {},
): Promise<AtariRecordingResult> {
  if (options.policy === HUMAN) {
    throw new RangeError(`policy: expected one that a program can play but found "${HUMAN}"`);
  }
  const settings = await claimAtariRecording(folder, options);
  const plan = new Plan(settings.frames);
  // A file that is damaged is made again: it will be what it was.
  const rows = plan.adopt(await readRows(folder, settings, () => {}), settings.maxSteps);
  await writeRows(folder, rows.values()); // without lines that are torn
  onProgress(plan.played);
  await playInThreads(plan, {
    folder,
    settings,
    workers,
    signal,
    onEpisode: async (row) => {
      rows.set(row.episode, row);
      await appendRow(folder, row);
    },
    onProgress: () => onProgress(plan.played),
  });
  const { last, certain } = plan;
  if (last !== null) {
    const path = join(folder, episodeFile(last.episode));
    const trajectory = cutTrajectory(await readTrajectory(path), last.frames);
    const bytes = await writeTrajectory(folder, last.episode, trajectory);
    rows.set(last.episode, episodeRow(settings, last.episode, trajectory, bytes));
    for (const episode of [...rows.keys()].filter((episode) => episode > last.episode)) {
      await Deno.remove(join(folder, episodeFile(episode)));
      rows.delete(episode);
    }
  }
  await writeRows(folder, rows.values());
  const sorted = [...rows.values()].sort((a, b) => a.episode - b.episode);
  return { complete: last !== null, frames: certain, rows: sorted };
}
