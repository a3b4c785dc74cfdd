/** `deno task record minigrid`. */
import { join } from "node:path";
import { claimRecording, episodeFile, writeEpisode } from "../../lib/data/mod.ts";
import { MINIGRID_NAMES, MINIGRID_POLICIES, type PolicyName, recordOneMiniGrid } from "../../lib/games/mod.ts";
import { catchInterrupt, progress, silentProgress } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags, unknownChoice, UsageError } from "../cli.ts";
import { EpisodeStatistics } from "./statistics.ts";
import { asUsageError } from "./usage.ts";

export const minigrid = defineCommand({
  name: "record minigrid",
  summary: "Records MiniGrid with random play: one .npz file for each episode (layout: docs/data.md).",
  examples: [
    "deno task record minigrid --env Empty-5x5 --episodes 1000 --policy intended --size 64 --out recordings/empty",
    "deno task record minigrid --env DoorKey-6x6 --episodes 200 --policy uniform --tile 8 --out recordings/door",
  ],
  flags: {
    env: { kind: "string", value: "NAME", default: "Empty-5x5", help: "environment, as MiniGrid names it" },
    episodes: { kind: "integer", min: 1, max: 1_000_000, default: 100, help: "how many episodes" },
    policy: {
      kind: "choice",
      choices: Object.keys(MINIGRID_POLICIES),
      default: "intended",
      help: "how actions are drawn; published is the original's slip",
    },
    frames: { kind: "integer", min: 2, max: 100_000, default: 100, help: "most frames of an episode" },
    tile: { kind: "integer", min: 1, max: 256, default: 32, help: "pixels of a cell's side" },
    size: { kind: "integer", min: 1, max: 1024, help: "resize frames to this side (nearest neighbour)" },
    "drop-last": { kind: "boolean", help: "leave the last action and frame out, as the original does" },
    seed: sharedFlags.seed,
    out: { ...sharedFlags.out, help: "folder to write to; a recording that was cut off goes on there" },
    quiet: sharedFlags.quiet,
  },
  async run({ flags }) {
    const { env, episodes, policy, frames, tile, size, seed, out } = flags;
    const name = env.replace(/^MiniGrid-/, "").replace(/-v0$/, "");
    if (!MINIGRID_NAMES.includes(name)) throw unknownChoice("--env", env, MINIGRID_NAMES);
    if (out === undefined) throw new UsageError("--out FOLDER is missing: where should the episodes go?");
    const settings = {
      game: "minigrid",
      env: name,
      policy,
      frames,
      tile,
      size: size ?? null,
      dropLast: flags["drop-last"],
      seed,
    };
    await claimRecording(out, settings).catch(asUsageError);
    using interrupt = catchInterrupt();
    const bar = flags.quiet ? silentProgress(episodes, "record") : progress(episodes, `record ${name}`);
    const statistics = new EpisodeStatistics();
    let index = 0;
    try {
      for (
        const episode of recordOneMiniGrid({
          env: name,
          episodes,
          policy: policy as PolicyName,
          maxFrames: frames,
          tile,
          size: size ?? null,
          seed,
          keepLast: !flags["drop-last"],
        })
      ) {
        if (interrupt.signal.aborted) break;
        // Episodes that a run before this one has written are played again, for the random numbers, but not written.
        if (!await exists(join(out, episodeFile(index)))) await writeEpisode(out, index, episode);
        statistics.add(episode);
        bar.update(++index);
      }
    } finally {
      await bar.finish();
    }
    console.log(statistics.text());
    console.log(
      index === episodes
        ? `${out}: ${index} episodes. Next: deno task train mini-genie --data ${out}`
        : `${out}: ${index} of ${episodes} episodes. The same command goes on from here.`,
    );
    return interrupt.exitCode ?? 0;
  },
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
