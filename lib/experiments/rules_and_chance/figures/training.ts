import { below, type Chart, curves, type Figure, figure } from "../../../figures/mod.ts";
import type { MetricsRow } from "../../../runs/mod.ts";
import { seriesOf, stageRows } from "../../metric_series.ts";
import { gameTitle } from "../claims.ts";
import type { GameName } from "../settings.ts";

/** Losses that share a logarithmic axis, in their order of colours. */
const LOSSES = ["loss", "reconstruction", "commitment", "transition"];
/** What `evaluationRow` logs, with its axis. */
const EVALUATIONS: readonly { title: string; names: Readonly<Record<string, string>>; y: string }[] = [
  { title: "Entropy ratios", names: { ratio: "changed / unchanged", chanceOverRule: "chance / rule" }, y: "Ratio" },
  {
    title: "Entropy (bits)",
    names: { meanEntropy: "mean", chanceBits: "chance cells", ruleBits: "rule cells" },
    y: "Bits",
  },
  {
    title: "Shares",
    names: { accuracy: "accuracy", changedAccuracy: "accuracy where codes change", below01: "below 0.1 bit" },
    y: "Share",
  },
];

/**
 * Training curves: the losses of every stage, and, where rows of `evaluationRow` are among the metrics, ratios, entropies and accuracy.
 *
 * @param perfect ratio of the perfect predictor, drawn as a line
 */
export function trainingFigure(
  game: GameName,
  rows: readonly MetricsRow[],
  { perfect = null }: { perfect?: number | null } = {},
): Figure {
  const name = gameTitle(game),
    stages = [...new Set(rows.map((row) => row.stage))].filter((s) => typeof s === "string");
  const charts: Chart[] = stages.flatMap((stage) => {
    const own = stageRows(rows, stage);
    const series = seriesOf(own, Object.fromEntries(LOSSES.map((loss) => [loss, loss])));
    return series.length === 0
      ? []
      : [curves({ title: `Losses, ${stage}`, series, x: "Step", logY: true, width: 560, height: 130 })];
  });
  for (const { title, names, y } of EVALUATIONS) {
    const series = seriesOf(rows, names);
    if (series.length === 0) continue;
    const thresholds = "ratio" in names && perfect !== null
      ? [{ at: perfect, label: `perfect predictor, changed / unchanged ${perfect.toFixed(2)}` }]
      : [];
    charts.push(curves({ title, series, x: "Step", y, dots: true, width: 560, height: 130, thresholds }));
  }
  return figure(
    `${game}_training`,
    `Training of ${name}: ${charts.length} panels over the training steps.`,
    below(charts, { title: `${name}: training` }),
  );
}
