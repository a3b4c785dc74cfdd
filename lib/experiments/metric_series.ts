import { CATEGORY_COLOURS, type Series } from "../figures/mod.ts";
import { metricSeries, type MetricsRow } from "../runs/mod.ts";

/** Logged metrics as lines of a chart, in the order and colours of their names; metrics that were never logged are left out. */
export function seriesOf(rows: readonly MetricsRow[], names: Readonly<Record<string, string>>): Series[] {
  return Object.entries(names).flatMap(([key, label], i) => {
    const { steps, values } = metricSeries(rows, key);
    return steps.length ? [{ label, x: steps, y: values, colour: CATEGORY_COLOURS[i] }] : [];
  });
}

/** Rows of one stage of a training. */
export function stageRows(rows: readonly MetricsRow[], stage: string): MetricsRow[] {
  return rows.filter((row) => row.stage === stage);
}
