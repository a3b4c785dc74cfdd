/** Pixel pictures: RGBA bytes, made from arrays of numbers. All functions are pure. */
import { colourAt, type ColourMap, parseColour } from "./colour_map.ts";
import { MISSING } from "./theme.ts";

/** An image in memory. */
export interface Picture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 4]` bytes, red green blue alpha, not premultiplied. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A picture of one colour (`#rrggbb`). */
export function blankPicture(width: number, height: number, colour = "#ffffff"): Picture {
  const [pixel] = new Uint32Array(Uint8Array.of(...parseColour(colour), 255).buffer);
  const rgba = new Uint8ClampedArray(4 * width * height);
  new Uint32Array(rgba.buffer).fill(pixel);
  return { width, height, rgba };
}

/** Numbers that stand for black and white. Values outside are clipped. */
export interface Levels {
  /** Black; default 0. */
  readonly low?: number;
  /** White; default 1, for colour bytes 255. */
  readonly high?: number;
}

/**
 * Grey picture.
 *
 * @param values `[height, width]`, black at `low` (default 0), white at `high` (default 1).
 */
export function greyPicture(values: ArrayLike<number>, width: number, height: number, levels: Levels = {}): Picture {
  const { low = 0, high = 1 } = levels;
  return paint(values, width, height, 1, (at) => {
    const grey = (255 * (values[at] - low)) / (high - low);
    return [grey, grey, grey];
  });
}

/**
 * Colour picture.
 *
 * @param values `[height, width, 3]`, darkest at `low` (default 0), brightest at `high` (default 255, so bytes need no levels).
 */
export function rgbPicture(values: ArrayLike<number>, width: number, height: number, levels: Levels = {}): Picture {
  const { low = 0, high = 255 } = levels;
  const level = (v: number) => (255 * (v - low)) / (high - low);
  return paint(values, width, height, 3, (at) => [level(values[at]), level(values[at + 1]), level(values[at + 2])]);
}

/**
 * Values as colours, one pixel a value; NaN is grey.
 *
 * @param values `[height, width]`, first colour of the map at `low`, last at `high`.
 */
export function heatPicture(
  values: ArrayLike<number>,
  width: number,
  height: number,
  scale: { readonly low: number; readonly high: number; readonly map: ColourMap },
): Picture {
  const missing = parseColour(MISSING);
  return paint(values, width, height, 1, (at) => {
    const value = values[at];
    return Number.isNaN(value) ? missing : colourAt(scale.map, (value - scale.low) / (scale.high - scale.low));
  });
}

function paint(
  values: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
  colour: (at: number) => readonly [number, number, number],
): Picture {
  if (values.length !== width * height * channels) {
    const shape = channels === 1 ? `${height} × ${width}` : `${height} × ${width} × ${channels}`;
    throw new Error(`picture: expected ${width * height * channels} values for ${shape} but found ${values.length}`);
  }
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b] = colour(i * channels);
    // The clamped array rounds to the nearest byte and clips.
    rgba[4 * i] = r;
    rgba[4 * i + 1] = g;
    rgba[4 * i + 2] = b;
    rgba[4 * i + 3] = 255;
  }
  return { width, height, rgba };
}

/** Each pixel becomes a square of `factor` × `factor` pixels. */
export function upscale(picture: Picture, factor: number): Picture {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new Error(`upscale: expected a whole factor from 1 but found ${factor}`);
  }
  const width = picture.width * factor, height = picture.height * factor;
  const from = new Uint32Array(picture.rgba.buffer, picture.rgba.byteOffset, picture.width * picture.height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / factor) * picture.width;
    for (let x = 0; x < width; x++) to[y * width + x] = from[row + Math.floor(x / factor)];
  }
  return { width, height, rgba: new Uint8ClampedArray(to.buffer) };
}

/** The largest whole factor (at least 1) that keeps `picture` within `pixels` wide and high. */
export function factorFor(picture: Picture, pixels: number): number {
  return Math.max(1, Math.floor(pixels / Math.max(picture.width, picture.height)));
}

/** Copies `source` onto `target` at (x, y), in place; what lies outside is cut off. */
function copyInto(target: Picture, source: Picture, x: number, y: number): void {
  for (let row = 0; row < source.height; row++) {
    if (y + row < 0 || y + row >= target.height) continue;
    const columns = Math.min(source.width, target.width - x);
    const line = source.rgba.subarray(4 * row * source.width, 4 * (row * source.width + columns));
    target.rgba.set(line, 4 * ((y + row) * target.width + x));
  }
}

/** Spaces between and around pictures. */
export interface Spacing {
  /** Pixels between pictures; default 4. */
  readonly gap?: number;
  /** Pixels around all; default 0. */
  readonly margin?: number;
  /** `#rrggbb`. */
  readonly background?: string;
}

/** Pictures in rows of `columns`, left to right, each centred in a cell as large as the largest picture. */
export function gridOf(pictures: readonly Picture[], columns: number, spacing: Spacing = {}): Picture {
  if (pictures.length === 0) throw new Error("gridOf: expected at least one picture but found none");
  const { gap = 4, margin = 0, background = "#ffffff" } = spacing;
  const across = Math.min(columns, pictures.length), rows = Math.ceil(pictures.length / columns);
  const cellWidth = Math.max(...pictures.map((p) => p.width)), cellHeight = Math.max(...pictures.map((p) => p.height));
  const whole = blankPicture(
    2 * margin + across * cellWidth + (across - 1) * gap,
    2 * margin + rows * cellHeight + (rows - 1) * gap,
    background,
  );
  for (const [i, picture] of pictures.entries()) {
    const x = margin + (i % columns) * (cellWidth + gap) + Math.floor((cellWidth - picture.width) / 2);
    const y = margin + Math.floor(i / columns) * (cellHeight + gap) + Math.floor((cellHeight - picture.height) / 2);
    copyInto(whole, picture, x, y);
  }
  return whole;
}

/** Pictures from left to right, aligned in the middle, each with its own width. */
export function rowOf(pictures: readonly Picture[], spacing: Spacing = {}): Picture {
  return line(pictures, spacing, true);
}

/** Pictures from top to bottom, aligned in the middle, each with its own height. */
export function columnOf(pictures: readonly Picture[], spacing: Spacing = {}): Picture {
  return line(pictures, spacing, false);
}

function line(pictures: readonly Picture[], spacing: Spacing, across: boolean): Picture {
  if (pictures.length === 0) throw new Error("rowOf/columnOf: expected at least one picture but found none");
  const { gap = 4, margin = 0, background = "#ffffff" } = spacing;
  const along = (p: Picture) => across ? p.width : p.height, aside = (p: Picture) => across ? p.height : p.width;
  const length = 2 * margin + pictures.reduce((sum, p) => sum + along(p), 0) + gap * (pictures.length - 1);
  const breadth = 2 * margin + Math.max(...pictures.map(aside));
  const whole = across ? blankPicture(length, breadth, background) : blankPicture(breadth, length, background);
  let at = margin;
  for (const picture of pictures) {
    const side = Math.floor((breadth - aside(picture)) / 2);
    if (across) copyInto(whole, picture, at, side);
    else copyInto(whole, picture, side, at);
    at += along(picture) + gap;
  }
  return whole;
}

/** A picture with a border. */
export function framed(picture: Picture, pixels: number, colour: string): Picture {
  return rowOf([picture], { margin: pixels, background: colour });
}
