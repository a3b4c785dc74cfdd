/** A reproduction card as tables, for reports, for `verify` and for the end of a run. */

import { type Card, cardTitle, expectation, meets } from "./card.ts";
import { clock } from "./progress.ts";
import type { ReportSection, ReportTable } from "./report.ts";
import { formatNumber } from "./text_table.ts";

/** One row per claim, with the verdict. Several seeds add the spread, and how many of them would hold alone. */
export function cardTable(card: Card): ReportTable {
  const many = card.runs.length > 1;
  return {
    columns: [
      "claim",
      "quantity",
      "expected",
      "measured",
      ...(many ? ["spread", "seeds that hold alone"] : []),
      "holds",
      "source",
    ],
    rows: card.claims.map((c) => [
      c.text,
      c.quantity,
      expectation(c, formatNumber),
      c.measured.mean,
      ...(many
        ? [
          c.measured.spread === null ? "–" : `± ${formatNumber(c.measured.spread)}`,
          `${c.measured.values.filter((value) => meets(c, value)).length} of ${card.runs.length}`,
        ]
        : []),
      c.holds,
      c.source,
    ]),
  };
}

/** What a card's runs cost: one row per seed. */
export function costTable(card: Card): ReportTable {
  return {
    columns: ["seed", "time", "peak memory (MiB)", "device", "Tessera", "Deno", "commit"],
    rows: card.runs.map((run) => [
      run.seed,
      clock(run.seconds),
      run.peakMemoryBytes === null ? null : Math.round(run.peakMemoryBytes / 2 ** 20),
      run.device,
      run.versions.tessera,
      run.versions.deno,
      run.commit?.slice(0, 12) ?? null,
    ]),
  };
}

/** The two sections that every experiment's report begins or ends with. */
export function cardSections(card: Card): ReportSection[] {
  const held = card.claims.filter((c) => c.holds).length;
  return [
    {
      heading: "Claims",
      text: `${cardTitle(card)}: ${held} of ${card.claims.length} claims hold.`,
      table: cardTable(card),
    },
    { heading: "Cost", table: costTable(card) },
  ];
}
