import { type Figure, figure, heatMap, WHITE_TO_BLUE } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { percentText } from "../../plain_table.ts";
import { contentName } from "./names.ts";

/** Which code stands for which tile: share of each tile's cells per code. For Othello the 81 blocks have no names to read. */
export function codeMeaningFigure(analysis: Analysis): Figure {
  const { game, meaning } = analysis, name = gameTitle(game);
  const totals = meaning.contents.map((_, c) => meaning.counts.reduce((sum, row) => sum + row[c], 0));
  // Codes in the order of what they mostly stand for, so that a clean codebook is a staircase.
  const main = (row: readonly number[]) => row.indexOf(Math.max(...row));
  const order = meaning.counts.map((_, r) => r).sort((a, b) =>
    main(meaning.counts[a]) - main(meaning.counts[b]) || a - b
  );
  return figure(
    `${game}_code_meaning`,
    `Share of the cells of each content of ${name} that get each code. Knowing the code, one guesses the content right in ` +
      `${percentText(meaning.purity)} of the cells.`,
    heatMap({
      title: `${name}: which code stands for which ${game === "2048" ? "tile" : "block"}`,
      subtitle: `purity ${percentText(meaning.purity)}: share of cells whose content is the commonest of their code`,
      rows: order.map((r) => meaning.codes[r]),
      columns: meaning.contents.map((content) => contentName(game, content)),
      values: order.map((r) => meaning.counts[r].map((count, c) => totals[c] ? count / totals[c] : null)),
      domain: [0, 1],
      map: WHITE_TO_BLUE,
      rowTitle: "Code",
      columnTitle: game === "2048" ? "Tile" : "Block",
      valueTitle: "Share of the cells",
      ...(meaning.contents.length <= 20 ? { format: ".0%" } : {}),
    }),
  );
}
