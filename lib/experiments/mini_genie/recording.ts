import { FormatError } from "../../data/mod.ts";

/** Frames of recorded episodes, every different one once, and the steps between them. */
export interface Recording {
  /** Side S of the square RGB frames in pixels. */
  readonly side: number;
  /** The different frames, bytes [D, S, S, 3], in the order in which they first occur. */
  readonly frames: Uint8Array;
  /** i32 [F]: which of them was stored, one moment after the other. */
  readonly shown: Int32Array;
  /** i32 [n]: frames of each episode; their sum is F. */
  readonly lengths: Int32Array;
  /** i32 [T]: frame before each step. */
  readonly before: Int32Array;
  /** i32 [T]: frame after it. */
  readonly after: Int32Array;
  /** i32 [T]: the true action, which no network sees. */
  readonly actions: Int32Array;
}

/** Number of different frames D. */
export function distinctFrames({ frames, side }: Pick<Recording, "frames" | "side">): number {
  return frames.length / (side * side * 3);
}

/** Collects episodes and finds frames that were there before, so that a small world stays small in memory. */
export class RecordingBuilder {
  readonly #size: number;
  readonly #known = new Map<number, number[]>();
  #frames = new Uint8Array(0);
  #distinct = 0;
  readonly #shown: number[] = [];
  readonly #lengths: number[] = [];
  readonly #steps: [number, number, number][] = [];

  /** @param side of the frames in pixels */
  constructor(readonly side: number) {
    this.#size = side * side * 3;
  }

  /**
   * Adds an episode. Steps without a frame behind them, or without an action, are left out.
   * @param frames bytes [T, S, S, 3]
   * @param actions one for each step, in order
   */
  add(frames: Uint8Array, actions: ArrayLike<number>): void {
    const count = frames.length / this.#size, first = this.#shown.length;
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `expected whole frames of ${this.side} × ${this.side} × 3 bytes, but found ${frames.length} bytes`,
      );
    }
    for (let t = 0; t < count; t++) {
      this.#shown.push(this.#find(frames.subarray(t * this.#size, (t + 1) * this.#size)));
    }
    this.#lengths.push(count);
    for (let t = 0; t < Math.min(count - 1, actions.length); t++) {
      this.#steps.push([this.#shown[first + t], this.#shown[first + t + 1], actions[t]]);
    }
  }

  /** What was collected. */
  recording(): Recording {
    const column = (i: 0 | 1 | 2) => Int32Array.from(this.#steps, (step) => step[i]);
    return {
      side: this.side,
      frames: this.#frames.slice(0, this.#distinct * this.#size),
      shown: Int32Array.from(this.#shown),
      lengths: Int32Array.from(this.#lengths),
      before: column(0),
      after: column(1),
      actions: column(2),
    };
  }

  /** Index of an equal frame; a new one is stored. */
  #find(frame: Uint8Array): number {
    const hash = hashOf(frame), same = this.#known.get(hash) ?? [];
    const found = same.find((index) => this.#equals(index, frame));
    if (found !== undefined) return found;
    this.#known.set(hash, [...same, this.#distinct]);
    const end = (this.#distinct + 1) * this.#size;
    if (end > this.#frames.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#frames.length));
      grown.set(this.#frames);
      this.#frames = grown;
    }
    this.#frames.set(frame, this.#distinct * this.#size);
    return this.#distinct++;
  }

  #equals(index: number, frame: Uint8Array): boolean {
    const start = index * this.#size;
    for (let i = 0; i < this.#size; i++) if (this.#frames[start + i] !== frame[i]) return false;
    return true;
  }
}

/** FNV-1a over the bytes. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash >>> 0;
}

/** Steps whose two frames differ: all that the original learns from. */
export function changingSteps({ before, after }: Recording): Int32Array {
  return Int32Array.from([...before.keys()].filter((i) => before[i] !== after[i]));
}

/** One different step, and how often it was taken. */
export interface DistinctStep {
  readonly before: number;
  readonly after: number;
  readonly action: number;
  readonly count: number;
}

/** Every different step (frame before, frame after, action) once, in the order in which they first occur. */
export function distinctSteps({ before, after, actions }: Recording, chosen: Int32Array): DistinctStep[] {
  const steps = new Map<string, { before: number; after: number; action: number; count: number }>();
  for (const i of chosen) {
    const key = `${before[i]} ${after[i]} ${actions[i]}`, known = steps.get(key);
    if (known) known.count++;
    else steps.set(key, { before: before[i], after: after[i], action: actions[i], count: 1 });
  }
  return [...steps.values()];
}

/** @throws FormatError when there is nothing to learn from */
export function expectChanges(recording: Recording, where: string): void {
  if (changingSteps(recording).length > 0) return;
  throw new FormatError({
    where,
    expected: "at least one step that changes the picture",
    found: `${recording.before.length} steps, none of which does`,
    advice: "Record more or longer episodes, or with a policy that moves.",
  });
}
