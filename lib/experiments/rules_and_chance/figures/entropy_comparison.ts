import { beside, CHANCE, type Figure, figure, RULE } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { tableHistogram } from "./entropy_distribution.ts";
import { percentText } from "../../plain_table.ts";

/** The rule tables of the games side by side: 2048 in steel blue, Othello in coral (spec 1 §7.5). */
export function entropyComparisonFigure(analyses: readonly Analysis[]): Figure {
  const parts = analyses.map(({ game, rules: { pooled } }) => {
    const entries = pooled.entries.length;
    return `${gameTitle(game)}: ${pooled.rules}/${entries} deterministic (${percentText(pooled.ruleShare)})`;
  });
  return figure(
    "entropy_comparison",
    `Entropies of the rule tables side by side. ${parts.join("; ")}.`,
    beside(
      analyses.map(({ game, rules }, i) =>
        tableHistogram(rules.pooled, { title: parts[i], colour: game === "2048" ? RULE : CHANCE })
      ),
      { title: "Rules against chance: entropy of the next code, given code and action" },
    ),
  );
}
