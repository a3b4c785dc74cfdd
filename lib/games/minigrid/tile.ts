/** Pixels of one cell, as MiniGrid draws it: three sub-samples a side, painted over each other, averaged. Spec 3 §2.3. */

import { type CellCode, COLOUR_RGB, colourOf, DoorState, ObjectType, stateOf, typeOf } from "./objects.ts";

type Rgb = readonly [number, number, number];
type Inside = (x: number, y: number) => boolean;

const BLACK: Rgb = [0, 0, 0], GREY = COLOUR_RGB[5], RED = COLOUR_RGB[0], ORANGE: Rgb = [255, 128, 0];

const rectangle = (left: number, right: number, top: number, bottom: number): Inside => (x, y) =>
  x >= left && x <= right && y >= top && y <= bottom;

const circle = (cx: number, cy: number, radius: number): Inside => (x, y) =>
  (x - cx) * (x - cx) + (y - cy) * (y - cy) <= radius * radius;

/** Points no farther than `reach` from the segment. */
function segment(x0: number, y0: number, x1: number, y1: number, reach: number): Inside {
  const dx = x1 - x0, dy = y1 - y0, length = Math.hypot(dx, dy);
  const ux = dx / length, uy = dy / length;
  return (x, y) => {
    const along = Math.min(Math.max((x - x0) * ux + (y - y0) * uy, 0), length);
    return Math.hypot(x - x0 - along * ux, y - y0 - along * uy) <= reach;
  };
}

/** By barycentric weights relative to the first corner. */
function triangle(a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): Inside {
  const v0 = [c[0] - a[0], c[1] - a[1]], v1 = [b[0] - a[0], b[1] - a[1]];
  const d00 = v0[0] * v0[0] + v0[1] * v0[1], d01 = v0[0] * v1[0] + v0[1] * v1[1], d11 = v1[0] * v1[0] + v1[1] * v1[1];
  const scale = 1 / (d00 * d11 - d01 * d01);
  return (x, y) => {
    const px = x - a[0], py = y - a[1];
    const d02 = v0[0] * px + v0[1] * py, d12 = v1[0] * px + v1[1] * py;
    const u = (d11 * d02 - d01 * d12) * scale, v = (d00 * d12 - d01 * d02) * scale;
    return u >= 0 && v >= 0 && u + v < 1;
  };
}

const AGENT = triangle([0.12, 0.19], [0.87, 0.5], [0.12, 0.81]);

/** The point turned back by heading · 90° about the middle of the tile. */
function turned(shape: Inside, heading: number): Inside {
  const angle = 0.5 * Math.PI * heading, c = Math.cos(angle), s = Math.sin(angle);
  return (x, y) => {
    const px = x - 0.5, py = y - 0.5;
    return shape(0.5 + px * c + py * s, 0.5 + py * c - px * s);
  };
}

/** What is painted for a cell, in this order. */
function* layers(cell: CellCode, heading: number | null): Generator<readonly [Inside, Rgb]> {
  yield [rectangle(0, 0.031, 0, 1), GREY];
  yield [rectangle(0, 1, 0, 0.031), GREY];
  const colour = COLOUR_RGB[colourOf(cell)], whole = rectangle(0, 1, 0, 1);
  const dimmed = (factor: number) => colour.map((channel) => Math.trunc(channel * factor)) as unknown as Rgb;
  switch (typeOf(cell)) {
    case ObjectType.wall:
    case ObjectType.goal:
      yield [whole, colour];
      break;
    case ObjectType.floor:
      yield [rectangle(0.031, 1, 0.031, 1), dimmed(0.5)];
      break;
    case ObjectType.lava:
      yield [whole, ORANGE];
      for (const n of [0, 1, 2]) {
        const low = 0.3 + 0.2 * n, high = 0.4 + 0.2 * n;
        yield [segment(0.1, low, 0.3, high, 0.03), BLACK];
        yield [segment(0.3, high, 0.5, low, 0.03), BLACK];
        yield [segment(0.5, low, 0.7, high, 0.03), BLACK];
        yield [segment(0.7, high, 0.9, low, 0.03), BLACK];
      }
      break;
    case ObjectType.door:
      yield* door(stateOf(cell), colour, dimmed(0.45));
      break;
    case ObjectType.key:
      yield [rectangle(0.5, 0.63, 0.31, 0.88), colour];
      yield [rectangle(0.38, 0.5, 0.59, 0.66), colour];
      yield [rectangle(0.38, 0.5, 0.81, 0.88), colour];
      yield [circle(0.56, 0.28, 0.19), colour];
      yield [circle(0.56, 0.28, 0.064), BLACK];
      break;
    case ObjectType.ball:
      yield [circle(0.5, 0.5, 0.31), colour];
      break;
    case ObjectType.box:
      yield [rectangle(0.12, 0.88, 0.12, 0.88), colour];
      yield [rectangle(0.18, 0.82, 0.18, 0.82), BLACK];
      yield [rectangle(0.16, 0.84, 0.47, 0.53), colour];
      break;
  }
  if (heading !== null) yield [turned(AGENT, heading), RED];
}

