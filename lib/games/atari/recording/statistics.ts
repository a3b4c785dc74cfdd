/** What is known of each recorded episode, a line of JSON each. */
import { join } from "node:path";
import {
  episodeFile,
  FormatError,
  readJsonl,
  readTrajectory,
  type Trajectory,
  writeFileAtomic,
  writeJsonl,
} from "../../../data/mod.ts";
import { ATARI_ACTION_NAMES } from "../actions.ts";
import { atariGame } from "../games/list.ts";
import { type AtariRecordingSettings, episodeSeed } from "./settings.ts";

/** A line of `episodes.jsonl`. */
export interface EpisodeRow {
  /** Number of the episode, from 0. */
  readonly episode: number;
  /** Seed of its random streams. */
  readonly seed: number;
  /** Sum of its rewards. */
  readonly return: number;
  /** Its actions; it has one frame more. */
  readonly length: number;
  /** Lives at its end. */
  readonly lives: number;
  /** Whether the game was over. */
  readonly terminated: boolean;
  /** Whether it was cut off. */
  readonly truncated: boolean;
  /** How often each action was taken, by name. */
  readonly actions: Readonly<Record<string, number>>;
  /** Size of its file. */
  readonly bytes: number;
}

/** Beside the episodes. */
export const ROWS_FILE = "episodes.jsonl";

/** Counts an episode. */
export function episodeRow(
  settings: AtariRecordingSettings,
  episode: number,
  trajectory: Trajectory,
  bytes: number,
): EpisodeRow {
  const { actions, rewards, lives, terminated, truncated } = trajectory, names = atariGame(settings.game).actions;
  return {
    episode,
    seed: episodeSeed(settings, episode),
    return: rewards.reduce((sum, reward) => sum + reward, 0),
    length: actions.length,
    lives: lives[lives.length - 1],
    terminated,
    truncated,
    actions: Object.fromEntries(
      names.map((action, i) => [ATARI_ACTION_NAMES[action], actions.reduce((n, taken) => n + Number(taken === i), 0)]),
    ),
    bytes,
  };
}

/**
 * What is known of the episodes that lie in a folder. A line that is missing, or that does not fit its file, is made anew from the file.
 *
 * @param damaged told of such a file that cannot be read, which then counts as missing; default: throws
 * @throws FormatError for a damaged file, and for lines that are no JSON
 */
export async function readRows(
  folder: string,
  settings: AtariRecordingSettings,
  damaged: (error: FormatError) => void = (error) => {
    throw error;
  },
): Promise<Map<number, EpisodeRow>> {
  const text = await Deno.readFile(join(folder, ROWS_FILE)).catch(() => new Uint8Array());
  // A later line about an episode replaces an earlier one.
  const lines = new Map(readJsonl(text, join(folder, ROWS_FILE)).records.map((line) => [line.episode, line]));
  const rows = new Map<number, EpisodeRow>();
  for await (const { name } of Deno.readDir(folder)) {
    const number = /^episode_(\d+)\.npz$/.exec(name)?.[1];
    if (number === undefined || episodeFile(Number(number)) !== name) continue;
    const episode = Number(number), path = join(folder, name), { size } = await Deno.stat(path);
    const line = lines.get(episode);
    if (line?.bytes === size) rows.set(episode, line as unknown as EpisodeRow);
    else {
      try {
        rows.set(episode, episodeRow(settings, episode, await readTrajectory(path), size));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        damaged(error);
      }
    }
  }
  return rows;
}

/** Adds a line, while a recording goes on; one that is torn does no harm, since its episode's file says the same. */
export async function appendRow(folder: string, row: EpisodeRow): Promise<void> {
  await Deno.writeTextFile(join(folder, ROWS_FILE), writeJsonl([{ ...row }]), { append: true });
}

/** Writes all lines in order. */
export async function writeRows(folder: string, rows: Iterable<EpisodeRow>): Promise<void> {
  const sorted = [...rows].sort((a, b) => a.episode - b.episode);
  await writeFileAtomic(join(folder, ROWS_FILE), writeJsonl(sorted.map((row) => ({ ...row }))));
}
