/** One recorded episode with all that training needs: pictures, actions, rewards, lives, and how it ended. */

import { FormatError } from "./format_error.ts";
import { NO_ACTION } from "./frame_episodes.ts";
import type { NpyArray } from "./npy.ts";
import { type Pictures, picturesFromArrays, picturesToArrays, tuple } from "./pictures.ts";

/** An episode of T frames and T − 1 actions; `actions[t]` led from frame t to frame t + 1. */
export interface Trajectory extends Pictures {
  /** [T − 1]. */
  readonly actions: Uint8Array;
  /** What each action earned, [T − 1]. */
  readonly rewards: Float32Array;
  /** Lives left at each frame, [T]; zeros in games without lives. */
  readonly lives: Uint8Array;
  /** Whether the last action ended the game. */
  readonly terminated: boolean;
  /** Whether the episode was cut off there. */
  readonly truncated: boolean;
}

/** The arrays of a trajectory's `.npz` file, by NumPy's types and Gymnasium's names (docs/data.md). */
export function trajectoryToArrays(trajectory: Trajectory): Record<string, NpyArray> {
  const { actions, rewards, lives, terminated, truncated } = trajectory, steps = actions.length;
  const last = (is: boolean) => Uint8Array.from(actions, (_, t) => Number(is && t === steps - 1));
  return {
    ...picturesToArrays(trajectory),
    action: { dtype: "|u1", shape: [steps], data: actions },
    reward: { dtype: "<f4", shape: [steps], data: rewards },
    terminated: { dtype: "|b1", shape: [steps], data: last(terminated) },
    truncated: { dtype: "|b1", shape: [steps], data: last(truncated) },
    lives: { dtype: "|u1", shape: [steps + 1], data: lives },
  };
}

/** Whether these are a trajectory's arrays and not pictures and actions alone. */
export function isTrajectory(arrays: Readonly<Record<string, NpyArray>>): boolean {
  return Object.hasOwn(arrays, "reward");
}

const LAYOUT = "The file needs frames, action, reward, terminated, truncated and lives; see docs/data.md.";

/**
 * A trajectory from the arrays of an `.npz` file. Arrays that are not its own are ignored.
 *
 * @param where the file's name, for messages
 * @throws FormatError for a missing array, a wrong dtype or shape, lengths that do not fit together, values that cannot be
 */
export function trajectoryFromArrays(arrays: Readonly<Record<string, NpyArray>>, where: string): Trajectory {
  const problem = (name: string, expected: string, found: string) =>
    new FormatError({ where: `${where}, array ${name}`, expected, found, advice: LAYOUT });
  const take = (name: string, dtype?: string, length?: number): NpyArray => {
    if (!Object.hasOwn(arrays, name)) {
      throw problem(name, "this array", `only ${(Object.keys(arrays).join(", ") || "an empty file").slice(0, 200)}`);
    }
    const array = arrays[name];
    if (dtype !== undefined && array.dtype !== dtype) throw problem(name, `dtype ${dtype}`, array.dtype);
    if (length !== undefined && (array.shape.length !== 1 || array.shape[0] !== length)) {
      throw problem(name, `shape (${length},) for ${count} frames`, tuple(array.shape));
    }
    return array;
  };
  const palette = Object.hasOwn(arrays, "palette") ? arrays.palette : undefined;
  const { count, ...frames } = picturesFromArrays(take("frames"), palette, problem), steps = count - 1;
  const actions = take("action", "|u1", steps).data as Uint8Array;
  const rewards = take("reward", "<f4", steps).data as Float32Array;
  const lives = take("lives", "|u1", count).data as Uint8Array;
  const t = actions.indexOf(NO_ACTION);
  if (t >= 0) throw problem("action", `values from 0 to ${NO_ACTION - 1}`, `${NO_ACTION} at step ${t}`);
  const infinite = rewards.findIndex((reward) => !Number.isFinite(reward));
  if (infinite >= 0) throw problem("reward", "finite numbers", `${rewards[infinite]} at step ${infinite}`);
  const ends = ["terminated", "truncated"].map((name) => {
    const flags = take(name, "|b1", steps).data as Uint8Array, at = flags.indexOf(1);
    if (at >= 0 && at !== steps - 1) {
      throw problem(name, "true at the last step only", `true at step ${at} of ${steps}`);
    }
    return at >= 0;
  });
  return { ...frames, actions, rewards, lives, terminated: ends[0], truncated: ends[1] };
}

