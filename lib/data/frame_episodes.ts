/** Recorded pictures: episodes of any length, all frames of one size, kept as bytes. */

import { FormatError } from "./format_error.ts";
import type { NpyArray } from "./npy.ts";
import { picturesFromArrays, rgbOf, tuple } from "./pictures.ts";

/** Stands where a frame has no action: the last one of its episode. */
export const NO_ACTION = 255;

/** Episodes one after another. Frame f of the set was followed by action `actions[f]`. */
export interface FrameEpisodes {
  /** Rows of pixels of a frame. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** All frames, [F, height, width, 3] bytes, red green blue. */
  readonly frames: Uint8Array;
  /** First frame of each episode, and F at the end, [n + 1]. */
  readonly starts: Uint32Array;
  /** The action taken after each frame, [F]; `NO_ACTION` for the last frame of an episode. */
  readonly actions: Uint8Array;
}

/** One episode on its own. */
export interface FrameEpisode {
  /** Rows of pixels of a frame. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** [T, height, width, 3] bytes. */
  readonly frames: Uint8Array;
  /** [T − 1]. */
  readonly actions: Uint8Array;
}

/** Number of episodes. */
export function episodeCount({ starts }: FrameEpisodes): number {
  return starts.length - 1;
}

/** Number of frames of all episodes. */
export function frameCount({ starts }: FrameEpisodes): number {
  return starts[starts.length - 1];
}

/** The bytes of one frame, a view. */
export function frameAt({ frames, height, width }: FrameEpisodes, frame: number): Uint8Array {
  const size = height * width * 3;
  return frames.subarray(frame * size, (frame + 1) * size);
}

/** One episode; its frames are a view. */
export function episodeAt(episodes: FrameEpisodes, index: number): FrameEpisode {
  const { height, width, starts, frames, actions } = episodes, size = height * width * 3;
  const first = starts[index], end = starts[index + 1];
  return { height, width, frames: frames.subarray(first * size, end * size), actions: actions.slice(first, end - 1) };
}

/** Puts episodes of one frame size together. @throws RangeError for none, or for sizes that differ */
export function joinEpisodes(list: readonly FrameEpisode[]): FrameEpisodes {
  if (list.length === 0) throw new RangeError("joinEpisodes: expected at least one episode but found none");
  const { height, width } = list[0], size = height * width * 3;
  const starts = new Uint32Array(list.length + 1);
  list.forEach((one, i) => {
    if (one.height !== height || one.width !== width) {
      throw new RangeError(
        `joinEpisodes: expected frames of ${height} × ${width} but found ${one.height} × ${one.width} in episode ${i}`,
      );
    }
    starts[i + 1] = starts[i] + one.actions.length + 1;
  });
  const frames = new Uint8Array(starts[list.length] * size), actions = new Uint8Array(starts[list.length]);
  list.forEach((one, i) => {
    frames.set(one.frames, starts[i] * size);
    actions.set(one.actions, starts[i]);
    actions[starts[i + 1] - 1] = NO_ACTION;
  });
  return { height, width, frames, starts, actions };
}

/** The arrays of an episode's `.npz` file: `frames` (T, H, W, 3) uint8 and `action` (T − 1,) int64 (spec 3 §2.1). */
export function frameEpisodeToArrays({ height, width, frames, actions }: FrameEpisode): Record<string, NpyArray> {
  return {
    frames: { dtype: "|u1", shape: [actions.length + 1, height, width, 3], data: frames },
    action: { dtype: "<i8", shape: [actions.length], data: BigInt64Array.from(actions, BigInt) },
  };
}

const LAYOUT = "The file needs frames (T, H, W, 3) of uint8 and action (T-1,) of an integer type; see docs/data.md.";
const INTEGERS = ["|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8"];

/**
 * An episode from the arrays of an `.npz` file. Other keys are ignored; `actions` may stand for `action`. Frames of one byte per pixel
 * are grey, or indices into `palette`; they become red green blue.
 *
 * @param where the file's name, for messages
 * @throws FormatError for a missing array, a wrong dtype or shape, lengths that do not fit together, or an action beyond 0 … 254
 */
export function frameEpisodeFromArrays(arrays: Readonly<Record<string, NpyArray>>, where: string): FrameEpisode {
  const problem = (name: string, expected: string, found: string) =>
    new FormatError({ where: `${where}, array ${name}`, expected, found, advice: LAYOUT });
  const fail = (name: string, expected: string, found: string): never => {
    throw problem(name, expected, found);
  };
  const present = Object.keys(arrays).join(", ") || "an empty file";
  const take = (...names: string[]): NpyArray => {
    const name = names.find((name) => Object.hasOwn(arrays, name));
    return name === undefined ? fail(names[0], "this array", `only ${present.slice(0, 200)}`) : arrays[name];
  };
  const palette = Object.hasOwn(arrays, "palette") ? arrays.palette : undefined;
  const { count, height, width, ...pictures } = picturesFromArrays(take("frames"), palette, problem);
  const action = take("action", "actions");
  if (!INTEGERS.includes(action.dtype)) fail("action", "an integer dtype", action.dtype);
  if (action.shape.length !== 1 || action.shape[0] !== count - 1) {
    fail("action", `shape (${count - 1},) for ${count} frames`, tuple(action.shape));
  }
  const actions = new Uint8Array(count - 1);
  for (let i = 0; i < actions.length; i++) {
    const value = Number(action.data[i]);
    if (!(value >= 0 && value < NO_ACTION)) {
      fail("action", `values from 0 to ${NO_ACTION - 1}`, `${value} at step ${i}`);
    }
    actions[i] = value;
  }
  return { height, width, frames: rgbOf(pictures), actions };
}