function* door(state: number, colour: Rgb, dark: Rgb): Generator<readonly [Inside, Rgb]> {
  if (state === DoorState.open) {
    yield [rectangle(0.88, 1, 0, 1), colour];
    yield [rectangle(0.92, 0.96, 0.04, 0.96), BLACK];
    return;
  }
  yield [rectangle(0, 1, 0, 1), colour];
  if (state === DoorState.locked) {
    yield [rectangle(0.06, 0.94, 0.06, 0.94), dark];
    yield [rectangle(0.52, 0.75, 0.5, 0.56), colour];
  } else {
    yield [rectangle(0.04, 0.96, 0.04, 0.96), BLACK];
    yield [rectangle(0.08, 0.92, 0.08, 0.92), colour];
    yield [rectangle(0.12, 0.88, 0.12, 0.88), BLACK];
    yield [circle(0.75, 0.5, 0.08), colour];
  }
}

const SUB = 3;

/**
 * Draws one cell.
 *
 * @param heading of an agent on it, or `null`
 * @param lit whether the agent sees the cell
 * @param side pixels of a side
 * @returns [side, side, 3] bytes
 */
export function drawTile(cell: CellCode, heading: number | null, lit: boolean, side: number): Uint8Array {
  const width = SUB * side, canvas = new Uint8Array(width * width * 3);
  for (const [inside, [r, g, b]] of layers(cell, heading)) {
    for (let row = 0, at = 0; row < width; row++) {
      for (let column = 0; column < width; column++, at += 3) {
        if (!inside((column + 0.5) / width, (row + 0.5) / width)) continue;
        canvas[at] = r;
        canvas[at + 1] = g;
        canvas[at + 2] = b;
      }
    }
  }
  if (lit) canvas.forEach((channel, i) => canvas[i] = Math.trunc(channel + 0.3 * (255 - channel)));
  return reduced(canvas, side);
}

/** Means of the sub-columns, then of the sub-rows, cut to bytes. */
function reduced(canvas: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(side * side * 3), stride = SUB * side * 3;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let r = 0; r < SUB; r++) {
          const at = (SUB * row + r) * stride + SUB * column * 3 + channel;
          sum += (canvas[at] + canvas[at + 3] + canvas[at + 6]) / SUB;
        }
        out[(row * side + column) * 3 + channel] = Math.trunc(sum / SUB);
      }
    }
  }
  return out;
}

const tiles = new Map<number, Uint8Array>();

/** As `drawTile`, drawn once: the caller must not change the bytes. What a box contains does not show. */
export function tileOf(cell: CellCode, heading: number | null, lit: boolean, side: number): Uint8Array {
  const key = (cell & 0xfff) | ((heading ?? 4) << 12) | (Number(lit) << 15) | (side << 16);
  let tile = tiles.get(key);
  if (!tile) tiles.set(key, tile = drawTile(cell, heading, lit, side));
  return tile;
}
