import { beside, type Chart, type Figure, figure, heatMap, WHITE_TO_BLUE } from "../../../figures/mod.ts";
import { fixed } from "../../plain_table.ts";
import type { Analysis, PlainMeaning } from "../analyse.ts";
import { meaningOf } from "../criteria.ts";

/** Latent actions against true actions, as the original has it, and against where the agent then faces (spec 3 §7.1, §8 row 11). */
export function confusionFigure(analysis: Pick<Analysis, "meanings" | "actions">): Figure {
  const shown = [meaningOf(analysis, "action"), meaningOf(analysis, "heading after")].filter((one) => one !== null);
  const moves = shown[0].table.flat().reduce((a, b) => a + b, 0);
  return figure(
    "confusion_matrix",
    `How often each latent action goes with each true action${
      shown.length > 1 ? " and with each heading after the move" : ""
    }, in ` +
      `${moves} recorded moves. ${shown.map(scoreText).join("; ")}.`,
    beside(shown.map((meaning) => table(meaning, analysis.actions)), {
      title: "What do latent actions go with?",
      subtitle: `${moves} recorded moves that change the picture; in every cell how many of them`,
    }),
  );
}

function table(meaning: PlainMeaning, actions: number): Chart {
  const { explanation, labels, table } = meaning;
  return heatMap({
    title: explanation === "action" ? "True action" : "Heading after the move",
    subtitle: `NMI ${fixed(meaning.agreement.nmi)}, by chance ${fixed(meaning.chance.mean)}`,
    rows: labels,
    columns: Array.from({ length: actions }, (_, code) => code),
    values: table,
    domain: [0, Math.max(1, ...table.flat())],
    map: WHITE_TO_BLUE,
    rowTitle: explanation === "action" ? "True action" : "Heading after",
    columnTitle: "Latent action (code)",
    valueTitle: "Moves",
    format: ",.0f",
    cellWidth: 44,
    cellHeight: 34,
  });
}

function scoreText({ explanation, agreement, chance }: PlainMeaning): string {
  return `NMI with the ${explanation === "action" ? "true action" : explanation} ${fixed(agreement.nmi)} (chance ${
    fixed(chance.mean)
  })`;
}
