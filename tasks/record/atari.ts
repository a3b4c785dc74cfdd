/** `deno task record atari`. */
import {
  ATARI_GAME_NAMES,
  ATARI_PICTURES,
  atariGame,
  type AtariPictures,
  atariPlayerNames,
  claimAtariRecording,
  recordAtari,
} from "../../lib/games/mod.ts";
import { catchInterrupt, lockRun, type Progress, progress, silentProgress } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags, unknownChoice, UsageError } from "../cli.ts";
import { rowsText } from "./atari_statistics.ts";
import { asUsageError } from "./usage.ts";

/** Names as they are typed: "space_invaders". */
export const TYPED_NAMES = ATARI_GAME_NAMES.map((name) => name.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase());

/** The game that was asked for. @throws UsageError that lists them */
export function chosenGame(name: string | undefined) {
  if (name === undefined) throw new UsageError(`--game NAME is missing. There are: ${TYPED_NAMES.join(", ")}`);
  try {
    return atariGame(name);
  } catch {
    throw unknownChoice("--game", name, TYPED_NAMES);
  }
}

/** Flags that recording and playing share. */
export const atariFlags = {
  game: { kind: "string", value: "NAME", help: `what to play: ${TYPED_NAMES.join(", ")}` },
  preprocess: {
    kind: "choice",
    choices: ATARI_PICTURES,
    default: "none",
    help: "pictures: none = the console's (210 × 160, colour bytes); grey = 84 × 84; colour = 84 × 64 RGB",
  },
  "frame-skip": { kind: "integer", min: 1, max: 60, default: 4, help: "emulated frames per action" },
  sticky: { kind: "number", min: 0, max: 1, default: 0, help: "chance that the last action sticks (ALE's v5: 0.25)" },
  noops: { kind: "integer", min: 0, max: 10_000, default: 30, help: "an episode begins with 1 to N frames of nothing" },
  "max-steps": { kind: "integer", min: 1, max: 27_000, default: 4_500, help: "most actions of an episode" },
} as const;

export const atari = defineCommand({
  name: "record atari",
  summary: "Records an Atari game, several consoles at a time: one .npz file for each episode (layout: docs/data.md).",
  examples: [
    "deno task record atari --game rampart --policy tracker --frames 20000 --out recordings/rampart",
    "deno task record atari --game breakout --policy scripted --preprocess colour --frames 100000 --workers 8 --out recordings/breakout",
  ],
  flags: {
    ...atariFlags,
    policy: {
      kind: "string",
      value: "NAME",
      default: "random",
      help: "who plays: random, idle, scripted (experiment 4's), and, where there is one, tracker or loser",
    },
    epsilon: {
      kind: "number",
      min: 0,
      max: 1,
      default: 0.05,
      help: "chance that an action is drawn at random instead",
    },
    frames: {
      kind: "integer",
      min: 1,
      max: 1_000_000_000,
      default: 10_000,
      help: "pictures in all; a recording with more goes on from one with fewer",
    },
    workers: { kind: "integer", min: 1, max: 256, help: "consoles at a time; default: one per core" },
    seed: sharedFlags.seed,
    out: { ...sharedFlags.out, help: "folder to write to; a recording that was cut off goes on there" },
    quiet: sharedFlags.quiet,
  },
  async run({ flags }) {
    const { out, policy, frames, seed, sticky, noops, epsilon } = flags, game = chosenGame(flags.game);
    if (!atariPlayerNames(game).includes(policy)) throw unknownChoice("--policy", policy, atariPlayerNames(game));
    if (out === undefined) throw new UsageError("--out FOLDER is missing: where should the episodes go?");
    const options = {
      game: game.name,
      policy,
      frames,
      seed,
      preprocess: flags.preprocess as AtariPictures,
      frameSkip: flags["frame-skip"],
      sticky,
      noops,
      epsilon,
      maxSteps: flags["max-steps"],
    };
    await claimAtariRecording(out, options).catch(asUsageError);
    using _lock = await lockRun(out);
    const workers = flags.workers ?? navigator.hardwareConcurrency;
    using interrupt = catchInterrupt();
    const label = `record ${game.name}`;
    let bar = null as Progress | null;
    const onProgress = (played: number) => {
      bar ??= flags.quiet ? silentProgress(frames, label) : progress(frames, label, { from: played });
      bar.update(played);
    };
    try {
      const how = { workers, signal: interrupt.signal, onProgress };
      const { complete, frames: there, rows } = await recordAtari(out, options, how);
      await bar?.finish();
      if (rows.length > 0) console.log(rowsText(rows));
      console.log(
        complete
          ? `${out}: ${frames} frames in ${rows.length} episodes. Check them: deno task record check ${out}`
          : `${out}: ${there} of ${frames} frames. The same command goes on from here.`,
      );
    } finally {
      await bar?.finish();
    }
    return interrupt.exitCode ?? 0;
  },
});
