import { beside, CHANCE, type Figure, figure, histogram, RULE } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { judgedEntropy } from "../criteria.ts";
import { fixed } from "../../plain_table.ts";
import { modelName } from "../../report_parts.ts";

/** Predicted entropies of one game by several models, `published` against `corrected`, on a common axis. */
export function modeComparisonFigure(analyses: readonly Analysis[]): Figure {
  const [{ game }] = analyses, name = gameTitle(game);
  const all = analyses.map(({ values }) => [...values.rule, ...values.chance]);
  const top = all.flat().reduce((a, b) => Math.max(a, b), 1), range = [0, Math.ceil(2 * top) / 2] as const;
  return figure(
    `${game}_modes`,
    `Predicted entropies of ${name} by ${analyses.length} models: ${
      analyses.map((analysis) => `${modelName(analysis)}, ratio ${fixed(judgedEntropy(analysis).change.ratio)}`).join(
        "; ",
      )
    }.`,
    beside(
      analyses.map((analysis) => {
        const { values } = analysis, { change, truth } = judgedEntropy(analysis);
        return histogram({
          title: `${modelName(analysis)}: ${change.distinctCodes} of ${analysis.codeCount} codes occur`,
          subtitle: `changed/unchanged ${fixed(change.ratio)}, chance/rule ${fixed(truth.chanceOverRule)}`,
          values: values.chance.length
            ? { "rule cells": values.rule, "chance cells": values.chance }
            : { "rule cells": values.rule },
          bins: 50,
          range,
          colours: [RULE, CHANCE],
          measure: "share",
          yScale: "sqrt",
          x: "Predicted entropy (bits)",
          y: "Share of the cells",
          width: 340,
        });
      }),
      { title: `${name}: the same idea, as published and repaired` },
    ),
  );
}
