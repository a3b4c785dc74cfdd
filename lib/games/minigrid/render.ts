/** Pictures of a MiniGrid: the whole world, or what the agent sees. Spec 3 §2.3. */

import { tileOf } from "./tile.ts";
import { agentCell, litCells, type View } from "./view.ts";
import type { World } from "./world.ts";

/**
 * The whole world.
 *
 * @param tile pixels of a cell's side: 32 in `render`, 8 in MiniGrid's wrappers
 * @param view to light what the agent sees; `null` for no light
 * @returns [height · tile, width · tile, 3] bytes
 */
export function renderWorld(world: World, tile: number, view: View | null): Uint8Array {
  const { width, height, cells } = world, lit = view && litCells(world, view);
  const own = world.y * width + world.x;
  return compose(
    width,
    height,
    tile,
    (at) => tileOf(cells[at], at === own ? world.heading : null, lit?.[at] === 1, tile),
  );
}

/** What the agent sees, itself in the middle of the lowest row. @returns [size · tile, size · tile, 3] bytes */
export function renderView({ size, cells, visible }: View, tile: number): Uint8Array {
  const own = agentCell(size);
  return compose(size, size, tile, (at) => tileOf(cells[at], at === own ? 3 : null, visible[at] === 1, tile));
}

function compose(width: number, height: number, tile: number, tileAt: (at: number) => Uint8Array): Uint8Array {
  const out = new Uint8Array(width * height * tile * tile * 3), row = width * tile * 3, strip = tile * 3;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const pixels = tileAt(at);
      for (let line = 0; line < tile; line++) {
        out.set(pixels.subarray(line * strip, (line + 1) * strip), (y * tile + line) * row + x * strip);
      }
    }
  }
  return out;
}

/**
 * Resizes by taking the nearest pixel above and to the left, as OpenCV's `INTER_NEAREST` does (spec 3 §2.1).
 *
 * @param frame [height, width, 3] bytes
 * @param height default: the width, for square frames
 * @returns [size, size, 3] bytes: out[i, j] = in[⌊i·height/size⌋, ⌊j·width/size⌋]
 */
export function resizeNearest(frame: Uint8Array, width: number, size: number, height: number = width): Uint8Array {
  const out = new Uint8Array(size * size * 3);
  for (let i = 0, to = 0; i < size; i++) {
    const row = Math.floor(i * height / size) * width;
    for (let j = 0; j < size; j++, to += 3) {
      const from = (row + Math.floor(j * width / size)) * 3;
      out[to] = frame[from];
      out[to + 1] = frame[from + 1];
      out[to + 2] = frame[from + 2];
    }
  }
  return out;
}
