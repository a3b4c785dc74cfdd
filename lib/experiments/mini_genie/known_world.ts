import { type GroundState, groundTruth, MiniGrid, resizeNearest } from "../../games/mod.ts";
import { changingSteps, distinctFrames, distinctSteps, type Recording } from "./recording.ts";
import type { Settings } from "./settings.ts";

/** A step that changes the picture. */
export interface KnownMove {
  /** Frame before it. */
  readonly from: number;
  /** Frame after it. */
  readonly to: number;
  /** The true action. */
  readonly action: number;
  /** How often it was recorded; 0 for one that never was. */
  readonly count: number;
}

/** All that is known of the true world that a model learnt from: what dreams are judged by. */
export interface KnownWorld {
  /** Side S of a frame in pixels. */
  readonly side: number;
  /** Number of different frames D. */
  readonly count: number;
  /** Bytes [D, S, S, 3]. */
  readonly frames: Uint8Array;
  /** What each frame shows; null where only recorded pictures are known. */
  readonly states: readonly GroundState[] | null;
  /** Steps that change the picture, each (from, to, action) once. */
  readonly moves: readonly KnownMove[];
}

/** Most states that are looked for: larger worlds are judged by what was recorded. */
const MOST_STATES = 20_000;

/**
 * The world of a recording. Where the environment is one level that stands still, all its states and moves are known, those
 * never recorded as well; else the recorded frames and steps are all there is.
 */
export function knownWorld({ data, model }: Pick<Settings, "data" | "model">, recording: Recording): KnownWorld {
  return (data.source === "minigrid" ? exactWorld(data, model.imageSide, recording) : null) ?? recordedWorld(recording);
}

/** Frames and steps as they were recorded. */
export function recordedWorld(recording: Recording): KnownWorld {
  const moves = distinctSteps(recording, changingSteps(recording)).map((
    { before, after, action, count },
  ): KnownMove => ({ from: before, to: after, action, count }));
  const { side, frames } = recording;
  return { side, count: distinctFrames(recording), frames, states: null, moves };
}

/** Null when the environment has other levels, moves by itself, or is too large. */
function exactWorld(
  { name, tile, highlight, lastFrame }: Settings["data"],
  side: number,
  recording: Recording,
): KnownWorld | null {
  const own = new MiniGrid(name).size[0] * tile;
  const draw = (env: MiniGrid) => {
    const frame = env.render({ tile, highlight });
    return own === side ? frame : resizeNearest(frame, own, side);
  };
  let truth: ReturnType<typeof groundTruth>;
  try {
    truth = groundTruth(name, { draw, terminal: lastFrame, maxStates: MOST_STATES });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const size = side * side * 3, index = new Map(truth.frames.map((frame, i) => [keyOf(frame), i]));
  if (index.size !== truth.frames.length) return null; // states that look alike cannot be told from a picture
  const place = Array.from(
    { length: distinctFrames(recording) },
    (_, i) => index.get(keyOf(recording.frames.subarray(i * size, (i + 1) * size))),
  );
  if (place.includes(undefined)) return null;
  const counts = new Map<string, number>();
  for (const { before, after, action, count } of distinctSteps(recording, changingSteps(recording))) {
    counts.set(`${place[before]} ${place[after]} ${action}`, count);
  }
  const frames = new Uint8Array(truth.frames.length * size);
  truth.frames.forEach((frame, i) => frames.set(frame, i * size));
  return {
    side,
    count: truth.frames.length,
    frames,
    states: truth.states,
    moves: truth.transitions.map((move) => ({
      ...move,
      count: counts.get(`${move.from} ${move.to} ${move.action}`) ?? 0,
    })),
  };
}

/** Equal frames, and only those, have equal keys. */
function keyOf(frame: Uint8Array): string {
  let key = "";
  for (let i = 0; i < frame.length; i += 4096) key += String.fromCharCode(...frame.subarray(i, i + 4096));
  return key;
}
