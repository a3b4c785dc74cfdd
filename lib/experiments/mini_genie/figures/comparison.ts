import { type Figure, figure, heatMap, WHITE_TO_BLUE } from "../../../figures/mod.ts";
import { modelName } from "../../report_parts.ts";
import type { Analysis } from "../analyse.ts";
import { meaningOf } from "../criteria.ts";

const MEASURES: readonly (readonly [name: string, measure: (analysis: Analysis) => number | null])[] = [
  ["true frames recognised", ({ eyes }) => eyes.nearest],
  ["changing tokens foretold, soft", ({ control }) => control.changed.soft],
  ["… from the code alone, hard", ({ control }) => control.changed.hard],
  ["moves foretold, inferred code", ({ control }) => control.inferred],
  ["… any code", ({ control }) => control.random],
  ["separability", ({ separability }) => separability],
  ["NMI with heading after", (analysis) => meaningOf(analysis, "heading after")?.agreement.nmi ?? null],
  ["NMI with true action", (analysis) => meaningOf(analysis, "action")?.agreement.nmi ?? null],
];

/** What models have in common, as shares: published, repaired, and beyond. */
export function comparisonFigure(analyses: readonly Analysis[]): Figure {
  const names = analyses.map(modelName);
  const told = analyses.map((analysis, i) =>
    `${names[i]}: ${
      MEASURES.map(([name, measure]) => `${name} ${measure(analysis)?.toFixed(2) ?? "unknown"}`).join(", ")
    }`
  );
  return figure(
    "comparison",
    `Side by side: ${names.join(", ")}. ${told.join("; ")}.`,
    heatMap({
      title: "The same idea, as published and repaired",
      subtitle: "shares, and normalised mutual information (NMI) of the latent actions",
      rows: MEASURES.map(([name]) => name),
      columns: names,
      values: MEASURES.map(([, measure]) => analyses.map(measure)),
      domain: [0, 1],
      map: WHITE_TO_BLUE,
      missing: "not known",
      format: ".2f",
      cellWidth: Math.max(64, ...names.map((name) => 7 * name.length)),
      cellHeight: 28,
    }),
  );
}
