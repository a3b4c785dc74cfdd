/** Points in the plane: embeddings, one quantity against another. */
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { categoryColours, RULE } from "../theme.ts";
import { emptyChart, type Threshold, thresholdLayers } from "./layout.ts";

/** What `scatter` draws. */
export interface ScatterOptions extends ChartOptions {
  /** Horizontal coordinates. */
  readonly x: ArrayLike<number>;
  /** Vertical coordinates, as many. */
  readonly y: ArrayLike<number>;
  /** Category of each point; it chooses the colour. */
  readonly groups?: ArrayLike<string | number>;
  /** Order (and choice) of the categories in the legend; default: in order of appearance. */
  readonly groupOrder?: readonly (string | number)[];
  /** Title of the legend. */
  readonly groupTitle?: string;
  /** One for each group, or one for all points. */
  readonly colours?: readonly string[];
  /** Title of the horizontal axis. */
  readonly xTitle?: string;
  /** Title of the vertical axis. */
  readonly yTitle?: string;
  /** Area of a point in square pixels; default by the number of points. */
  readonly size?: number;
  /** Hides ticks and grid, for embeddings whose axes mean nothing. */
  readonly bare?: boolean;
  /** Draws the line y = x. */
  readonly diagonal?: boolean;
  /** Dashed horizontal lines. */
  readonly thresholds?: readonly Threshold[];
}

/**
 * A scatter plot.
 *
 * @throws Error when the lengths differ or a coordinate is not finite.
 */
export function scatter(options: ScatterOptions): Chart {
  const { x, y, groups, bare = false } = options;
  const count = x.length;
  if (y.length !== count || (groups !== undefined && groups.length !== count)) {
    throw new Error(
      `scatter: expected ${count} values everywhere (as in x) but found y ${y.length}, groups ${groups?.length ?? "-"}`,
    );
  }
  if (count === 0) return emptyChart({ width: 340, height: 300, ...options }, "no points");
  const values = Array.from({ length: count }, (_, i) => {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) {
      throw new Error(`scatter: expected finite coordinates but found (${x[i]}, ${y[i]}) at index ${i}`);
    }
    return { x: x[i], y: y[i], ...(groups === undefined ? {} : { group: String(groups[i]) }) };
  });
  const order = (options.groupOrder ?? (groups === undefined ? [] : [...new Set(Array.from(groups))])).map(String);
  const position = (field: "x" | "y", title?: string) => ({
    field,
    type: "quantitative",
    title: title ?? null,
    scale: { zero: false, nice: true, padding: bare ? 6 : 0 },
    axis: bare ? { ticks: false, labels: false, grid: false, domainColor: "#cccccc" } : { tickCount: 6, grid: true },
  });
  const points: Chart = {
    data: { values },
    mark: {
      type: "circle",
      opacity: count > 2000 ? 0.45 : 0.7,
      size: options.size ?? Math.max(6, Math.min(48, 24000 / Math.max(1, count))),
      ...(groups === undefined ? { color: options.colours?.[0] ?? RULE } : {}),
    },
    encoding: {
      x: position("x", options.xTitle),
      y: position("y", options.yTitle),
      ...(groups === undefined ? {} : {
        color: {
          field: "group",
          type: "nominal",
          title: options.groupTitle ?? null,
          scale: { domain: order, range: options.colours ?? categoryColours(order.length) },
          legend: { symbolOpacity: 1, symbolSize: 80, columns: order.length > 16 ? 2 : 1 },
        },
      }),
    },
  };
  const all = [...Array.from(x), ...Array.from(y)];
  const ends = all.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
  const diagonal: Chart[] = options.diagonal
    ? [{
      data: { values: ends.map((end) => ({ x: end, y: end })) },
      mark: { type: "line", color: "#9a9a9a", strokeDash: [4, 4], strokeWidth: 1.2 },
      encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
    }]
    : [];
  return {
    ...heading(options),
    width: options.width ?? 340,
    height: options.height ?? 300,
    layer: [...diagonal, points, ...thresholdLayers("y", options.thresholds)],
  };
}
