import { bars, type Figure, figure } from "../../../figures/mod.ts";
import { modelName } from "../../report_parts.ts";
import type { Analysis } from "../analyse.ts";
import { meaningOf } from "../criteria.ts";

/** What models have in common, as shares: published, repaired, and beyond. */
export function comparisonFigure(analyses: readonly Analysis[]): Figure {
  const measures: [string, (analysis: Analysis) => number | null][] = [
    ["recognised", ({ eyes }) => eyes.nearest],
    ["foretold", ({ control }) => control.inferred],
    ["any code", ({ control }) => control.random],
    ["soft", ({ control }) => control.changed.soft],
    ["hard", ({ control }) => control.changed.hard],
    ["separate", ({ separability }) => separability],
    ["NMI heading", (analysis) => meaningOf(analysis, "heading after")?.agreement.nmi ?? null],
    ["NMI action", (analysis) => meaningOf(analysis, "action")?.agreement.nmi ?? null],
  ];
  const names = analyses.map(modelName);
  return figure(
    "comparison",
    `${names.join(", ")} side by side: ${
      analyses.map((analysis, i) =>
        `${names[i]}: ${
          measures.map(([name, measure]) => `${name} ${measure(analysis)?.toFixed(2) ?? "unknown"}`).join(", ")
        }`
      ).join("; ")
    }.`,
    bars({
      title: "The same idea, as published and repaired",
      subtitle:
        "recognised: true frames in their reconstruction · foretold: moves with the inferred code, and with any code · soft, hard: " +
        "changing tokens",
      bars: measures.flatMap(([label, measure]) =>
        analyses.flatMap((analysis, i) => {
          const value = measure(analysis);
          return value === null ? [] : [{ label, value, group: names[i] }];
        })
      ),
      format: ".2f",
      y: "Share, or NMI",
      width: Math.max(640, 300 + 140 * analyses.length),
      height: 260,
    }),
  );
}
