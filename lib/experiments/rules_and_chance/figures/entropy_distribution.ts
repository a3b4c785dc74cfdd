import { beside, CHANCE, type Chart, type Figure, figure, histogram, pie, RULE } from "../../../figures/mod.ts";
import type { RuleTable } from "../../../analysis/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { percentText } from "../../plain_table.ts";

/** Histogram of the entropies of the rule table, and its rules and chance as a pie (spec 1 §7.5). */
export function entropyDistributionFigure(analysis: Analysis): Figure {
  const { game } = analysis, name = gameTitle(game), { pooled } = analysis.rules;
  return figure(
    `${game}_entropy_dist`,
    `Entropies of the ${pooled.entries.length} (code, action) pairs of ${name} that were seen at least ${pooled.minCount} times: ` +
      `${pooled.rules} rules, ${pooled.chance} chance (${percentText(pooled.ruleShare)} rules).`,
    beside([
      tableHistogram(pooled, { title: "Entropy of the next code", colour: RULE }),
      pie({
        title: "Rules and chance",
        parts: [
          { label: "rules", count: pooled.rules, colour: RULE },
          { label: "chance", count: pooled.chance, colour: CHANCE },
        ],
      }),
    ], { title: `${name}: the rule table`, subtitle: `pairs seen at least ${pooled.minCount} times` }),
  );
}

/** 50 bins between the smallest and the largest entropy, with the line between rules and chance. */
export function tableHistogram(
  table: RuleTable,
  { title, colour, width = 380 }: { title: string; colour: string; width?: number },
): Chart {
  if (table.entries.length === 0) return pie({ title, parts: [], width }); // says "no entries"
  return histogram({
    title,
    values: table.entries.map((entry) => entry.entropy),
    bins: 50,
    colours: [colour],
    thresholds: [{ at: table.ruleBits, label: `${table.ruleBits} bit` }],
    x: "Entropy (bits)",
    y: "Pairs",
    width,
  });
}
