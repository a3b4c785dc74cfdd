import { bars, beside, type Figure, figure, histogram, strip } from "../../../figures/mod.ts";
import type { Recording } from "../recording.ts";
import { recordingStatistics } from "../recording_statistics.ts";
import { actionName, framePicture } from "./names.ts";

/** Actions taken and lengths of episodes. */
export function recordingFigure(recording: Recording): Figure {
  const { actions, steps, changing, episodes, meanLength, distinctFrames, distinctChanging } = recordingStatistics(
    recording,
  );
  const longest = recording.lengths.reduce((a, b) => Math.max(a, b), 1);
  return figure(
    "recording",
    `${episodes} recorded episodes, ${
      meanLength.toFixed(1)
    } frames long on average. Of ${steps} steps ${changing} change the picture; ` +
      `there are ${distinctFrames} different frames and ${distinctChanging} different changes. Steps by action: ${
        actions.map((one) => `${actionName(one.action)} ${one.steps} (${one.changing} change the picture)`).join(", ")
      }.`,
    beside([
      bars({
        title: "Actions taken",
        bars: actions.flatMap((one) => [
          { label: actionName(one.action).replace("turn ", ""), value: one.steps, group: "all steps" },
          { label: actionName(one.action).replace("turn ", ""), value: one.changing, group: "that change the picture" },
        ]),
        y: "Steps",
        width: Math.max(240, 84 * actions.length),
      }),
      histogram({
        title: "Lengths of episodes",
        values: recording.lengths,
        bins: Math.min(50, longest),
        range: [0, longest],
        x: "Frames",
        y: "Episodes",
        thresholds: [{ at: meanLength, label: `mean ${meanLength.toFixed(1)}` }],
        width: 300,
      }),
    ], {
      title: `${episodes} recorded episodes: ${distinctFrames} different frames, ${distinctChanging} different changes`,
    }),
  );
}

/** The first frames of a few episodes, with the action taken at each. */
export function episodesFigure(
  recording: Recording,
  { episodes = 2, frames = 9 }: { readonly episodes?: number; readonly frames?: number } = {},
): Figure {
  const { side, lengths } = recording,
    size = side * side * 3,
    rows: { label: string; pictures: ReturnType<typeof framePicture>[] }[] = [];
  const told: string[] = [];
  for (
    let e = 0, first = 0, step = 0;
    e < Math.min(episodes, lengths.length);
    first += lengths[e], step += lengths[e] - 1, e++
  ) {
    const shown = [...recording.shown.subarray(first, first + Math.min(frames, lengths[e]))];
    rows.push({
      label: `episode ${e + 1}`,
      pictures: shown.map((frame) => framePicture(recording.frames.subarray(frame * size, (frame + 1) * size), side)),
    });
    told.push([...recording.actions.subarray(step, step + shown.length - 1)].map(actionName).join(", "));
  }
  return figure(
    "episodes",
    `The first frames of ${rows.length} recorded episodes, ${side} × ${side} pixels each. Actions: ${
      told.join("; then ")
    }.`,
    strip({
      title: "What was recorded: pictures, and actions that no network sees",
      subtitle: `${side} × ${side} pixels`,
      captions: Array.from({ length: Math.max(...rows.map(({ pictures }) => pictures.length)) }, (_, t) => `t = ${t}`),
      rows,
    }),
  );
}
