/** Reads the PNG files that the tests meet (8 bit, not interlaced): an independent way back from file to pixels. */
import assert from "node:assert/strict";
import { crc32, inflateSync } from "node:zlib";

export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** `[height, width, channels]`. */
  readonly samples: Uint8Array;
}

export function readPng(bytes: Uint8Array): DecodedPng {
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header = new DataView(new ArrayBuffer(13));
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(
      view.getUint32(at + 8 + length),
      crc32(bytes.subarray(at + 4, at + 8 + length)),
      `checksum of ${type}`,
    );
    if (type === "IHDR") header = new DataView(body.slice().buffer);
    if (type === "IDAT") data.push(body);
    at += 12 + length;
  }
  const width = header.getUint32(0), height = header.getUint32(4), type = header.getUint8(9);
  assert.equal(header.getUint8(8), 8);
  assert.equal(header.getUint8(12), 0);
  const channels = ({ 0: 1, 2: 3, 4: 2, 6: 4 } as Record<number, number>)[type];
  const raw = inflateSync(new Uint8Array(data.flatMap((part) => [...part])));
  const stride = width * channels;
  assert.equal(raw.length, (stride + 1) * height);
  const samples = new Uint8Array(stride * height);
  const get = (x: number, y: number) => x < 0 || y < 0 ? 0 : samples[y * stride + x];
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = get(x - channels, y), up = get(x, y - 1), corner = x < channels ? 0 : get(x - channels, y - 1);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      samples[y * stride + x] = raw[y * (stride + 1) + 1 + x] + predicted;
    }
  }
  return { width, height, channels, samples };
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((v) => Math.abs(guess - v));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
