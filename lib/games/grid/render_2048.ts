/** Pictures of 2048 boards. Spec 1 §2.4. */

import { type CellPatches, makePatches, pixelsPerCell, renderCells } from "./cell_patches.ts";
import { VALUES_2048 } from "./game_2048.ts";

/**
 * The 18 cell pictures (empty, 2, 4, …, 131072) for a picture of `side` × `side` pixels: a black border of
 * max(1, ⌊cell/8⌋) pixels, inside it 0.1 if empty, else min(0.1 + 0.07·log2(tile), 0.95).
 *
 * @param side a multiple of 4, at least 16; the experiments use 64 and 32
 * @throws RangeError for other sides
 */
export function cellPatches2048(side: number): CellPatches {
  const pixels = pixelsPerCell("2048", side, 4, 4);
  const border = Math.max(1, Math.floor(pixels / 8));
  const inside = (at: number) => at >= border && at < pixels - border;
  return makePatches(4, VALUES_2048, pixels, (value, row, column) => {
    return inside(row) && inside(column) ? Math.min(0.1 + 0.07 * value, 0.95) : 0;
  });
}

/**
 * Draws `count` boards of 16 bytes into `out` [count, side, side].
 *
 * @throws RangeError if a size does not fit or a byte is above 17
 */
export function renderBatch2048<Out extends Float32Array | Uint8Array>(
  boards: Uint8Array,
  count: number,
  side: number,
  out: Out,
): Out {
  return renderCells(cellPatches2048(side), boards, count, out);
}
