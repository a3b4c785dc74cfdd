import { CATEGORY_COLOURS, curves, type Figure, figure } from "../../../figures/mod.ts";
import type { CoarseSweep } from "../coarse.ts";

/** The changed/unchanged ratio against how many tiles share one code, with the perfect predictor's value as lines (spec 1 §7.5). */
export function coarseCodebookFigure(
  sweeps: readonly CoarseSweep[],
  { model = null }: { model?: number | null } = {},
): Figure {
  const most = sweeps.flatMap(({ rows }) => rows).reduce((a, row) => Math.max(a, row.ratio ?? 0), 0);
  return figure(
    "2048_coarse_codebooks",
    "Changed/unchanged ratio of a predictor that knows only code and action, for ever coarser codes of 2048. Merging the small tiles " +
      `raises it to ${
        most.toFixed(0)
      }: the ratio measures how rarely codes change, not how much is left to chance. Dashed: a perfect ` +
      "predictor on exact codes.",
    curves({
      title: "Any ratio can be had by merging tiles",
      subtitle:
        "changed/unchanged, of the best guess from code and action alone; dashed: a perfect predictor, tile by tile",
      series: sweeps.map(({ label, rows }, i) => ({
        label,
        x: rows.map((row) => row.mergedUpTo),
        y: rows.map((row) => row.ratio ?? NaN),
        colour: CATEGORY_COLOURS[i],
      })),
      x: "Tiles up to 2ˣ share one code (0: each tile has its own)",
      y: "Ratio",
      logY: true,
      xRange: [-0.1, 6.4],
      yRange: [0.5, Math.max(40, 1.5 * most)],
      dots: true,
      width: 520,
      height: 300,
      thresholds: [
        { at: 14, label: "14×, the promise" },
        ...(model === null ? [] : [{ at: model, label: `this model, ${model.toFixed(2)}` }]),
        // Three labels would overlap; the colours say whose line it is.
        ...sweeps.flatMap(({ perfect }, i) => perfect === null ? [] : [{ at: perfect, colour: CATEGORY_COLOURS[i] }]),
      ],
    }),
  );
}
