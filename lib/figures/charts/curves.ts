/** Lines over a number axis: training curves, sweeps, schedules. */
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { categoryColours } from "../theme.ts";
import { numberAxis } from "./axes.ts";
import { emptyChart, type Threshold, thresholdLayers } from "./layout.ts";

/** One line. */
export interface Series {
  /** Name in the legend. */
  readonly label: string;
  /** Rising positions along the horizontal axis. */
  readonly x: ArrayLike<number>;
  /** One value for each x. NaN leaves a gap. */
  readonly y: ArrayLike<number>;
  /** Lower and upper edge of a shaded band, one value each for each x (see `seedBand`). */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
  /** Default: the house colours in order. */
  readonly colour?: string;
  /** Draws the line dashed, for yardsticks and second quantities. */
  readonly dashed?: boolean;
}

/** What `curves` draws. */
export interface CurvesOptions extends ChartOptions {
  /** The lines, in the order of the legend. */
  readonly series: readonly Series[];
  /** Title of the horizontal axis. */
  readonly x?: string;
  /** Title of the vertical axis. */
  readonly y?: string;
  /** Logarithmic horizontal axis. */
  readonly logX?: boolean;
  /** Logarithmic vertical axis. */
  readonly logY?: boolean;
  /** Ends of the horizontal axis; default by the data. */
  readonly xRange?: readonly [number, number];
  /** Ends of the vertical axis; default by the data. Lines are cut off there. */
  readonly yRange?: readonly [number, number];
  /** Draws a dot at every value; for sweeps of few points. */
  readonly dots?: boolean;
  /** Starts the y axis at 0 (linear axes). Default true. */
  readonly zero?: boolean;
  /** d3 format of the y axis (".0%"). */
  readonly yFormat?: string;
  /** Dashed horizontal lines: yardsticks, thresholds. */
  readonly thresholds?: readonly Threshold[];
}

/**
 * Lines with an optional band. Values that a logarithmic axis cannot show (≤ 0) are left out, and the subtitle says how many.
 *
 * @throws Error when a series has unequal lengths.
 */
export function curves(options: CurvesOptions): Chart {
  const { series, thresholds, logX = false, logY = false } = options;
  const palette = categoryColours(series.length);
  const colours = series.map((one, i) => one.colour ?? palette[i]);
  let hidden = 0;
  const fits = (x: number, ys: readonly number[]) => {
    if (!Number.isFinite(x) || !ys.every(Number.isFinite)) return false;
    if ((logX && x <= 0) || (logY && ys.some((y) => y <= 0))) {
      hidden++;
      return false;
    }
    return true;
  };
  const lines = series.flatMap((one) => {
    lengths(one);
    // `part` counts the unbroken stretches, so that a gap stays a gap.
    let part = 0, open = false;
    return Array.from(one.x, (x, i) => {
      const shown = fits(x, [one.y[i]]);
      if (!shown && open) part++;
      open = shown;
      return shown ? { series: one.label, part, x, y: one.y[i] } : null;
    }).filter((row) => row !== null);
  });
  const bands = series.flatMap((one) => {
    const { band } = one;
    if (!band) return [];
    return Array.from(one.x, (x, i) => ({ series: one.label, x, low: band.low[i], high: band.high[i] }))
      .filter((row) =>
        Number.isFinite(row.low) && Number.isFinite(row.high) && (!logX || row.x > 0) && (!logY || row.low > 0)
      );
  });
  const note = hidden === 0
    ? []
    : [`${hidden} value${hidden === 1 ? "" : "s"} ≤ 0 cannot be shown on a logarithmic axis`];
  const subtitle = [...(options.subtitle === undefined ? [] : [options.subtitle]), ...note].join(" · ");
  const head = { title: options.title, subtitle: subtitle === "" ? undefined : subtitle };
  if (lines.length === 0) return emptyChart({ ...options, ...head }, "no values");
  const domain = series.map((one) => one.label);
  const legend = series.length > 1
    ? {
      orient: "top",
      direction: "horizontal",
      columns: 4,
      symbolType: "stroke",
      symbolSize: 220,
      symbolStrokeWidth: 2.5,
    }
    : null;
  const named = { field: "series", type: "nominal", title: null, legend };
  const colour = { ...named, scale: { domain, range: colours } };
  const width = options.width ?? 420, height = options.height ?? 240;
  const across = { log: logX, range: options.xRange, zero: false, values: lines.map((row) => row.x), pixels: width };
  const up = {
    log: logY,
    range: options.yRange,
    zero: options.zero ?? true,
    values: [
      ...lines.map((row) => row.y),
      ...bands.flatMap((row) => [row.low, row.high]),
      ...(thresholds ?? []).map(({ at }) => at),
    ],
    pixels: height,
    format: options.yFormat,
  };
  const x = { field: "x", type: "quantitative", title: options.x ?? null, ...numberAxis(across) };
  const y = { field: "y", type: "quantitative", title: options.y ?? null, ...numberAxis(up) };
  const dashes = series.some((one) => one.dashed)
    ? { strokeDash: { ...named, scale: { domain, range: series.map((one) => one.dashed ? [5, 4] : [1, 0]) } } }
    : {};
  const layers: Chart[] = [];
  if (bands.length > 0) {
    layers.push({
      data: { values: bands },
      mark: { type: "area", fillOpacity: 0.2, strokeWidth: 0, clip: true },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: colour },
    });
  }
  layers.push({
    data: { values: lines },
    mark: {
      type: "line",
      clip: options.yRange !== undefined,
      ...(options.dots ? { point: { filled: true, size: 42 } } : {}),
    },
    encoding: { x, y, color: colour, detail: { field: "part" }, ...dashes },
  });
  return {
    ...heading(head),
    width,
    height,
    layer: [...layers, ...thresholdLayers("y", thresholds)],
  };
}

/** Mean and range of several runs that were measured at the same x. */
export interface SeedBand {
  /** Mean over the runs. */
  readonly y: number[];
  /** Smallest and largest of the runs. */
  readonly band: { readonly low: number[]; readonly high: number[] };
}

/**
 * Mean, smallest and largest over runs (one per seed), for the `y` and `band` of a series. With few seeds the range is honest where
 * a standard deviation is not.
 *
 * @param runs `[seeds][points]`, all of the same length.
 * @throws Error when there is no run or the lengths differ.
 */
export function seedBand(runs: readonly ArrayLike<number>[]): SeedBand {
  if (runs.length === 0) throw new Error("seedBand: expected at least one run but found none");
  const points = runs[0].length;
  for (const [i, run] of runs.entries()) {
    if (run.length !== points) {
      throw new Error(`seedBand: expected ${points} points in every run but found ${run.length} in run ${i}`);
    }
  }
  const at = (i: number) => runs.map((run) => run[i]);
  const each = (f: (values: number[]) => number) => Array.from({ length: points }, (_, i) => f(at(i)));
  return {
    y: each((values) => values.reduce((a, b) => a + b, 0) / values.length),
    band: { low: each((values) => Math.min(...values)), high: each((values) => Math.max(...values)) },
  };
}

function lengths({ label, x, y, band }: Series): void {
  for (const [name, other] of [["y", y], ["band.low", band?.low], ["band.high", band?.high]] as const) {
    if (other !== undefined && other.length !== x.length) {
      throw new Error(
        `curves: expected ${x.length} values in ${name} of '${label}' (as many as x) but found ${other.length}`,
      );
    }
  }
}
