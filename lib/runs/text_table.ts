/** Plain tables for terminals, and numbers as people read them. */

/** What a cell of a table may hold. */
export type Cell = string | number | boolean | null | undefined;

/** Four digits that matter: 0.0001234, 12.35, 1200, 23456.7, 1.5e+9. NaN is "undefined". */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "undefined";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  return size >= 1000 && size < 1e9 ? value.toFixed(1) : String(Number(value.toPrecision(4)));
}

/** A cell as text: numbers shortened, true and false as yes and no, nothing as a dash. */
export function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined) return "–";
  if (typeof cell === "number") return formatNumber(cell);
  return typeof cell === "boolean" ? (cell ? "yes" : "no") : cell;
}

/** Which columns hold numbers and nothing else (but for gaps): those stand to the right. */
export function numericColumns(columns: readonly string[], rows: readonly (readonly Cell[])[]): boolean[] {
  return columns.map((_, i) =>
    rows.some((row) => typeof row[i] === "number") &&
    rows.every((row) => typeof row[i] === "number" || (row[i] ?? null) === null)
  );
}

/**
 * Rows under their headings, columns aligned; numbers to the right.
 *
 * @example
 * ```ts
 * console.log(textTable(["game", "bits"], [["2048", 0.28], ["othello", 0.03]]));
 * ```
 */
export function textTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => columns.map((_, i) => formatCell(row[i]).replaceAll(/\s+/g, " ")));
  const widths = columns.map((name, i) => Math.max(length(name), ...texts.map((row) => length(row[i]))));
  const right = numericColumns(columns, rows);
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => {
      const space = " ".repeat(widths[i] - length(cell));
      return right[i] ? space + cell : cell + space;
    }).join("  ").trimEnd();
  return [line(columns), widths.map((width) => "─".repeat(width)).join("  "), ...texts.map(line)].join("\n");
}

const length = (text: string): number => [...text].length;
