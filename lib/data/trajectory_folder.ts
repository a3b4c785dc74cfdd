/** Folders of trajectories, one `.npz` file each. */

import { join } from "node:path";
import { episodeFile, type EpisodeFolderLimits, listEpisodeFiles, readWhole } from "./episode_folder.ts";
import { writeFileAtomic } from "./files.ts";
import { FormatError } from "./format_error.ts";
import { readNpz, writeNpz } from "./npz.ts";
import {
  joinTrajectories,
  pictureDifference,
  type Trajectories,
  type Trajectory,
  trajectoryFromArrays,
  trajectoryToArrays,
} from "./trajectory.ts";

/** Writes one trajectory into a folder, whole or not at all. Equal trajectories give equal files. @returns bytes of the file */
export async function writeTrajectory(folder: string, index: number, trajectory: Trajectory): Promise<number> {
  const bytes = writeNpz(trajectoryToArrays(trajectory), { compress: true });
  await writeFileAtomic(join(folder, episodeFile(index)), bytes);
  return bytes.length;
}

/** Reads one trajectory. @throws FormatError that names the file and the place in it */
export async function readTrajectory(path: string, limits: { readonly maxBytes?: number } = {}): Promise<Trajectory> {
  return trajectoryFromArrays(readNpz(await readWhole(path), path, limits), path);
}

/** A trajectory of a folder. */
export interface FiledTrajectory {
  /** Its file. */
  readonly path: string;
  /** Which one in the order of the names, from 0. */
  readonly index: number;
  /** Files in the folder. */
  readonly count: number;
  /** What it holds. */
  readonly trajectory: Trajectory;
}

/**
 * The trajectories of a folder in the order of their names, one in memory at a time. All must have pictures of one size and kind.
 *
 * @throws FormatError for a folder without recordings, and for the first file that does not fit
 */
export async function* readTrajectories(
  folder: string,
  limits: { readonly maxBytes?: number } = {},
): AsyncGenerator<FiledTrajectory> {
  const paths = await listEpisodeFiles(folder);
  let first: Trajectory | null = null;
  for (const [index, path] of paths.entries()) {
    const trajectory = await readTrajectory(path, limits),
      difference = pictureDifference(first ?? trajectory, trajectory);
    if (difference !== null) {
      const [, expected, found] = /^expected (.*) but found (.*)$/.exec(difference)!;
      throw new FormatError({
        where: `${path}, array frames`,
        expected: `${expected}, as in ${paths[0]},`,
        found,
        advice: "Keep recordings of different kinds in different folders.",
      });
    }
    // Only the kind of pictures is kept, not the pictures.
    first ??= { ...trajectory, frames: new Uint8Array(0) };
    yield { path, index, count: paths.length, trajectory };
  }
}

/**
 * All trajectories of a folder, one after another.
 *
 * @throws FormatError as `readTrajectories`, and when the frames take more than `maxBytes` (default 4 GiB)
 *
 * @example
 * ```ts
 * import { readTrajectoryFolder } from "@tessera/worlds";
 * try {
 *   const { frames, starts, actions, rewards, terminated } = await readTrajectoryFolder("recordings/rampart");
 * } catch (error) {
 *   console.log(String(error)); // … expected … but found …, and what to do
 * }
 * ```
 */
export async function readTrajectoryFolder(
  folder: string,
  { maxBytes = 2 ** 32, onFile }: EpisodeFolderLimits = {},
): Promise<Trajectories> {
  const list: Trajectory[] = [];
  let bytes = 0;
  for await (const { path, index, count, trajectory } of readTrajectories(folder)) {
    bytes += trajectory.frames.length;
    if (bytes > maxBytes) {
      throw new FormatError({
        where: path,
        expected: `at most ${maxBytes} bytes of frames up to here`,
        found: `${bytes}`,
        advice: "Read fewer files, go through them one by one with readTrajectories, or raise maxBytes.",
      });
    }
    list.push(trajectory);
    onFile?.(index + 1, count);
  }
  return joinTrajectories(list);
}
