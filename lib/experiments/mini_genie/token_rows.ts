/** Rows of a table [D, width], one for each number, one after the other: [n, width]. */
export function tokenRows(table: Int32Array, width: number, rows: readonly number[]): Int32Array {
  const out = new Int32Array(rows.length * width);
  rows.forEach((row, i) => out.set(table.subarray(row * width, (row + 1) * width), i * width));
  return out;
}