/** The first `count` frames of a trajectory as a trajectory that was cut off there; itself if it has no more. */
export function cutTrajectory(trajectory: Trajectory, count: number): Trajectory {
  const { height, width, channels, frames, actions, rewards, lives } = trajectory;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`cutTrajectory: expected at least one frame but found ${count}`);
  }
  if (count >= lives.length) return trajectory;
  return {
    ...trajectory,
    frames: frames.slice(0, count * height * width * channels),
    actions: actions.slice(0, count - 1),
    rewards: rewards.slice(0, count - 1),
    lives: lives.slice(0, count),
    terminated: false,
    truncated: true,
  };
}

/** Trajectories one after another, F frames in all. What belongs to an action stands at the frame before it. */
export interface Trajectories extends Pictures {
  /** First frame of each trajectory, and F at the end, [n + 1]. */
  readonly starts: Uint32Array;
  /** The action taken after each frame, [F]; `NO_ACTION` for the last frame of a trajectory. */
  readonly actions: Uint8Array;
  /** What that action earned, [F]; 0 for the last frame. */
  readonly rewards: Float32Array;
  /** Lives left, [F]. */
  readonly lives: Uint8Array;
  /** 1 where that action ended the game, [F]. */
  readonly terminated: Uint8Array;
  /** 1 where the episode was cut off after that action, [F]. */
  readonly truncated: Uint8Array;
}

/** Puts trajectories of equal pictures one after another. @throws RangeError for none, or for pictures that differ in kind */
export function joinTrajectories(list: readonly Trajectory[]): Trajectories {
  if (list.length === 0) throw new RangeError("joinTrajectories: expected at least one trajectory but found none");
  const [{ height, width, channels, palette }] = list, size = height * width * channels;
  const starts = new Uint32Array(list.length + 1);
  list.forEach((one, i) => {
    const difference = pictureDifference(list[0], one);
    if (difference !== null) throw new RangeError(`joinTrajectories, trajectory ${i}: ${difference}`);
    starts[i + 1] = starts[i] + one.lives.length;
  });
  const total = starts[list.length];
  const frames = new Uint8Array(total * size), actions = new Uint8Array(total).fill(NO_ACTION);
  const rewards = new Float32Array(total), lives = new Uint8Array(total);
  const terminated = new Uint8Array(total), truncated = new Uint8Array(total);
  list.forEach((one, i) => {
    const first = starts[i], last = starts[i + 1] - 2;
    frames.set(one.frames, first * size);
    actions.set(one.actions, first);
    rewards.set(one.rewards, first);
    lives.set(one.lives, first);
    if (last >= first) [terminated[last], truncated[last]] = [Number(one.terminated), Number(one.truncated)];
  });
  return { height, width, channels, palette, frames, starts, actions, rewards, lives, terminated, truncated };
}

/** How pictures differ from others in size or kind, as "expected … but found …"; null if they do not. */
export function pictureDifference(expected: Pictures, found: Pictures): string | null {
  const kind = ({ height, width, channels, palette }: Pictures) =>
    `${height} × ${width} pixels ${channels === 3 ? "in red green blue" : palette ? "with a palette" : "in grey"}`;
  if (kind(expected) !== kind(found)) return `expected frames of ${kind(expected)} but found ${kind(found)}`;
  const same = expected.palette === null || expected.palette.every((byte, i) => byte === found.palette![i]);
  return same ? null : "expected the same palette but found another";
}
