/** The best one-to-one match of rows to columns. */

/**
 * Chooses a column of its own for every row (or a row for every column, if there are fewer columns) so that the sum of the
 * chosen entries is largest. Hungarian method with potentials, O(min² · max); H. Kuhn, 1955.
 *
 * @param table [rows, columns], any finite numbers
 * @returns for each row its column, or −1 for a row that is left over; and the sum
 *
 * @example
 * ```ts
 * import { bestAssignment } from "@tessera/worlds";
 * bestAssignment([1, 5, 4, 6], 2, 2).columns; // [1, 0]: 5 + 4 beats 1 + 6
 * ```
 */
export function bestAssignment(
  table: ArrayLike<number>,
  rows: number,
  columns: number,
): { columns: number[]; sum: number } {
  if (table.length !== rows * columns) {
    throw new RangeError(`bestAssignment: expected ${rows} × ${columns} entries but found ${table.length}`);
  }
  if (rows > columns) {
    const turned = bestAssignment(
      Float64Array.from(table, (_, i) => table[(i % rows) * columns + Math.floor(i / rows)]),
      columns,
      rows,
    );
    const own = new Array<number>(rows).fill(-1);
    turned.columns.forEach((row, column) => own[row] = column);
    return { columns: own, sum: turned.sum };
  }
  const cost = (row: number, column: number) => -table[(row - 1) * columns + column - 1];
  // Row 0 and column 0 stand for "none"; rowOf[c] is the row that has column c.
  const rowPotential = new Float64Array(rows + 1), columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1), before = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const slack = new Float64Array(columns + 1).fill(Infinity), seen = new Uint8Array(columns + 1);
    let column = 0;
    do {
      seen[column] = 1;
      const own = rowOf[column];
      let step = Infinity, next = 0;
      for (let c = 1; c <= columns; c++) {
        if (seen[c]) continue;
        const reduced = cost(own, c) - rowPotential[own] - columnPotential[c];
        if (reduced < slack[c]) [slack[c], before[c]] = [reduced, column];
        if (slack[c] < step) [step, next] = [slack[c], c];
      }
      for (let c = 0; c <= columns; c++) {
        if (seen[c]) {
          rowPotential[rowOf[c]] += step;
          columnPotential[c] -= step;
        } else slack[c] -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = before[column]) rowOf[column] = rowOf[before[column]];
  }
  const chosen = new Array<number>(rows).fill(-1);
  for (let c = 1; c <= columns; c++) if (rowOf[c]) chosen[rowOf[c] - 1] = c - 1;
  return { columns: chosen, sum: chosen.reduce((sum, column, row) => sum + table[row * columns + column], 0) };
}
