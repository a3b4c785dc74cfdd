/** Folders of recorded episodes, one `.npz` file each: the recorder's, or anybody's. */

import { join } from "node:path";
import { writeFileAtomic } from "./files.ts";
import { FormatError } from "./format_error.ts";
import {
  type FrameEpisode,
  frameEpisodeFromArrays,
  type FrameEpisodes,
  frameEpisodeToArrays,
  joinEpisodes,
} from "./frame_episodes.ts";
import { readNpz, writeNpz } from "./npz.ts";

/** Name of an episode's file. */
export function episodeFile(index: number): string {
  return `episode_${String(index).padStart(4, "0")}.npz`;
}

/** Writes one episode into a folder, whole or not at all. @returns the path */
export async function writeEpisode(folder: string, index: number, episode: FrameEpisode): Promise<string> {
  const path = join(folder, episodeFile(index));
  await writeFileAtomic(path, writeNpz(frameEpisodeToArrays(episode), { compress: true }));
  return path;
}

/** Names in order, numbers in them as numbers: episode_9999 before episode_10000. */
const byName = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Paths of the episodes of a folder, in the order of their names. Links to files count as files.
 *
 * @throws FormatError when there are none, or no folder
 */
export async function listEpisodeFiles(folder: string): Promise<string[]> {
  const problem = (found: string) =>
    new FormatError({
      where: folder,
      expected: "a folder of .npz files, one for each episode",
      found,
      advice: "Record one with deno task record minigrid --out FOLDER, or see docs/data.md for the layout.",
    });
  const info = await Deno.stat(folder).catch(() => null);
  if (!info?.isDirectory) throw problem(info ? "a file" : "nothing of that name");
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory && name.endsWith(".npz") && !name.startsWith(".")) names.push(name);
  }
  if (names.length === 0) throw problem("no .npz file in it");
  // Two names can be equal for the collator, "1" and "01": the code units decide.
  return names.sort().sort(byName).map((name) => join(folder, name));
}

/** Limits for `readEpisodeFolder`. */
export interface EpisodeFolderLimits {
  /** Refuse folders whose frames take more bytes than this; default 4 GiB. */
  readonly maxBytes?: number;
  /** Told after each file. */
  readonly onFile?: (done: number, of: number) => void;
}

/**
 * Reads recordings from anywhere. Every file is checked, and the first that does not fit is named.
 *
 * @throws FormatError for a folder without episodes, a damaged file, a missing key, a wrong type or length, frames of another size
 *
 * @example
 * ```ts
 * import { episodeCount, readEpisodeFolder } from "@tessera/worlds";
 * try {
 *   console.log(episodeCount(await readEpisodeFolder("my_recordings")));
 * } catch (error) {
 *   console.log(String(error)); // … expected … but found …, and what to do
 * }
 * ```
 */
export async function readEpisodeFolder(
  folder: string,
  { maxBytes = 2 ** 32, onFile }: EpisodeFolderLimits = {},
): Promise<FrameEpisodes> {
  const paths = await listEpisodeFiles(folder), episodes: FrameEpisode[] = [];
  let bytes = 0;
  for (const path of paths) {
    const left = maxBytes - bytes;
    const content = await readWhole(path);
    const episode = frameEpisodeFromArrays(readNpz(content, path, { maxBytes: Math.max(left, 1) }), path);
    const [first] = episodes;
    if (first && (first.height !== episode.height || first.width !== episode.width)) {
      throw new FormatError({
        where: `${path}, array frames`,
        expected: `frames of ${first.height} × ${first.width} pixels as in ${paths[0]}`,
        found: `${episode.height} × ${episode.width}`,
        advice: "Resize the frames, or keep recordings of different sizes in different folders.",
      });
    }
    bytes += episode.frames.length;
    episodes.push(episode);
    onFile?.(episodes.length, paths.length);
  }
  return joinEpisodes(episodes);
}

/** The bytes of a file. For the readers of folders. @throws FormatError for a link that leads nowhere, or to a folder, or a file that may not be read */
export async function readWhole(path: string): Promise<Uint8Array> {
  return await Deno.readFile(path).catch((error) => {
    throw new FormatError({
      where: path,
      expected: "a file that can be read",
      found: error instanceof Deno.errors.NotFound ? "a link that leads nowhere" : String(error),
      advice: "Copy the recording here again, or move this name out of the folder.",
    });
  });
}
