import { nearestFrame } from "./evaluation.ts";
import type { KnownWorld } from "./known_world.ts";

/** A picture, and the true frame that it shows best. */
export interface Recognised {
  /** Index of the nearest true frame. */
  readonly nearest: number;
  /** 10·log₁₀(255² / mean squared error) against that frame, dB. */
  readonly psnr: number;
}

/** Finds for each picture in [0, 1], f32 [n, S, S, 3], the nearest frame of a world. */
export function recognise(pictures: Float32Array, { side, frames }: Pick<KnownWorld, "side" | "frames">): Recognised[] {
  const size = side * side * 3;
  return Array.from({ length: pictures.length / size }, (_, i) => {
    const picture = pictures.subarray(i * size, (i + 1) * size), nearest = nearestFrame(picture, frames, size);
    return { nearest, psnr: psnrOf(picture, frames.subarray(nearest * size, (nearest + 1) * size)) };
  });
}

/** 10·log₁₀(255² / mean squared error) of a picture in [0, 1] against a frame of bytes, dB. */
export function psnrOf(picture: Float32Array, frame: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < frame.length; i++) sum += (255 * picture[i] - frame[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / Math.max(sum / frame.length, 1e-9));
}
