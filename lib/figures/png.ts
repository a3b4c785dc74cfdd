/** PNG encoder: the smallest colour type that holds the picture, one filter choice per row, zlib. Same picture, same bytes. */
import { crc32, deflateSync } from "node:zlib";
import type { Picture } from "./picture.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** RGBA picture → PNG file. Grey pictures are stored with one byte a pixel, opaque ones with three, others with four. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  const { width, height, rgba } = picture;
  if (width < 1 || height < 1 || rgba.length !== 4 * width * height) {
    throw new Error(`png: expected ${width} × ${height} × 4 bytes, at least one pixel, but found ${rgba.length} bytes`);
  }
  const { type, channels } = colourType(rgba);
  const packed = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) packed[i * channels + c] = rgba[4 * i + c];
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, type, 0, 0, 0], 8);
  const data = deflateSync(filterRows(packed, width * channels, height, channels), { level: 9 });
  return concatenate([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A PNG as `data:` address, for image marks in charts and for HTML. */
export function pngUrl(picture: Picture): string {
  return `data:image/png;base64,${encodePng(picture).toBase64()}`;
}

function colourType(rgba: Uint8ClampedArray): { type: number; channels: number } {
  let grey = true;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3] !== 255) return { type: 6, channels: 4 };
    grey &&= rgba[i] === rgba[i + 1] && rgba[i] === rgba[i + 2];
  }
  return grey ? { type: 0, channels: 1 } : { type: 2, channels: 3 };
}

/** Per row the filter (none, left, up) whose differences are smallest in sum: the usual heuristic, good for flat game pictures. */
function filterRows(packed: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array((stride + 1) * height);
  const tries = [new Uint8Array(stride), new Uint8Array(stride), new Uint8Array(stride)];
  for (let y = 0; y < height; y++) {
    const sums = [0, 0, 0];
    for (let x = 0; x < stride; x++) {
      const value = packed[y * stride + x];
      const left = x >= step ? packed[y * stride + x - step] : 0;
      const up = y > 0 ? packed[(y - 1) * stride + x] : 0;
      for (const [filter, predicted] of [0, left, up].entries()) {
        const difference = (value - predicted) & 0xff;
        tries[filter][x] = difference;
        sums[filter] += difference < 128 ? difference : 256 - difference;
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    out[y * (stride + 1)] = best;
    out.set(tries[best], y * (stride + 1) + 1);
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
  return out;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
