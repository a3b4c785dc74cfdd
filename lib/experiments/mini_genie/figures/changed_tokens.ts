import { type Figure, figure, histogram } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import type { EyesAnalysis } from "../eyes.ts";

/** How many tokens a move changes: with few codes for many patches, more than the agent covers. */
export function changedTokensFigure({ changes, gridSide }: Pick<EyesAnalysis, "changes" | "gridSide">): Figure {
  const n = gridSide ** 2, recorded = changes.flatMap(({ tokens, count }) => new Array<number>(count).fill(tokens));
  const mean = recorded.reduce((a, b) => a + b, 0) / Math.max(1, recorded.length);
  return figure(
    "changed_tokens",
    `Histogram of how many of the ${n} tokens change in each of ${recorded.length} recorded moves that change the picture; ` +
      `${fixed(mean, 1)} on average.`,
    histogram({
      title: `A move changes ${fixed(mean, 1)} of ${n} tokens on average`,
      subtitle: `${recorded.length} recorded moves that change the picture, ${changes.length} different ones`,
      values: recorded,
      bins: Math.min(50, n + 1),
      range: [0, n],
      x: `Tokens that change, of ${n}`,
      y: "Recorded moves",
      thresholds: recorded.length ? [{ at: mean, label: `mean ${fixed(mean, 1)}` }] : [],
      width: 520,
    }),
  );
}
