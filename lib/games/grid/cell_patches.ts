/**
 * Pictures of a board as a grid of cells in which each cell's pixels depend only on its byte. The table of these small
 * pictures is the one source of truth for every renderer, on the host and on the device.
 */

/** How to draw a board at one picture size. */
export interface CellPatches {
  /** Cells per row and per column of the board. */
  cells: number;
  /** Number of byte values a cell can have. */
  values: number;
  /** Pixels per side of one cell; a picture has `cells * pixels` per side. */
  pixels: number;
  /** Grey in [0, 1], [values, pixels, pixels]. */
  table: Float32Array;
}

/**
 * Builds the table from a function that gives the grey of one pixel.
 *
 * @param grey called with the cell's byte and the pixel's row and column inside the cell
 */
export function makePatches(
  cells: number,
  values: number,
  pixels: number,
  grey: (value: number, row: number, column: number) => number,
): CellPatches {
  const table = new Float32Array(values * pixels * pixels);
  let at = 0;
  for (let value = 0; value < values; value++) {
    for (let row = 0; row < pixels; row++) {
      for (let column = 0; column < pixels; column++) table[at++] = grey(value, row, column);
    }
  }
  return { cells, values, pixels, table };
}

/**
 * Pixels per side of a cell.
 *
 * @throws RangeError unless the picture's side is a multiple of `cells` of at least `cells * smallest`
 */
export function pixelsPerCell(game: string, side: number, cells: number, smallest: number): number {
  const pixels = side / cells;
  if (!Number.isInteger(pixels) || pixels < smallest || side > 4096) {
    const least = cells * smallest;
    throw new RangeError(
      `${game}: expected a picture side from ${least} to 4096, a multiple of ${cells}, but found ${side}`,
    );
  }
  return pixels;
}

/**
 * Draws boards.
 *
 * @param boards `count` boards of `cells * cells` bytes each, one after another
 * @param out [count, side, side]: grey in [0, 1] for floats, round(255 · grey) of the float32 grey for bytes
 * @returns `out`
 * @throws RangeError if a size does not fit or a byte is no value of the game
 */
export function renderCells<Out extends Float32Array | Uint8Array>(
  patches: CellPatches,
  boards: Uint8Array,
  count: number,
  out: Out,
): Out {
  const { cells, values, pixels, table } = patches;
  const side = cells * pixels, patchSize = pixels * pixels;
  if (!Number.isInteger(count) || count < 0 || boards.length !== count * cells * cells) {
    throw new RangeError(`render: expected ${count} boards of ${cells * cells} bytes but found ${boards.length} bytes`);
  }
  if (out.length !== count * side * side) {
    throw new RangeError(`render: expected room for ${count} × ${side} × ${side} pixels but found ${out.length}`);
  }
  const source = out instanceof Float32Array ? table : Uint8Array.from(table, (grey) => Math.round(255 * grey));
  for (let cell = 0; cell < boards.length; cell++) {
    const value = boards[cell];
    if (value >= values) {
      throw new RangeError(
        `render: expected bytes below ${values} but found ${value} in board ${Math.floor(cell / cells ** 2)}`,
      );
    }
    const line = Math.floor(cell / cells); // rows of cells of all boards, which follow each other in `out` too
    let to = line * pixels * side + (cell % cells) * pixels;
    for (let from = value * patchSize; from < (value + 1) * patchSize; from += pixels, to += side) {
      for (let column = 0; column < pixels; column++) out[to + column] = source[from + column];
    }
  }
  return out;
}
