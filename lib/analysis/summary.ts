/** The final table of the comparison, as rows and as text (spec 1 §7.5). */
import type { RuleTable } from "./rule_table.ts";

/** What one game contributes to table and interpretation. Leave out what was not measured. */
export interface GameSummary {
  /** Name of the game. */
  readonly game: string;
  /** Whether the rules of the game contain chance. */
  readonly hasChance: boolean;
  /** Keyed by (code, action). */
  readonly table: Pick<RuleTable, "rules" | "chance" | "minCount">;
  /** Keyed by (position, code, action). */
  readonly tableByPosition?: Pick<RuleTable, "rules" | "chance" | "minCount">;
  /** Codes that occur. */
  readonly codesUsed: number;
  /** K */
  readonly codeCount: number;
  /** Distinct codes over all frames; `codesUsed` may come from first frames only, as in the original (D10). */
  readonly distinctCodes?: number;
  /** Share of codes that change in a step. */
  readonly changedShare?: number | null;
  /** Share of positions that truly change on the board. */
  readonly trueChangedShare?: number | null;
  /** Mean predicted entropy, bits. */
  readonly meanEntropy?: number | null;
  /** Share of predictions below 0.1 bit. */
  readonly below01?: number | null;
  /** Changed/unchanged ratio of the model. */
  readonly ratio?: number | null;
  /** The same ratio of a perfect predictor on the same data. */
  readonly perfectRatio?: number | null;
  /** Mean predicted entropy of chance cells, bits. */
  readonly chanceBits?: number | null;
  /** Mean predicted entropy of rule cells, bits. */
  readonly ruleBits?: number | null;
  /** Mean true entropy of chance cells, bits. */
  readonly trueChanceBits?: number | null;
}

/** One row of the final table. */
export interface SummaryRow {
  /** Name of the game. */
  readonly game: string;
  /** Number of rules. */
  readonly rules: number;
  /** Number of chance entries. */
  readonly chance: number;
  /** 100·rules/(rules + chance); null for an empty table. */
  readonly percentRules: number | null;
  /** Codes that occur. */
  readonly codesUsed: number;
  /** K */
  readonly codeCount: number;
}

/** The rows of the final table. */
export function summaryRows(games: readonly GameSummary[]): SummaryRow[] {
  return games.map(({ game, table, codesUsed, codeCount }) => ({
    game,
    rules: table.rules,
    chance: table.chance,
    percentRules: percentOfRules(table),
    codesUsed,
    codeCount,
  }));
}

/** The final table with aligned columns: Game, Rules, Chance, % Rules, Codebook. */
export function summaryText(rows: readonly SummaryRow[]): string {
  const cells = [
    ["Game", "Rules", "Chance", "% Rules", "Codebook"],
    ...rows.map((row) => [
      row.game,
      String(row.rules),
      String(row.chance),
      row.percentRules === null ? "–" : row.percentRules.toFixed(1),
      `${row.codesUsed}/${row.codeCount}`,
    ]),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const lines = cells.map((row) =>
    row.map((text, column) => column ? text.padStart(widths[column]) : text.padEnd(widths[column])).join("  ")
  );
  const rule = "─".repeat(lines[0].length);
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** Percentage of rules; null for an empty table. */
export function percentOfRules(table: Pick<RuleTable, "rules" | "chance">): number | null {
  const entries = table.rules + table.chance;
  return entries ? 100 * table.rules / entries : null;
}
