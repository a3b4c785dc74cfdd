/** The pictures of a recording as an `.npz` file holds them: red green blue, grey, or indices into a palette. */

import type { FormatError } from "./format_error.ts";
import type { NpyArray } from "./npy.ts";

/** Pictures of one size. */
export interface Pictures {
  /** Rows of pixels. */
  readonly height: number;
  /** Pixels in a row. */
  readonly width: number;
  /** Bytes of a pixel: 3 for red green blue, 1 for grey or an index. */
  readonly channels: 1 | 3;
  /** [T, height, width, channels] bytes. */
  readonly frames: Uint8Array;
  /** [256, 3]: red green blue of each index; null where the bytes are colours themselves. */
  readonly palette: Uint8Array | null;
}

/** Says what is wrong with an array. */
export type ArrayFailure = (name: string, expected: string, found: string) => FormatError;

const COLOURS = 256;

/** A shape as NumPy writes it: one number with a comma. */
export const tuple = (shape: readonly number[]) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/** The arrays `frames` (T, H, W, 3) or (T, H, W), and `palette` (256, 3) where there is one. */
export function picturesToArrays({ height, width, channels, frames, palette }: Pictures): Record<string, NpyArray> {
  const shape = [frames.length / (height * width * channels), height, width, ...channels === 3 ? [3] : []];
  return {
    frames: { dtype: "|u1", shape, data: frames },
    ...palette === null ? {} : { palette: { dtype: "|u1", shape: [COLOURS, 3], data: palette } },
  };
}

/**
 * Checks these arrays.
 *
 * @throws what `problem` makes of a wrong type or shape
 */
export function picturesFromArrays(
  frames: NpyArray,
  palette: NpyArray | undefined,
  problem: ArrayFailure,
): Pictures & { readonly count: number } {
  if (frames.dtype !== "|u1") throw problem("frames", "dtype |u1 (uint8)", frames.dtype);
  const { shape } = frames, [count, height, width, channels = 1] = shape;
  if (!(shape.length === 4 && channels === 3 || shape.length === 3)) {
    throw problem("frames", "shape (T, H, W) or (T, H, W, 3)", tuple(shape));
  }
  if (count < 1 || height < 1 || width < 1) throw problem("frames", "at least one frame of one pixel", tuple(shape));
  if (palette !== undefined) {
    const fits = palette.dtype === "|u1" && palette.shape.length === 2 && palette.shape[0] === COLOURS &&
      palette.shape[1] === 3;
    if (!fits) throw problem("palette", `(${COLOURS}, 3) of uint8`, `${tuple(palette.shape)} of ${palette.dtype}`);
    if (channels === 3) throw problem("palette", "frames (T, H, W) of indices beside it", `frames ${tuple(shape)}`);
  }
  const bytes = frames.data as Uint8Array, colours = palette ? palette.data as Uint8Array : null;
  return { count, height, width, channels: channels === 3 ? 3 : 1, frames: bytes, palette: colours };
}

/** The pictures in red green blue, [T, height, width, 3] bytes; not a copy where they are that already. */
export function rgbOf({ channels, frames, palette }: Pick<Pictures, "channels" | "frames" | "palette">): Uint8Array {
  if (channels === 3) return frames;
  const out = new Uint8Array(3 * frames.length);
  for (let i = 0, to = 0; i < frames.length; i++) {
    for (let c = 0; c < 3; c++) out[to++] = palette === null ? frames[i] : palette[3 * frames[i] + c];
  }
  return out;
}
