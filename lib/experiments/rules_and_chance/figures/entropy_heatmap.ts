import { type Figure, figure, heatMap } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { actionName } from "./names.ts";

/** Empirical entropy of the next code for the 32 most used codes under every action (spec 1 §7.5). */
export function entropyHeatmapFigure(analysis: Analysis): Figure {
  const { game, heatmap } = analysis, name = gameTitle(game), { minCount } = analysis.rules.pooled;
  const known = heatmap.entropy.flat().filter((value) => value !== null).length;
  const grey = analysis.mode === "published"
    ? "Pairs that never occurred count as 0 bits and look like rules, as in the original."
    : `Pairs seen fewer than ${minCount} times are grey.`;
  return figure(
    `${game}_entropy_heatmap`,
    `Entropy of the next code for each code and action of ${name}: blue is a rule, red is chance. ${grey}`,
    heatMap({
      title: `${name}: is the next code certain?`,
      subtitle: `${heatmap.codes.length} most used codes × ${heatmap.actionCount} actions, ${known} pairs coloured`,
      rows: heatmap.codes,
      columns: Array.from({ length: heatmap.actionCount }, (_, action) => actionName(game, action)),
      values: heatmap.entropy,
      rowTitle: "Code",
      columnTitle: "Action",
      valueTitle: "Entropy (bits)",
      missing: `seen < ${minCount} times`,
    }),
  );
}
