/** `deno task play atari`. */
import { type AtariPictures, atariRecordingSettings, HumanRecording } from "../../lib/games/mod.ts";
import { lockRun } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags, UsageError } from "../cli.ts";
import { atariFlags, chosenGame } from "../record/atari.ts";
import { rowsText } from "../record/atari_statistics.ts";
import { asUsageError } from "../record/usage.ts";
import { atariWindow } from "./atari_window.ts";
import { playFlags, playInBrowser } from "./in_browser.ts";

/** Frames per action in a recording, as in those that programs make. */
const RECORDED_SKIP = 4;

export const atari = defineCommand({
  name: "play atari",
  summary: "Plays an Atari game in a browser on this machine, and records what you do if you like.",
  examples: [
    "deno task play atari --game rampart",
    "deno task play atari --game swarm --record recordings/mine --preprocess colour",
  ],
  flags: {
    game: atariFlags.game,
    record: { kind: "string", value: "FOLDER", help: "record all games into this folder; more can be added later" },
    preprocess: atariFlags.preprocess,
    "frame-skip": {
      kind: "integer",
      min: 1,
      max: 60,
      help: `frames for which an action is held; default: 1, with --record ${RECORDED_SKIP}`,
    },
    sticky: atariFlags.sticky,
    "max-steps": { ...atariFlags["max-steps"], help: "most actions of a recorded episode" },
    seed: sharedFlags.seed,
    ...playFlags,
  },
  async run({ flags }) {
    const { sticky, seed } = flags, game = chosenGame(flags.game).name, folder = flags.record;
    const preprocess = flags.preprocess as AtariPictures, maxSteps = flags["max-steps"];
    const frameSkip = flags["frame-skip"] ?? (folder === undefined ? 1 : RECORDED_SKIP);
    const options = { game, preprocess, frameSkip, sticky, seed, maxSteps, noops: 0 };
    if (folder === undefined) {
      if (preprocess !== "none") throw new UsageError("--preprocess says what is recorded: give --record FOLDER, too");
      const settings = atariRecordingSettings({ ...options, preprocess: "none" });
      return await playInBrowser(atariWindow(settings, null), flags);
    }
    const recording = await HumanRecording.open(folder, options).catch(asUsageError);
    using _lock = await lockRun(folder);
    const code = await playInBrowser(atariWindow(recording.settings, recording), flags);
    if (recording.rows.length > 0) console.log(rowsText(recording.rows));
    console.log(`${folder}: ${recording.rows.length} games. Check them: deno task record check ${folder}`);
    return code;
  },
});
