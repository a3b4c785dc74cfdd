/** Pictures of Othello boards. Spec 1 §2.4. The player to move is not drawn. */

import { type CellPatches, makePatches, pixelsPerCell, renderCells } from "./cell_patches.ts";
import { EMPTY, VALUES_OTHELLO, WHITE } from "./othello.ts";

/**
 * The three cell pictures (empty, black, white) for a picture of `side` × `side` pixels: 0.3, the first row and column of
 * each cell 0.2 (the grid lines), and a stone as the pixels within ⌊cell/3⌋ of the cell's middle, black 0.1, white 0.9.
 *
 * @param side a multiple of 8, at least 16; the experiments use 64 and 32
 * @throws RangeError for other sides
 */
export function cellPatchesOthello(side: number): CellPatches {
  const pixels = pixelsPerCell("othello", side, 8, 2);
  const radius = Math.floor(pixels / 3), middle = Math.floor(pixels / 2);
  return makePatches(8, VALUES_OTHELLO, pixels, (value, row, column) => {
    const down = row - middle, right = column - middle;
    if (value !== EMPTY && down * down + right * right <= radius * radius) return value === WHITE ? 0.9 : 0.1;
    return row === 0 || column === 0 ? 0.2 : 0.3;
  });
}

/**
 * Draws `count` boards of 64 bytes into `out` [count, side, side].
 *
 * @throws RangeError if a size does not fit or a byte is above 2
 */
export function renderBatchOthello<Out extends Float32Array | Uint8Array>(
  boards: Uint8Array,
  count: number,
  side: number,
  out: Out,
): Out {
  return renderCells(cellPatchesOthello(side), boards, count, out);
}
