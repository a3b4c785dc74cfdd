/** What a recording holds, in a few lines. */
import type { FrameEpisode } from "../../lib/data/mod.ts";
import { textTable } from "../../lib/runs/mod.ts";

/** Counts episodes as they come. */
export class EpisodeStatistics {
  readonly #lengths: number[] = [];
  readonly #actions: number[] = [];
  #unchanged = 0;
  #size = "";

  /** Takes an episode into account. */
  add({ frames, actions, height, width }: FrameEpisode): void {
    this.#size = `${height} × ${width}`;
    this.#lengths.push(actions.length + 1);
    const bytes = height * width * 3;
    actions.forEach((action, t) => {
      this.#actions[action] = (this.#actions[action] ?? 0) + 1;
      const before = frames.subarray(t * bytes, (t + 1) * bytes),
        after = frames.subarray((t + 1) * bytes, (t + 2) * bytes);
      if (before.every((byte, i) => byte === after[i])) this.#unchanged++;
    });
  }

  /** Two tables. */
  text(): string {
    const lengths = this.#lengths.toSorted((a, b) => a - b), frames = lengths.reduce((a, b) => a + b, 0);
    const steps = frames - lengths.length, percent = (n: number) => `${(100 * n / Math.max(1, steps)).toFixed(1)} %`;
    const counted = Array.from(this.#actions, (count = 0, action) => [action, count, percent(count)])
      .filter(([, count]) => count as number > 0);
    return [
      textTable(["episodes", "frames", "pixels", "shortest", "median", "longest", "steps that change nothing"], [[
        lengths.length,
        frames,
        this.#size,
        lengths[0] ?? 0,
        lengths[Math.floor(lengths.length / 2)] ?? 0,
        lengths.at(-1) ?? 0,
        percent(this.#unchanged),
      ]]),
      textTable(["action", "steps", "share"], counted),
    ].join("\n\n");
  }
}
