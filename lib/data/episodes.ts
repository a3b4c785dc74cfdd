/** Recorded episodes: what every game hands to training and analysis, kept as bytes. */

import { FormatError } from "./format_error.ts";
import type { NpyArray } from "./npy.ts";

/**
 * A set of episodes of one length. Shorter ones are padded: the last observation is repeated, with action 0 (spec 1 §2.3);
 * `lengths` tells the true steps from the padded ones (defect D11 of the original is not to know).
 */
export interface Episodes {
  /** Number of episodes, n. */
  count: number;
  /** Steps per episode after padding, T: the longest of the set. */
  steps: number;
  /** Shape of one observation, say [4, 4]. */
  observationShape: number[];
  /** Observations as recorded (board cells, screen bytes), [n, T + 1, ...observationShape]. */
  observations: Uint8Array;
  /** [n, T]. */
  actions: Uint8Array | Uint16Array;
  /** True number of actions of each episode, 0 to T, [n]. */
  lengths: Uint16Array;
}

/** Bytes of one observation. */
export function observationSize(episodes: Episodes): number {
  return episodes.observationShape.reduce((product, length) => product * length, 1);
}

/** Number of true (not padded) steps of all episodes. */
export function trueSteps(episodes: Episodes): number {
  return episodes.lengths.reduce((sum, length) => sum + length, 0);
}

/** One observation, a view into `episodes.observations`. */
export function observationAt(episodes: Episodes, episode: number, step: number): Uint8Array {
  const size = observationSize(episodes);
  const start = (episode * (episodes.steps + 1) + step) * size;
  return episodes.observations.subarray(start, start + size);
}

/** The arrays of an `.npz` file that holds these episodes: observations, actions, lengths. */
export function episodesToArrays(episodes: Episodes): Record<string, NpyArray> {
  const { count, steps, observationShape, observations, actions, lengths } = episodes;
  return {
    observations: { dtype: "|u1", shape: [count, steps + 1, ...observationShape], data: observations },
    actions: { dtype: actions instanceof Uint8Array ? "|u1" : "<u2", shape: [count, steps], data: actions },
    lengths: { dtype: "<u2", shape: [count], data: lengths },
  };
}

/**
 * Episodes from the arrays of an `.npz` file as `episodesToArrays` makes them.
 *
 * @param where the file's name, for messages
 * @throws FormatError for a missing array, a wrong dtype, shapes that do not fit together, or lengths beyond the steps
 */
export function episodesFromArrays(arrays: Record<string, NpyArray>, where: string): Episodes {
  const fail = (name: string, expected: string, found: string): never => {
    const advice = "The file needs observations [n, T+1, …], actions [n, T] and lengths [n].";
    throw new FormatError({ where: `${where}, array ${name}`, expected, found, advice });
  };
  const take = (name: string, dtypes: string[]): NpyArray => {
    const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    if (!array) return fail(name, "this array", `only ${Object.keys(arrays).join(", ") || "an empty file"}`);
    if (!dtypes.includes(array.dtype)) fail(name, `dtype ${dtypes.join(" or ")}`, array.dtype);
    return array;
  };
  const observations = take("observations", ["|u1"]), actions = take("actions", ["|u1", "<u2"]);
  const lengths = take("lengths", ["<u2"]);
  if (actions.shape.length !== 2) fail("actions", "shape [n, T]", `[${actions.shape}]`);
  const [count, steps] = actions.shape;
  const [n, frames, ...observationShape] = observations.shape;
  if (n !== count || frames !== steps + 1) {
    fail("observations", `shape [${count}, ${steps + 1}, …] to fit the actions`, `[${observations.shape}]`);
  }
  if (lengths.shape.length !== 1 || lengths.shape[0] !== count) {
    fail("lengths", `shape [${count}]`, `[${lengths.shape}]`);
  }
  const tooLong = (lengths.data as Uint16Array).findIndex((length) => length > steps);
  if (tooLong >= 0) fail("lengths", `at most ${steps} steps in episode ${tooLong}`, String(lengths.data[tooLong]));
  return {
    count,
    steps,
    observationShape,
    observations: observations.data as Uint8Array,
    actions: actions.data as Uint8Array | Uint16Array,
    lengths: lengths.data as Uint16Array,
  };
}
