/** `deno task record check`. */
import {
  episodeAt,
  episodeCount,
  isTrajectory,
  listEpisodeFiles,
  readEpisodeFolder,
  readNpz,
  readTrajectories,
  rgbOf,
} from "../../lib/data/mod.ts";
import { checkAtariRecording, readRecordingSettings } from "../../lib/games/mod.ts";
import { progress, silentProgress } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags } from "../cli.ts";
import { rowsText } from "./atari_statistics.ts";
import { EpisodeStatistics } from "./statistics.ts";

export const check = defineCommand({
  name: "record check",
  summary: "Checks a folder of recordings made anywhere: every file is read, and the first that does not fit is named.",
  examples: ["deno task record check recordings/mine"],
  positionals: [{ name: "FOLDER", help: "folder of .npz files (layout: docs/data.md)", required: true }],
  flags: { quiet: sharedFlags.quiet },
  async run({ flags, positionals: [folder] }) {
    let bar: ReturnType<typeof progress> | null = null;
    const onFile = (done: number, of: number) => {
      bar ??= flags.quiet ? silentProgress(of, "check") : progress(of, "check");
      bar.update(done);
    };
    const check = await kindOf(folder), { text, sound } = await check(folder, onFile);
    await bar!.finish();
    console.log(`${text}\n${sound}`);
  },
});

/** Reads a folder whole. Returns what it holds, and that it is sound. */
type Check = (folder: string, onFile: (done: number, of: number) => void) => Promise<{ text: string; sound: string }>;

async function kindOf(folder: string): Promise<Check> {
  const [path] = await listEpisodeFiles(folder), settings = await readRecordingSettings(folder);
  if (settings !== null) {
    return async (folder, onFile) => {
      const { rows, complete } = await checkAtariRecording(folder, settings, onFile);
      const rest = complete
        ? ""
        : ` It is not finished: ${settings.frames} frames are wanted; the same command goes on.`;
      return {
        text: rowsText(rows),
        sound: `${folder} is sound: ${settings.game}, played by ${settings.policy}.${rest}`,
      };
    };
  }
  // A first file that cannot be read is a matter for the check itself.
  const bytes = await Deno.readFile(path).catch(() => new Uint8Array());
  try {
    return isTrajectory(readNpz(bytes, path)) ? checkTrajectories : checkPictures;
  } catch {
    return checkPictures;
  }
}

const checkTrajectories: Check = async (folder, onFile) => {
  const statistics = new EpisodeStatistics();
  for await (const { index, count, trajectory } of readTrajectories(folder)) {
    statistics.add({ ...trajectory, frames: rgbOf(trajectory) });
    onFile(index + 1, count);
  }
  return { text: statistics.text(), sound: `${folder} is sound: with rewards, lives and ends.` };
};

const checkPictures: Check = async (folder, onFile) => {
  const episodes = await readEpisodeFolder(folder, { onFile }), statistics = new EpisodeStatistics();
  for (let i = 0; i < episodeCount(episodes); i++) statistics.add(episodeAt(episodes, i));
  const next = `Next: deno task train mini-genie --data ${folder}`;
  return { text: statistics.text(), sound: `${folder} is sound. ${next}` };
};
