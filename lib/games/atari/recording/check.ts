/** Whether a recording's files still say what they said when they were recorded. */
import { join } from "node:path";
import { episodeFile, FormatError, readJsonl, readTrajectories, RECORDING_FILE } from "../../../data/mod.ts";
import { ATARI_GAME_NAMES } from "../games/list.ts";
import { type AtariRecordingSettings, HUMAN } from "./settings.ts";
import { type EpisodeRow, episodeRow, ROWS_FILE } from "./statistics.ts";

/** What a sound recording holds. */
export interface CheckedRecording {
  /** What was recorded. */
  readonly settings: AtariRecordingSettings;
  /** Its episodes. */
  readonly rows: readonly EpisodeRow[];
  /** Whether all frames are there; false while it is not finished. A person's recording is complete at any time. */
  readonly complete: boolean;
}

const ADVICE =
  "Copy it again from where it came from; or delete this file and give the command that recorded it, which makes only " +
  "what is missing.";

/** The settings beside an Atari recording; null where there are none of that kind. @throws FormatError for damaged ones */
export async function readRecordingSettings(folder: string): Promise<AtariRecordingSettings | null> {
  const path = join(folder, RECORDING_FILE), text = await Deno.readTextFile(path).catch(() => null);
  if (text === null) return null;
  const fail = (expected: string, found: unknown) =>
    new FormatError({ where: path, expected, found: JSON.stringify(found)?.slice(0, 60) ?? "nothing", advice: ADVICE });
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("JSON", text);
  }
  if (value?.kind !== "atari") return null;
  if (!ATARI_GAME_NAMES.includes(String(value.game))) {
    throw fail(`game, one of ${ATARI_GAME_NAMES.join(", ")},`, value.game);
  }
  if (typeof value.policy !== "string") throw fail("policy, a name,", value.policy);
  for (const name of ["frames", "seed", "maxSteps"]) {
    if (!Number.isSafeInteger(value[name])) throw fail(`${name}, an integer,`, value[name]);
  }
  return value as unknown as AtariRecordingSettings;
}

/**
 * Reads every file of an Atari recording and compares it with its line in `episodes.jsonl`.
 *
 * @param onFile told after each file
 * @throws FormatError that names the first file that is damaged, missing or changed
 */
export async function checkAtariRecording(
  folder: string,
  settings: AtariRecordingSettings,
  onFile: (done: number, of: number) => void = () => {},
): Promise<CheckedRecording> {
  const path = join(folder, ROWS_FILE);
  const { records } = readJsonl(await Deno.readFile(path).catch(() => new Uint8Array()), path);
  const lines = new Map(records.map((line) => [line.episode, line])), rows: EpisodeRow[] = [];
  const fail = (where: string, expected: string, found: string) =>
    new FormatError({ where, expected, found, advice: ADVICE });
  for await (const { path: file, index, count, trajectory } of readTrajectories(folder)) {
    const episode = Number(/(\d+)\.npz$/.exec(file)?.[1] ?? NaN);
    if (!file.endsWith(episodeFile(episode))) throw fail(file, "names such as episode_0000.npz only", "another name");
    const row = episodeRow(settings, episode, trajectory, (await Deno.stat(file)).size), line = lines.get(episode);
    for (const [key, value] of Object.entries(row)) {
      if (line === undefined || JSON.stringify(line[key]) === JSON.stringify(value)) continue;
      throw fail(file, `${key} ${JSON.stringify(line[key])} as in ${ROWS_FILE}`, JSON.stringify(value));
    }
    rows.push(row);
    onFile(index + 1, count);
  }
  const numbers = new Set(rows.map(({ episode }) => episode));
  const gone = [...lines.keys()].find((episode) => !numbers.has(episode as number));
  if (gone !== undefined) {
    throw fail(folder, `${episodeFile(gone as number)}, which ${ROWS_FILE} names,`, "no such file");
  }
  const frames = rows.reduce((sum, { length }) => sum + length + 1, 0);
  const inOrder = rows.every(({ episode }, i) => episode === i);
  return { settings, rows, complete: settings.policy === HUMAN || inOrder && frames === settings.frames };
}
