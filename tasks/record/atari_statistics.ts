/** What an Atari recording holds, in a few lines. */
import type { EpisodeRow } from "../../lib/games/mod.ts";
import { textTable } from "../../lib/runs/mod.ts";

/** Three tables: how many, how they went, what was done. */
export function rowsText(rows: readonly EpisodeRow[]): string {
  const steps = rows.reduce((sum, { length }) => sum + length, 0);
  const megabytes = rows.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const count = (test: (row: EpisodeRow) => boolean) => rows.filter(test).length;
  const actions = new Map<string, number>();
  for (const row of rows) {
    for (const [name, taken] of Object.entries(row.actions)) actions.set(name, (actions.get(name) ?? 0) + taken);
  }
  return [
    textTable(["episodes", "frames", "game over", "cut off", "MB"], [[
      rows.length,
      steps + rows.length,
      count(({ terminated }) => terminated),
      count(({ truncated }) => truncated),
      megabytes.toFixed(1),
    ]]),
    textTable(["per episode", "least", "median", "mean", "most"], [
      spread("return", rows.map((row) => row.return)),
      spread("actions", rows.map(({ length }) => length)),
      spread("lives left", rows.map(({ lives }) => lives)),
    ]),
    textTable(
      ["action", "steps", "share"],
      [...actions].map(([name, taken]) => [name, taken, `${(100 * taken / Math.max(1, steps)).toFixed(1)} %`]),
    ),
  ].join("\n\n");
}

function spread(what: string, values: readonly number[]): (string | number)[] {
  const sorted = values.toSorted((a, b) => a - b), mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [what, sorted[0], sorted[Math.floor(sorted.length / 2)], mean.toFixed(1), sorted[sorted.length - 1]];
}
