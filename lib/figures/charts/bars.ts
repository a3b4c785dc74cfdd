/** Bars and pies of counts. */
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { categoryColours, INK } from "../theme.ts";
import { tickCount } from "./axes.ts";
import { emptyChart, type Threshold, thresholdLayers } from "./layout.ts";

/** One slice of a pie. */
export interface Part {
  /** Name, written beside the slice. */
  readonly label: string;
  /** How many; 0 or more. */
  readonly count: number;
  /** Default: the house colours in order. */
  readonly colour?: string;
}

/**
 * A pie of a few counts; each slice is labelled outside with its name, count and share (one decimal).
 *
 * @throws Error when a count is negative or not finite.
 */
export function pie(options: ChartOptions & { readonly parts: readonly Part[] }): Chart {
  const { parts, width = 300, height = 240 } = options;
  const total = totalOf(parts);
  if (total === 0) return emptyChart({ ...options, width, height }, "no entries");
  const colours = categoryColours(parts.length);
  const radius = Math.min(width / 2 - 62, height / 2 - 26);
  // Angles are computed here, clockwise from the top, so that labels and slices cannot disagree.
  let turned = 0;
  const coloured = parts.map((part, i) => ({ ...part, colour: part.colour ?? colours[i] }));
  const rows = coloured.filter(({ count }) => count > 0).map(({ label, count, colour }) => {
    const share = count / total, start = 2 * Math.PI * turned;
    turned += share;
    const end = 2 * Math.PI * turned, middle = (start + end) / 2;
    return {
      start,
      end,
      middle,
      colour,
      text: [label, `${count.toLocaleString("en-US")} (${(100 * share).toFixed(1)} %)`],
      right: Math.sin(middle) >= 0,
      // Over and under the pie the two lines of text need more distance than beside it.
      away: Math.round(radius + 10 + 12 * Math.abs(Math.cos(middle))),
    };
  });
  const exact = (field: string) => ({ field, type: "quantitative", scale: null, stack: null });
  const slices: Chart = {
    mark: { type: "arc", outerRadius: radius, stroke: "white", strokeWidth: 1.5 },
    encoding: {
      theta: exact("start"),
      theta2: { field: "end" },
      color: { field: "colour", type: "nominal", scale: null },
    },
  };
  const labels = [true, false].map((right): Chart => ({
    transform: [{ filter: `datum.right === ${right}` }],
    mark: {
      type: "text",
      align: right ? "left" : "right",
      baseline: "middle",
      lineHeight: 14,
      fontSize: 11.5,
      color: INK,
    },
    encoding: { theta: exact("middle"), radius: exact("away"), text: { field: "text" } },
  }));
  const { title } = heading(options) as { title?: object };
  return {
    // Six pixels more than a chart with a y axis, whose top label lifts its heading: beside each other they stand level.
    ...(title === undefined ? {} : { title: { offset: 14, ...title } }),
    width,
    height,
    data: { values: rows },
    layer: [slices, ...labels],
  };
}

/** What `bars` draws. */
export interface BarsOptions extends ChartOptions {
  /** One bar each; bars of the same `group` get one colour and stand together. */
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly group?: string;
    /** Ends of a whisker, such as the smallest and the largest of several seeds. */
    readonly spread?: readonly [number, number];
  }[];
  /** Title of the horizontal axis. */
  readonly x?: string;
  /** Title of the vertical axis. */
  readonly y?: string;
  /** One for each group, in order of appearance. */
  readonly colours?: readonly string[];
  /** Dashed horizontal lines: yardsticks, targets. */
  readonly thresholds?: readonly Threshold[];
  /** d3 format of the number over each bar (".2f", ".1%"); none when left out. */
  readonly format?: string;
  /** d3 format of the axis. */
  readonly axisFormat?: string;
}

/** Vertical bars, single or grouped, with optional whiskers and numbers. */
export function bars(options: BarsOptions): Chart {
  const { thresholds, format, height = 240 } = options;
  for (const { label, value } of options.bars) {
    if (!Number.isFinite(value)) throw new Error(`bars: expected finite values but found ${value} for '${label}'`);
  }
  if (options.bars.length === 0) return emptyChart(options, "no data");
  const groups = distinct(options.bars.map((bar) => bar.group ?? ""));
  const labels = distinct(options.bars.map((bar) => bar.label));
  const grouped = groups.length > 1 || groups[0] !== "";
  const colours = options.colours ?? categoryColours(Math.max(1, groups.length));
  const values = options.bars.map((bar) => ({
    label: bar.label,
    group: bar.group ?? "",
    value: bar.value,
    low: bar.spread?.[0] ?? null,
    high: bar.spread?.[1] ?? null,
  }));
  const x = {
    field: "label",
    type: "nominal",
    sort: null,
    scale: { domain: labels, paddingInner: 0.28, paddingOuter: 0.2 },
  };
  const offset = grouped ? { xOffset: { field: "group", type: "nominal", sort: null, scale: { domain: groups } } } : {};
  const axis = { title: options.x ?? null, axis: { labelAngle: 0, ticks: false, domainColor: "#888888" } };
  const top = { field: "value", type: "quantitative", title: options.y ?? null };
  const layers: Chart[] = [{
    mark: { type: "bar", ...(grouped ? {} : { fill: colours[0] }) },
    encoding: {
      x: { ...x, ...axis },
      ...offset,
      y: {
        ...top,
        scale: { zero: true, nice: tickCount(height) },
        axis: { tickCount: tickCount(height), ...(options.axisFormat ? { format: options.axisFormat } : {}) },
      },
      ...(grouped
        ? {
          fill: {
            field: "group",
            type: "nominal",
            title: null,
            scale: { domain: groups, range: colours },
            legend: { orient: "top", direction: "horizontal", symbolType: "square", symbolStrokeWidth: 0 },
          },
        }
        : {}),
    },
  }];
  if (options.bars.some((bar) => bar.spread)) {
    layers.push({
      transform: [{ filter: "datum.low !== null" }],
      mark: { type: "rule", color: INK, strokeWidth: 1.2 },
      encoding: { x, ...offset, y: { field: "low", type: "quantitative" }, y2: { field: "high" } },
    });
  }
  if (format !== undefined) {
    layers.push({
      transform: [{ calculate: "datum.high === null ? datum.value : max(datum.value, datum.high)", as: "top" }],
      mark: { type: "text", dy: -5, baseline: "bottom", fontSize: 10.5 },
      encoding: {
        x,
        ...offset,
        y: { field: "top", type: "quantitative" },
        text: { field: "value", type: "quantitative", format },
      },
    });
  }
  return {
    ...heading(options),
    width: options.width ?? Math.min(640, Math.max(220, 40 * options.bars.length)),
    height,
    layer: [{ data: { values }, layer: layers }, ...thresholdLayers("y", thresholds, true)],
  };
}

function totalOf(parts: readonly Part[]): number {
  let total = 0;
  for (const { label, count } of parts) {
    if (!(count >= 0 && Number.isFinite(count))) {
      throw new Error(`pie: expected a count of 0 or more but found ${count} for '${label}'`);
    }
    total += count;
  }
  return total;
}

function distinct(labels: readonly string[]): string[] {
  return [...new Set(labels)];
}
