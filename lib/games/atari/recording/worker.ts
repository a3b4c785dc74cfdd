/** A thread that plays episodes as it is told and writes them. Messages: pool.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { writeTrajectory } from "../../../data/mod.ts";
import { recordAtariEpisode } from "./episode.ts";
import type { Told, WorkerData } from "./pool.ts";
import { recordingEnv } from "./settings.ts";
import { episodeRow } from "./statistics.ts";

const { folder, settings, shared, at } = workerData as WorkerData;
const env = recordingEnv(settings);

parentPort!.on("message", async (episode: number) => {
  let told: Told;
  try {
    const trajectory = recordAtariEpisode(settings, episode, env, {
      limit: () => Atomics.load(shared, at + 1),
      onFrame: (frames) => Atomics.store(shared, at, frames),
    });
    if (trajectory === null) told = { episode, row: null };
    else {
      const bytes = await writeTrajectory(folder, episode, trajectory);
      told = { episode, row: episodeRow(settings, episode, trajectory, bytes) };
    }
  } catch (error) {
    told = { episode, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort!.postMessage(told);
});
