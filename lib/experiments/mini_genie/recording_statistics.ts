import { ACTION_NAMES_MINIGRID } from "../../games/mod.ts";
import type { PlainTable } from "../plain_table.ts";
import { changingSteps, distinctFrames, distinctSteps, type Recording } from "./recording.ts";

/** What a recording holds (spec 3 §2.1). */
export interface RecordingStatistics {
  readonly episodes: number;
  /** Frames stored, and how many of them are different. */
  readonly frames: number;
  readonly distinctFrames: number;
  readonly meanLength: number;
  /** Steps stored, and how many of them change the picture. */
  readonly steps: number;
  readonly changing: number;
  /** Different steps that change the picture. */
  readonly distinctChanging: number;
  /** Each action that was taken: how often, how often it changed the picture, and in how many different ways. */
  readonly actions: readonly {
    readonly action: number;
    readonly steps: number;
    readonly changing: number;
    readonly distinct: number;
  }[];
  /** Entropy of the action among the steps that change the picture, nats. */
  readonly actionEntropy: number;
}

/** Counts a recording. */
export function recordingStatistics(recording: Recording): RecordingStatistics {
  const changing = changingSteps(recording), distinct = distinctSteps(recording, changing);
  const count = (actions: Iterable<number>) => {
    const counts = new Map<number, number>();
    for (const action of actions) counts.set(action, (counts.get(action) ?? 0) + 1);
    return counts;
  };
  const all = count(recording.actions), moving = count([...changing].map((step) => recording.actions[step]));
  const ways = count(distinct.map(({ action }) => action)), episodes = recording.lengths.length;
  return {
    episodes,
    frames: recording.shown.length,
    distinctFrames: distinctFrames(recording),
    meanLength: recording.shown.length / Math.max(1, episodes),
    steps: recording.before.length,
    changing: changing.length,
    distinctChanging: distinct.length,
    actions: [...all.keys()].sort((a, b) => a - b).map((action) => ({
      action,
      steps: all.get(action)!,
      changing: moving.get(action) ?? 0,
      distinct: ways.get(action) ?? 0,
    })),
    actionEntropy: [...moving.values()].reduce(
      (sum, n) => sum - n / changing.length * Math.log(n / changing.length),
      0,
    ),
  };
}

/** The whole recording in one row each: all steps, then the steps of each action. */
export function recordingTable(recording: Recording): PlainTable {
  const { episodes, frames, distinctFrames, meanLength, steps, changing, distinctChanging, actions, actionEntropy } =
    recordingStatistics(recording);
  const percent = (part: number, whole: number) => Number((100 * part / Math.max(1, whole)).toFixed(1));
  return {
    columns: ["what", "number", "of these change the picture", "(%)", "different changes"],
    rows: [
      ["episodes", episodes, null, null, null],
      ["frames", frames, null, null, null],
      ["… different ones", distinctFrames, null, null, null],
      ["frames an episode", Number(meanLength.toFixed(1)), null, null, null],
      ["steps", steps, changing, percent(changing, steps), distinctChanging],
      ...actions.map((one) => [
        `… ${ACTION_NAMES_MINIGRID[one.action] ?? one.action}`,
        one.steps,
        one.changing,
        percent(one.changing, one.steps),
        one.distinct,
      ]),
      ["entropy of changing actions (nat)", Number(actionEntropy.toFixed(3)), null, null, null],
    ],
  };
}
