/** Animated GIFs of pixel pictures. */
import gifenc from "gifenc";
import type { Picture } from "./picture.ts";

/** The part of the untyped package that is used here. */
interface Gifenc {
  GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: { palette?: number[][]; delay: number; repeat?: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  };
  quantize(rgba: Uint8ClampedArray, maxColours: number): number[][];
  applyPalette(rgba: Uint8ClampedArray, palette: number[][]): Uint8Array;
}

/**
 * Pictures of one size → animated GIF that repeats for ever. Up to 256 different colours in all are kept exactly; more are reduced
 * to the 256 best for a sample of the frames. Transparency is not kept.
 *
 * @param options.framesPerSecond At most 50, the fastest that viewers honour; default 10.
 * @throws Error when there is no frame or the sizes differ.
 */
export function encodeGif(
  frames: readonly Picture[],
  options: { framesPerSecond?: number } = {},
): Uint8Array<ArrayBuffer> {
  const { GIFEncoder, applyPalette } = gifenc as unknown as Gifenc;
  if (frames.length === 0) throw new Error("gif: expected at least one frame but found none");
  const { width, height } = frames[0];
  for (const [i, frame] of frames.entries()) {
    if (frame.width !== width || frame.height !== height) {
      throw new Error(
        `gif: expected ${width} × ${height} in every frame but found ${frame.width} × ${frame.height} in frame ${i}`,
      );
    }
  }
  const { framesPerSecond = 10 } = options;
  if (!(framesPerSecond > 0 && framesPerSecond <= 50)) {
    throw new Error(`gif: expected more than 0 and at most 50 frames per second but found ${framesPerSecond}`);
  }
  const delay = Math.round(100 / framesPerSecond) * 10;
  const exact = exactColours(frames);
  const palette = exact === null ? sampledPalette(frames) : [...exact.keys()].map(unpack);
  const encoder = GIFEncoder();
  for (const [i, frame] of frames.entries()) {
    const indices = exact === null
      ? applyPalette(frame.rgba, palette)
      : Uint8Array.from(packedPixels(frame), (colour) => exact.get(colour)!);
    encoder.writeFrame(indices, width, height, i === 0 ? { palette, delay, repeat: 0 } : { delay });
  }
  encoder.finish();
  return encoder.bytes();
}

/** Colour → palette index when at most 256 colours occur, else null. */
function exactColours(frames: readonly Picture[]): Map<number, number> | null {
  const found = new Map<number, number>();
  for (const frame of frames) {
    for (const colour of packedPixels(frame)) {
      if (found.has(colour)) continue;
      if (found.size === 256) return null;
      found.set(colour, found.size);
    }
  }
  return found;
}

function sampledPalette(frames: readonly Picture[]): number[][] {
  const count = Math.min(8, frames.length);
  const sample = Array.from({ length: count }, (_, i) => frames[Math.floor((i * frames.length) / count)].rgba);
  const size = sample[0].length;
  const all = new Uint8ClampedArray(size * count);
  for (const [i, rgba] of sample.entries()) all.set(rgba, i * size);
  return (gifenc as unknown as Gifenc).quantize(all, 256);
}

function packedPixels({ rgba }: Picture): Uint32Array {
  const packed = new Uint32Array(rgba.length / 4);
  for (let i = 0; i < packed.length; i++) packed[i] = (rgba[4 * i] << 16) | (rgba[4 * i + 1] << 8) | rgba[4 * i + 2];
  return packed;
}

function unpack(colour: number): number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}
