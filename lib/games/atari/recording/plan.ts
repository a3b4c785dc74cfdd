/** Which episodes a recording of so many frames needs, and how long each may become. */
import type { EpisodeRow } from "./statistics.ts";

/** Frames of an episode, and whether more would follow if it were played again. */
interface Known {
  readonly frames: number;
}

/**
 * A recording is the first episodes that have `frames` frames together; the last one is cut off there. Several episodes are played at a time,
 * so some are begun that turn out not to be needed.
 */
export class Plan {
  readonly #done = new Map<number, Known>();
  /** Episodes being played, with their frames so far. */
  readonly #active = new Map<number, number>();

  /** @param frames of the whole recording */
  constructor(readonly frames: number) {}

  /** Takes over what is there, leaving out episodes that were cut off too early: they must be played again. @returns those that count */
  adopt(rows: ReadonlyMap<number, EpisodeRow>, maxSteps: number): Map<number, EpisodeRow> {
    const kept = new Map<number, EpisodeRow>();
    for (const row of [...rows.values()].sort((a, b) => a.episode - b.episode)) {
      const whole = row.terminated || row.length >= maxSteps, frames = row.length + 1;
      if (!whole && frames < this.limit(row.episode)) continue;
      this.#done.set(row.episode, { frames });
      kept.set(row.episode, row);
    }
    return kept;
  }

  /** The next episode to play; null if none can be needed. */
  begin(): number | null {
    let episode = 0;
    while (this.#done.has(episode) || this.#active.has(episode)) episode++;
    if (this.limit(episode) <= 0) return null;
    this.#active.set(episode, 1);
    return episode;
  }

  /** An episode that is being played has so many frames. */
  progress(episode: number, frames: number): void {
    if (this.#active.has(episode)) this.#active.set(episode, frames);
  }

  /** An episode has ended; null if it was given up. */
  end(episode: number, frames: number | null): void {
    this.#active.delete(episode);
    if (frames !== null) this.#done.set(episode, { frames });
  }

  /** Most frames of this episode that can be needed, from what is known now; it only shrinks. 0 or less: it is not needed. */
  limit(episode: number): number {
    let before = 0;
    for (let i = 0; i < episode && before < this.frames; i++) {
      before += this.#done.get(i)?.frames ?? this.#active.get(i) ?? 1;
    }
    return this.frames - before;
  }

  /** Frames that are there for certain: of the first episodes, up to the first that has not ended. */
  get certain(): number {
    let frames = 0;
    for (let i = 0; this.#done.has(i); i++) frames += this.#done.get(i)!.frames;
    return Math.min(frames, this.frames);
  }

  /** Frames played so far that may count. */
  get played(): number {
    let frames = 0;
    for (const [, { frames: some }] of this.#done) frames += some;
    for (const [, some] of this.#active) frames += some;
    return Math.min(frames, this.frames);
  }

  /** The last episode of the recording, and its frames; null while that is not known. */
  get last(): { readonly episode: number; readonly frames: number } | null {
    let before = 0;
    for (let i = 0; this.#done.has(i); i++) {
      const { frames } = this.#done.get(i)!;
      if (before + frames >= this.frames) return { episode: i, frames: this.frames - before };
      before += frames;
    }
    return null;
  }
}
