import { SOFT_INK } from "./theme.ts";

/**
 * A chart as data: the plain JSON of Vega-Lite 6.
 *
 * Builders in `charts/` return a `Chart` (no schema, no theme), so that charts can be put beside each other; `figure()` adds
 * both and gives the whole a name.
 */
export type Chart = { readonly [property: string]: unknown };

/** A complete Vega-Lite specification: a chart with `$schema` and the house theme. */
export type Spec = Chart & { readonly $schema: string };

/** What every chart builder accepts. */
export interface ChartOptions {
  /** Heading of the chart; a finding reads better than a noun ("Chance cells stay near 0.85 bit"). */
  readonly title?: string;
  /** Smaller grey line under the heading. */
  readonly subtitle?: string;
  /** Pixels of the plotting area, without axes and legend. */
  readonly width?: number;
  /** Pixels of the plotting area, without axes and heading. */
  readonly height?: number;
}

/** The title part of a chart; empty when there is none. A subtitle without title keeps its own smaller type. */
export function heading({ title, subtitle }: { readonly title?: string; readonly subtitle?: string }): Chart {
  if (title !== undefined) return { title: { text: title, ...(subtitle === undefined ? {} : { subtitle }) } };
  if (subtitle === undefined) return {};
  return { title: { text: subtitle, fontSize: 11.5, fontWeight: "normal", color: SOFT_INK } };
}
