/** Histograms, alone, split by group, or side by side. */
import { countBins } from "../bins.ts";
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { categoryColours } from "../theme.ts";
import { tickCount } from "./axes.ts";
import { beside, emptyChart, type Threshold, thresholdLayers } from "./layout.ts";

/** What `histogram` draws. */
export interface HistogramOptions extends ChartOptions {
  /** The values, or several groups of values that are drawn over each other on common bins. */
  readonly values: ArrayLike<number> | { readonly [group: string]: ArrayLike<number> };
  /** Number of equal bins between the ends of the range; default 50. */
  readonly bins?: number;
  /** Default: smallest to largest of all values. */
  readonly range?: readonly [number, number];
  /** One colour, or one for each group. */
  readonly colours?: readonly string[];
  /** Dashed vertical lines. */
  readonly thresholds?: readonly Threshold[];
  /** Title of the horizontal axis. */
  readonly x?: string;
  /** Title of the vertical axis; default `Count` or `Share`. */
  readonly y?: string;
  /** `share` divides each group by its own size, so that groups of unlike sizes compare. Default `count`. */
  readonly measure?: "count" | "share";
  /** `sqrt` keeps small bins visible beside a tall one. Default `linear`. */
  readonly yScale?: "linear" | "sqrt";
}

/**
 * A histogram. Only the counts are stored, not the values.
 *
 * @throws Error when a value is not finite.
 */
export function histogram(options: HistogramOptions): Chart {
  const { values, bins = 50, measure = "count", thresholds, width = 420, height = 240 } = options;
  const groups: [string, ArrayLike<number>][] = isArrayLike(values) ? [["", values]] : Object.entries(values);
  const colours = options.colours ?? categoryColours(groups.length);
  const [low, high] = options.range ?? span(groups.map(([, group]) => group));
  const rows = groups.flatMap(([group, members]) => {
    const { edges, counts } = countBins(members, bins, low, high);
    const whole = Math.max(1, members.length);
    return counts.map((count, i) => ({
      group,
      from: edges[i],
      to: edges[i + 1],
      amount: measure === "count" ? count : count / whole,
    }));
  });
  if (rows.every((row) => row.amount === 0)) return emptyChart(options, "no values");
  const split = !isArrayLike(values);
  const drawn = rows.filter((row) => row.amount > 0);
  const bars: Chart = {
    data: { values: drawn },
    mark: {
      type: "bar",
      orient: "vertical",
      stroke: "white",
      strokeWidth: 0.5,
      fillOpacity: split ? 0.68 : 1,
      ...(split ? {} : { fill: colours[0] }),
    },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        title: options.x ?? null,
        scale: { domain: shownRange(rows, thresholds), nice: false, zero: false },
        axis: { tickCount: tickCount(width) + 1 },
      },
      x2: { field: "to" },
      y: {
        field: "amount",
        type: "quantitative",
        stack: null,
        title: options.y ?? (measure === "count" ? "Count" : "Share"),
        scale: { type: options.yScale ?? "linear", zero: true, nice: tickCount(height) },
        axis: { tickCount: tickCount(height), ...(measure === "share" ? { format: ".0%" } : {}) },
      },
      y2: { datum: 0 },
      ...(split
        ? {
          fill: {
            field: "group",
            type: "nominal",
            title: null,
            scale: { domain: groups.map(([group]) => group), range: colours },
            legend: {
              orient: "top",
              direction: "horizontal",
              symbolType: "square",
              symbolOpacity: 0.8,
              symbolStrokeWidth: 0,
            },
          },
        }
        : {}),
    },
  };
  return {
    ...heading(options),
    width,
    height,
    layer: [bars, ...thresholdLayers("x", thresholds)],
  };
}

/** Histograms in one row with a common heading; bins and ranges are each histogram's own unless given. */
export function histograms(
  parts: readonly HistogramOptions[],
  options: { title?: string; subtitle?: string } = {},
): Chart {
  return beside(parts.map((part) => histogram({ width: 380, ...part })), options);
}

function isArrayLike(values: HistogramOptions["values"]): values is ArrayLike<number> {
  return typeof (values as ArrayLike<number>).length === "number";
}

function span(groups: readonly ArrayLike<number>[]): [number, number] | [undefined, undefined] {
  let low = Infinity, high = -Infinity;
  for (const group of groups) {
    for (let i = 0; i < group.length; i++) {
      low = Math.min(low, group[i]);
      high = Math.max(high, group[i]);
    }
  }
  return low <= high ? [low, high] : [undefined, undefined];
}

/** From the first to the last edge, and as far as the thresholds lie: a dashed line outside the axis would be lost. */
function shownRange(
  rows: readonly { from: number; to: number }[],
  thresholds: readonly Threshold[] = [],
): [number, number] {
  const places = [...rows.flatMap(({ from, to }) => [from, to]), ...thresholds.map(({ at }) => at)];
  return [places.reduce((a, b) => Math.min(a, b), Infinity), places.reduce((a, b) => Math.max(a, b), -Infinity)];
}
