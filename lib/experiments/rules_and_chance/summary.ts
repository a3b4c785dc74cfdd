import { interpretation, summaryRows, summaryText } from "../../analysis/mod.ts";
import { expectation, formatNumber, textTable } from "../../runs/mod.ts";
import { claimsLine } from "../criterion.ts";
import { type PlainCell, type PlainTable, short, wrap } from "../plain_table.ts";
import type { Analysis } from "./analyse.ts";
import { gameSummary, gameTitle, judgeClaims, type JudgedClaim } from "./claims.ts";
import { chanceOverRule, judgedEntropy } from "./criteria.ts";
import { modelName } from "../report_parts.ts";

/**
 * What the console shows at the end: the final table, what it says, and the verdict on every claim, with the perfect predictor beside it.
 * One or more games of one mode.
 */
export function experimentSummary(analyses: readonly Analysis[]): string {
  const summaries = analyses.map(gameSummary), { columns, rows } = verdictTable(analyses);
  // The sentences of the claims are for the report; a terminal is too narrow for them.
  const narrow = (row: readonly PlainCell[]) => row.filter((_, column) => columns[column] !== "claim");
  return [
    `Rules and chance: ${analyses[0].preset}, ${modelName(analyses[0])}`,
    "",
    summaryText(summaryRows(summaries)),
    "",
    wrap(interpretation(summaries), 100),
    "",
    textTable(
      narrow(columns).map(String),
      rows.map((row) => narrow(row).map((cell, column) => column === 0 ? (cell === "yes" ? "✓" : "✗") : cell)),
    ),
    "",
    verdictLine(analyses),
  ].join("\n");
}

/** Every claim of every game: expected, measured, the perfect predictor, and whether it holds. */
export function verdictTable(analyses: readonly Analysis[]): PlainTable {
  return {
    columns: ["holds", "game", "claim", "quantity", "expected", "measured", "perfect predictor"],
    rows: analyses.flatMap((analysis) =>
      judgeClaims(analysis).map((judged) => [
        judged.claim.holds ? "yes" : "no",
        gameTitle(analysis.game),
        judged.claim.text,
        judged.claim.quantity,
        expectation(judged.claim, formatNumber),
        measuredText(judged),
        short(judged.perfect),
      ])
    ),
  };
}

/** "7 of 8 claims hold. Not: …" */
export function verdictLine(analyses: readonly Analysis[]): string {
  const judged = analyses.flatMap(judgeClaims);
  const reasons = [...new Set(judged.map((one) => one.void).filter((reason) => reason !== null))];
  return [
    claimsLine(judged.map(({ claim }) => claim)),
    ...(reasons.length ? [`Numbers in brackets are no evidence: ${reasons.join("; ")}.`] : []),
  ].join(" ");
}

/** Everything else that one wants to know of a model, beside a perfect predictor. No promises, no verdicts. */
export function measuresTable(analyses: readonly Analysis[]): PlainTable {
  const rows = (analysis: Analysis): PlainCell[][] => {
    const { change, truth, accuracy, perfect } = judgedEntropy(analysis);
    const share = (value: number | null | undefined) => value === null || value === undefined ? null : 100 * value;
    const measures: [string, number | null, number | null][] = [
      ["mean entropy (bits)", change.all?.mean ?? null, perfect.change.all?.mean ?? null],
      ["… where codes change", change.changed?.mean ?? null, perfect.change.changed?.mean ?? null],
      ["… where codes stay", change.unchanged?.mean ?? null, perfect.change.unchanged?.mean ?? null],
      ["their quotient", change.ratio, perfect.change.ratio],
      ["… on chance cells", truth.chance.mean, truth.chance.meanTruth],
      ["… on rule cells", truth.rule.mean, truth.rule.meanTruth],
      ["their quotient", chanceOverRule(truth), chanceOverRule(perfect.truth)],
      ["correlation with the truth", truth.correlation, perfect.truth.correlation],
      ["below 0.1 bit (%)", share(change.shares?.below01), share(perfect.change.shares?.below01)],
      ["above 2 bits (%)", share(change.shares?.above2), share(perfect.change.shares?.above2)],
      ["right guesses (%)", share(accuracy.accuracy), share(perfect.accuracy)],
      ["right where codes change (%)", share(accuracy.changedAccuracy), null],
      ["right if nothing changed (%)", share(accuracy.copyAccuracy), null],
      ["codes that change (%)", share(change.changedShare), share(perfect.change.changedShare)],
      ["cells whose content their code tells (%)", share(analysis.meaning.purity), 100],
      ["cells with the main code of their content (%)", share(analysis.meaning.completeness), 100],
    ];
    return measures.map(([quantity, measured, yardstick]) => [
      gameTitle(analysis.game),
      quantity,
      short(measured),
      short(yardstick),
    ]);
  };
  return { columns: ["game", "quantity", "model", "perfect predictor"], rows: analyses.flatMap(rows) };
}

/** The final table of the original (spec 1 §7.5) as rows: game, rules, chance, share, codebook; then keyed by position as well. */
export function rulesTable(analyses: readonly Analysis[]): PlainTable {
  return {
    columns: ["game", "rules", "chance", "rules (%)", "by position: rules", "chance", "rules (%)", "codes in use"],
    rows: analyses.map(({ game, rules: { pooled, byPosition }, codesUsed, codeCount }) => [
      gameTitle(game),
      pooled.rules,
      pooled.chance,
      short(pooled.ruleShare === null ? null : 100 * pooled.ruleShare),
      byPosition.rules,
      byPosition.chance,
      short(byPosition.ruleShare === null ? null : 100 * byPosition.ruleShare),
      `${codesUsed} of ${codeCount}`,
    ]),
  };
}

/** A number that is no evidence stands in brackets. */
function measuredText({ raw, void: reason }: JudgedClaim): string {
  if (raw === null) return "–";
  return reason === null ? short(raw) : `(${short(raw)})`;
}
