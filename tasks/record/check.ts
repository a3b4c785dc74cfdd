/** `deno task record check`. */
import { episodeAt, episodeCount, readEpisodeFolder } from "../../lib/data/mod.ts";
import { progress, silentProgress } from "../../lib/runs/mod.ts";
import { defineCommand, sharedFlags } from "../cli.ts";
import { EpisodeStatistics } from "./statistics.ts";

export const check = defineCommand({
  name: "record check",
  summary: "Checks a folder of recordings made anywhere: every file is read, and the first that does not fit is named.",
  examples: ["deno task record check recordings/mine"],
  positionals: [{ name: "FOLDER", help: "folder of .npz files (layout: docs/data.md)", required: true }],
  flags: { quiet: sharedFlags.quiet },
  async run({ flags, positionals: [folder] }) {
    let bar: ReturnType<typeof progress> | null = null;
    const episodes = await readEpisodeFolder(folder, {
      onFile: (done, of) => {
        bar ??= flags.quiet ? silentProgress(of, "check") : progress(of, "check");
        bar.update(done);
      },
    });
    await bar!.finish();
    const statistics = new EpisodeStatistics();
    for (let i = 0; i < episodeCount(episodes); i++) statistics.add(episodeAt(episodes, i));
    console.log(statistics.text());
    console.log(`${folder} is sound. Next: deno task train mini-genie --data ${folder}`);
  },
});
