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
  readonly height?: number;
}

/** The title part of a chart; empty when there is none. */
export function heading(options: { readonly title?: string; readonly subtitle?: string }): Chart {
  if (options.title === undefined && options.subtitle === undefined) return {};
  return {
    title: { text: options.title ?? "", ...(options.subtitle === undefined ? {} : { subtitle: options.subtitle }) },
  };
}
