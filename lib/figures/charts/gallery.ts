/** Pictures in charts: galleries and strips. The pixels stand in the chart as data URLs. */
import { type ColourMap, RULE_TO_CHANCE } from "../colour_map.ts";
import { factorFor, type Picture, upscale } from "../picture.ts";
import { pngUrl } from "../png.ts";
import { type Chart, type ChartOptions, heading } from "../spec.ts";
import { SOFT_INK } from "../theme.ts";
import { pixels } from "./layout.ts";

/** What `gallery` draws. */
export interface GalleryOptions extends ChartOptions {
  /** Pictures with up to a few short lines of text under each. */
  readonly pictures: readonly { readonly picture: Picture; readonly lines?: readonly string[] }[];
  /** Pictures in a row; default 16. */
  readonly columns?: number;
  /** Pixels of the longer side of a picture on paper; default 40. */
  readonly size?: number;
}

/** Many small pictures in rows, each with its text. */
export function gallery(options: GalleryOptions): Chart {
  const { pictures, columns = 16, size = 40 } = options;
  if (pictures.length === 0) throw new Error("gallery: expected at least one picture but found none");
  const textLines = Math.max(...pictures.map(({ lines }) => lines?.length ?? 0));
  const cellWidth = Math.max(size + 10, 0), cellHeight = size + 10 + 13 * textLines;
  const across = Math.min(columns, pictures.length), rows = Math.ceil(pictures.length / columns);
  const width = across * cellWidth, height = rows * cellHeight;
  const values = pictures.map(({ picture, lines = [] }, i) => ({
    ...placed(picture, size),
    x: (i % columns) * cellWidth + cellWidth / 2,
    y: Math.floor(i / columns) * cellHeight + size / 2,
    text: lines,
    textY: Math.floor(i / columns) * cellHeight + size + 4,
  }));
  return {
    ...heading(options),
    width,
    height,
    data: { values },
    layer: [
      imageMark("x", "y", width, height),
      {
        mark: { type: "text", baseline: "top", fontSize: 9.5, lineHeight: 12, color: SOFT_INK },
        encoding: { x: pixels("x", width, "x"), y: pixels("textY", height, "y"), text: { field: "text" } },
      },
    ],
  };
}

/** What `strip` draws. */
export interface StripOptions extends ChartOptions {
  /** Text over each column; may be empty. */
  readonly captions?: readonly string[];
  /** Rows of pictures, or of small tables of numbers that are drawn as coloured cells with a common colour bar. */
  readonly rows: readonly StripRow[];
  /** Pixels of the longer side of a picture on paper; default 84. */
  readonly size?: number;
  /** Scale of the number rows. Default 0 … 2, blue–yellow–red. */
  readonly domain?: readonly [number, number];
  /** Colours of the number rows. */
  readonly map?: ColourMap;
  /** Title of the colour bar. */
  readonly valueTitle?: string;
}

/** One row of a strip: pictures, or tables of numbers. */
export type StripRow =
  | { readonly label: string; readonly pictures: readonly Picture[] }
  | { readonly label: string; readonly heat: readonly HeatTable[] };

/** `[height, width]` numbers. */
export interface HeatTable {
  /** Row after row; NaN is not drawn. */
  readonly values: ArrayLike<number>;
  /** Numbers in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * Rows of pictures with a label at the left of each row and a caption over each column: frame, reconstruction, prediction, and an
 * entropy map under them.
 */
export function strip(options: StripOptions): Chart {
  const { rows, captions = [], size = 84, map = RULE_TO_CHANCE } = options;
  const [low, high] = options.domain ?? [0, 2];
  const gap = 8, top = captions.length > 0 ? 18 : 0;
  const columns = Math.max(
    captions.length,
    ...rows.map((row) => "heat" in row ? row.heat.length : row.pictures.length),
  );
  const width = columns * (size + gap) - gap, height = top + rows.length * (size + gap) - gap;
  const left = (i: number) => i * (size + gap), above = (i: number) => top + i * (size + gap);
  const images = rows.flatMap((row, r) =>
    "heat" in row
      ? []
      : row.pictures.map((picture, c) => ({ ...placed(picture, size), x: left(c) + size / 2, y: above(r) + size / 2 }))
  );
  const cells = rows.flatMap((row, r) =>
    "heat" in row ? row.heat.flatMap((table, c) => cellsOf(table, left(c), above(r), size)) : []
  );
  const x = pixels("x", width, "x"), y = pixels("y", height, "y");
  const layers: Chart[] = [];
  if (images.length > 0) layers.push({ data: { values: images }, ...imageMark("x", "y", width, height) });
  if (cells.length > 0) {
    layers.push({
      data: { values: cells },
      mark: { type: "rect", stroke: "white", strokeWidth: 0.5 },
      encoding: {
        x,
        y,
        x2: { field: "x2" },
        y2: { field: "y2" },
        color: {
          field: "value",
          type: "quantitative",
          title: options.valueTitle ?? null,
          scale: { domain: [low, high], range: map.stops, interpolate: "rgb", clamp: true },
          legend: {
            orient: "bottom",
            gradientLength: Math.min(240, width),
            gradientThickness: 10,
            direction: "horizontal",
            tickCount: 4,
            offset: 10,
          },
        },
      },
    });
  }
  layers.push({
    data: { values: rows.map((row, r) => ({ text: row.label.split("\n"), x: 0, y: above(r) + size / 2 })) },
    mark: { type: "text", align: "right", baseline: "middle", dx: -10, fontSize: 11.5, lineHeight: 14 },
    encoding: { x, y, text: { field: "text" } },
  });
  if (captions.length > 0) {
    layers.push({
      data: { values: captions.map((text, c) => ({ text, x: left(c) + size / 2, y: 6 })) },
      mark: { type: "text", fontSize: 11, color: SOFT_INK },
      encoding: { x, y, text: { field: "text" } },
    });
  }
  return { ...heading(options), width, height, layer: layers };
}

/** Picture as URL with its size on paper; pixels are enlarged by whole factors first, so that they stay square and sharp. */
function placed(picture: Picture, size: number): { url: string; w: number; h: number } {
  const ratio = size / Math.max(picture.width, picture.height);
  const sharp = upscale(picture, factorFor(picture, 2 * size));
  return { url: pngUrl(sharp), w: picture.width * ratio, h: picture.height * ratio };
}

function imageMark(x: string, y: string, width: number, height: number): Chart {
  return {
    mark: { type: "image", aspect: false, width: { expr: "datum.w" }, height: { expr: "datum.h" } },
    encoding: { x: pixels(x, width, "x"), y: pixels(y, height, "y"), url: { field: "url", type: "nominal" } },
  };
}

function cellsOf(table: HeatTable, left: number, top: number, size: number): Chart[] {
  const { values, width, height } = table;
  if (values.length !== width * height) {
    throw new Error(`strip: expected ${height} × ${width} numbers in a heat row but found ${values.length}`);
  }
  const w = size / width, h = size / height;
  const cells = Array.from({ length: width * height }, (_, i) => {
    const x = left + (i % width) * w, y = top + Math.floor(i / width) * h;
    return { x, y, x2: x + w, y2: y + h, value: values[i] };
  });
  return cells.filter(({ value }) => !Number.isNaN(value));
}
