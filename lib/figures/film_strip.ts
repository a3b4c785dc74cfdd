/** Pictures made of pictures: labelled grids, film strips, heat maps with their colour bar. Pure functions, no renderer. */
import type { ColourMap } from "./colour_map.ts";
import {
  columnOf,
  factorFor,
  framed,
  gridOf,
  heatPicture,
  type Picture,
  rowOf,
  type Spacing,
  upscale,
} from "./picture.ts";
import { textPicture } from "./pixel_font.ts";

/** A picture with a line of small capitals under it. */
export function labelled(picture: Picture, label: string, spacing: Spacing = {}): Picture {
  const { background = "#ffffff", gap = 3 } = spacing;
  return columnOf([picture, textPicture(label, { background })], { gap, background });
}

/** Pictures in rows of `columns`, each with its label (none where the label is empty). */
export function labelledGrid(
  pictures: readonly Picture[],
  labels: readonly string[],
  columns: number,
  spacing: Spacing = {},
): Picture {
  if (labels.length !== pictures.length) {
    throw new Error(`labelledGrid: expected ${pictures.length} labels (one a picture) but found ${labels.length}`);
  }
  return gridOf(pictures.map((picture, i) => labelled(picture, labels[i], spacing)), columns, { gap: 6, ...spacing });
}

/** How `filmStrip` lays out its frames. */
export interface FilmStripOptions extends Spacing {
  /** Takes every n-th frame, from the first; default 1. */
  readonly every?: number;
  /** Frames in a row; default: all in one row. */
  readonly columns?: number;
  /** Enlarges each pixel; default: frames of about 64 pixels. */
  readonly factor?: number;
  /** Label of frame i (counted in the given frames); default none. */
  readonly label?: (index: number) => string;
}

/** Frames of a film side by side. */
export function filmStrip(frames: readonly Picture[], options: FilmStripOptions = {}): Picture {
  if (frames.length === 0) throw new Error("filmStrip: expected at least one frame but found none");
  const { every = 1, factor = factorFor(frames[0], 64), label, ...spacing } = options;
  if (!Number.isInteger(every) || every < 1) throw new Error(`filmStrip: expected every ≥ 1 but found ${every}`);
  const chosen = Array.from({ length: Math.ceil(frames.length / every) }, (_, i) => i * every);
  const pictures = chosen.map((i) => upscale(frames[i], factor));
  const columns = options.columns ?? pictures.length;
  return label === undefined
    ? gridOf(pictures, columns, spacing)
    : labelledGrid(pictures, chosen.map(label), columns, spacing);
}

/** Which colours stand for which numbers. */
export interface HeatScale {
  /** Number with the first colour. */
  readonly low: number;
  /** Number with the last colour. */
  readonly high: number;
  /** The colours. */
  readonly map: ColourMap;
}

/**
 * Numbers as coloured squares with a colour bar at the right, marked with the two ends of the scale.
 *
 * @param values `[height, width]`; NaN is grey.
 */
export function heatMapPicture(
  values: ArrayLike<number>,
  width: number,
  height: number,
  scale: HeatScale,
  options: { factor?: number; digits?: number } = {},
): Picture {
  const { factor = Math.max(1, Math.floor(160 / Math.max(width, height))), digits = 1 } = options;
  const map = upscale(heatPicture(values, width, height, scale), factor);
  const length = Math.max(map.height - 20, 16);
  const ramp = Array.from({ length }, (_, i) => scale.high - ((scale.high - scale.low) * i) / (length - 1));
  const bar = framed(rowOf(new Array<Picture>(10).fill(heatPicture(ramp, 1, length, scale)), { gap: 0 }), 1, "#888888");
  const legend = columnOf([textPicture(scale.high.toFixed(digits)), bar, textPicture(scale.low.toFixed(digits))], {
    gap: 2,
  });
  return rowOf([map, legend], { gap: 8 });
}
