/** A table of numbers as coloured cells. */
import { type ColourMap, inkOn, RULE_TO_CHANCE } from "../colour_map.ts";
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { MISSING } from "../theme.ts";

/** What `heatMap` draws. */
export interface HeatMapOptions extends ChartOptions {
  /** Row names, top to bottom; no name twice. */
  readonly rows: readonly (string | number)[];
  /** Column names, left to right; no name twice. */
  readonly columns: readonly (string | number)[];
  /** `[rows][columns]`; null (or NaN) is a cell without a value and is drawn grey. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Values of the two ends of the colour map; values outside take the colour of the nearer end. Default 0 … 2 (bits). */
  readonly domain?: readonly [number, number];
  /** Colours; default blue–yellow–red. */
  readonly map?: ColourMap;
  /** Title of the vertical axis. */
  readonly rowTitle?: string;
  /** Title of the horizontal axis. */
  readonly columnTitle?: string;
  /** Title of the colour bar. */
  readonly valueTitle?: string;
  /** What a grey cell means; default "not visited". */
  readonly missing?: string;
  /** d3 format of numbers written into the cells (".2f"); none when left out. */
  readonly format?: string;
  /** Pixels of a cell; default by the size of the table. */
  readonly cellWidth?: number;
  /** Pixels of a cell; default by the size of the table. */
  readonly cellHeight?: number;
}

/**
 * A heat map of categories × categories, by default on a diverging blue–yellow–red scale from 0 to 2 bits.
 *
 * @throws Error when the values do not fit the names or a name occurs twice.
 */
export function heatMap(options: HeatMapOptions): Chart {
  const { values, map = RULE_TO_CHANCE, missing = "not visited" } = options;
  const [low, high] = options.domain ?? [0, 2];
  const rows = unique(options.rows, "row"), columns = unique(options.columns, "column");
  const bad = values.findIndex((row) => row.length !== columns.length);
  if (values.length !== rows.length || bad >= 0) {
    const found = bad >= 0 ? `${values[bad].length} values in row ${bad}` : `${values.length} rows`;
    throw new Error(`heatMap: expected ${rows.length} rows of ${columns.length} values but found ${found}`);
  }
  const cells = values.flatMap((row, r) =>
    row.map((value, c) => {
      const known = value !== null && !Number.isNaN(value);
      return known
        ? { row: rows[r], column: columns[c], value, ink: inkOn(map, (value - low) / (high - low)) }
        : { row: rows[r], column: columns[c], value: null };
    })
  );
  const cellWidth = options.cellWidth ?? clamp(Math.floor(420 / columns.length), 9, 44);
  const cellHeight = options.cellHeight ?? clamp(Math.floor(520 / rows.length), 9, 30);
  const barLength = clamp(rows.length * cellHeight - 30, 80, 240);
  const axis = { ticks: false, domain: false, labelPadding: 5, labelOverlap: true };
  const x = {
    field: "column",
    type: "nominal",
    sort: null,
    title: options.columnTitle ?? null,
    scale: { domain: columns },
    axis: {
      ...axis,
      labelAngle: columns.some((name) => 7 * name.length > cellWidth + 8) && columns.length <= 40 ? -90 : 0,
    },
  };
  const y = {
    field: "row",
    type: "nominal",
    sort: null,
    title: options.rowTitle ?? null,
    scale: { domain: rows },
    axis,
  };
  const edge = { type: "rect", stroke: "white", strokeWidth: Math.min(cellWidth, cellHeight) > 12 ? 1 : 0.5 };
  const layers: Chart[] = [{
    transform: [{ filter: "datum.value !== null" }],
    mark: edge,
    encoding: {
      x,
      y,
      color: {
        field: "value",
        type: "quantitative",
        title: options.valueTitle ?? null,
        scale: { domain: [low, high], range: map.stops, interpolate: "rgb", clamp: true },
        legend: {
          gradientLength: barLength,
          gradientThickness: 12,
          titlePadding: 8,
          tickCount: barLength < 150 ? 2 : 5,
        },
      },
    },
  }];
  if (cells.some((cell) => cell.value === null)) {
    layers.push({
      transform: [{ filter: "datum.value === null" }, { calculate: JSON.stringify(missing), as: "state" }],
      mark: edge,
      encoding: {
        x,
        y,
        fill: {
          field: "state",
          type: "nominal",
          title: null,
          scale: { domain: [missing], range: [MISSING] },
          legend: { symbolType: "square", symbolStrokeWidth: 0, symbolSize: 120 },
        },
      },
    });
  }
  if (options.format !== undefined) {
    layers.push({
      transform: [{ filter: "datum.value !== null" }],
      mark: { type: "text", fontSize: clamp(Math.floor(cellHeight * 0.5), 7, 11) },
      encoding: {
        x,
        y,
        text: { field: "value", type: "quantitative", format: options.format },
        color: { field: "ink", type: "nominal", scale: null },
      },
    });
  }
  return {
    ...heading(options),
    width: { step: cellWidth },
    height: { step: cellHeight },
    data: { values: cells },
    layer: layers,
    ...(options.format === undefined ? {} : { resolve: { scale: { color: "independent" } } }),
  };
}

function unique(names: readonly (string | number)[], what: string): string[] {
  const texts = names.map(String);
  const twice = texts.find((name, i) => texts.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`heatMap: expected different ${what} names but found '${twice}' twice`);
  return texts;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
