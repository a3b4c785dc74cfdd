/** A recording that grows while a person plays. */
import { type Trajectory, writeTrajectory } from "../../../data/mod.ts";
import { claimAtariRecording } from "./record.ts";
import { type AtariRecordingOptions, type AtariRecordingSettings, HUMAN } from "./settings.ts";
import { type EpisodeRow, episodeRow, readRows, writeRows } from "./statistics.ts";

/** A folder to which episodes are added; it has the layout of every other Atari recording. */
export class HumanRecording {
  readonly #rows: Map<number, EpisodeRow>;
  #next: number;

  private constructor(
    readonly folder: string,
    readonly settings: AtariRecordingSettings,
    rows: Map<number, EpisodeRow>,
  ) {
    this.#rows = rows;
    this.#next = Math.max(-1, ...rows.keys()) + 1;
  }

  /** Makes the folder, or goes on in one with the same settings. @throws as `claimAtariRecording` */
  static async open(
    folder: string,
    options: Omit<AtariRecordingOptions, "policy" | "frames">,
  ): Promise<HumanRecording> {
    const settings = await claimAtariRecording(folder, { ...options, policy: HUMAN, frames: 0, epsilon: 0 });
    return new HumanRecording(folder, settings, await readRows(folder, settings));
  }

  /** A number for an episode that begins now. */
  begin(): number {
    return this.#next++;
  }

  /** Keeps an episode. */
  async keep(episode: number, trajectory: Trajectory): Promise<void> {
    const bytes = await writeTrajectory(this.folder, episode, trajectory);
    this.#rows.set(episode, episodeRow(this.settings, episode, trajectory, bytes));
    await writeRows(this.folder, this.#rows.values());
  }

  /** What lies in the folder. */
  get rows(): readonly EpisodeRow[] {
    return [...this.#rows.values()].sort((a, b) => a.episode - b.episode);
  }
}
