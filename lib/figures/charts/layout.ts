/** Pieces that several charts use: charts beside each other, marked thresholds, a canvas measured in pixels. */
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { SOFT_INK, THRESHOLD } from "../theme.ts";

/** Charts in one row under a common heading. Each keeps its own scales and legend. */
export function beside(
  charts: readonly Chart[],
  options: { title?: string; subtitle?: string; spacing?: number } = {},
): Chart {
  return { ...heading(options), spacing: options.spacing ?? 40, hconcat: charts.map(panel), resolve: INDEPENDENT };
}

/** Charts in one column under a common heading. Each keeps its own scales and legend. */
export function below(
  charts: readonly Chart[],
  options: { title?: string; subtitle?: string; spacing?: number } = {},
): Chart {
  return { ...heading(options), spacing: options.spacing ?? 32, vconcat: charts.map(panel), resolve: INDEPENDENT };
}

/** Headings of panels are smaller than the heading of the whole. */
function panel(chart: Chart): Chart {
  const { title } = chart;
  return typeof title === "object" && title !== null
    ? { ...chart, title: { fontSize: 12, offset: 8, ...title } }
    : chart;
}

const INDEPENDENT = {
  scale: { color: "independent", fill: "independent" },
  legend: { color: "independent", fill: "independent" },
};

/** A value marked by a dashed line across the chart. */
export interface Threshold {
  /** Where on the axis. */
  readonly at: number;
  /** Text beside the line. */
  readonly label?: string;
  /** Default: dark red. */
  readonly colour?: string;
}

/**
 * Layers that draw dashed lines across `axis` at the given values, each with its label: beside the line, or (`outside`, for charts whose
 * marks fill the plot) to the right of the plot.
 */
export function thresholdLayers(axis: "x" | "y", thresholds: readonly Threshold[] = [], outside = false): Chart[] {
  return thresholds.flatMap(({ at, label, colour = THRESHOLD }) => {
    const data = { values: [{ at }] };
    const encoding = { [axis]: { field: "at", type: "quantitative" } };
    const line: Chart = { data, mark: { type: "rule", color: colour, strokeDash: [5, 4], strokeWidth: 1.4 }, encoding };
    if (label === undefined) return [line];
    const place = axis === "x"
      ? { align: "left", baseline: "top", dx: 5, y: 2 }
      : outside
      ? { align: "left", baseline: "middle", dx: 6, x: "width" }
      : { align: "right", baseline: "bottom", dy: -3, x: "width" };
    const text = { type: "text", text: label, ...place };
    // A white copy with a thick outline keeps the label readable on top of lines and bars.
    const halo: Chart = { data, mark: { ...text, color: "white", stroke: "white", strokeWidth: 3 }, encoding };
    return [line, ...(outside ? [] : [halo]), { data, mark: { ...text, color: colour }, encoding }];
  });
}

/** Encoding of a position that is already in pixels of a `width` or `height` wide canvas; y counts downwards, like in pictures. */
export function pixels(field: string, extent: number, axis: "x" | "y"): Chart {
  const domain = axis === "x" ? [0, extent] : [extent, 0];
  return { field, type: "quantitative", axis: null, scale: { domain, nice: false, zero: false } };
}

/** Stands in the place of a chart without data, so that an empty result is seen as one. */
export function emptyChart(options: ChartOptions, text: string): Chart {
  const { width = 420, height = 240 } = options;
  return {
    ...heading(options),
    width,
    height,
    data: { values: [{}] },
    mark: { type: "text", text, color: SOFT_INK, fontSize: 12 },
  };
}
