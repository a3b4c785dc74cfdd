import { formatNumber } from "../runs/mod.ts";

/** Rows of texts, numbers and gaps under their headings: for the terminal, the notebook and the report alike. */
export interface PlainTable {
  /** Headings. */
  readonly columns: readonly string[];
  /** One cell a column; null is a gap. */
  readonly rows: readonly (readonly PlainCell[])[];
}

/** What a cell of a plain table holds. */
export type PlainCell = string | number | null;

/** Three digits that matter; very large quotients are what they are, infinite. */
export function short(value: number | null): string {
  if (value === null) return "–";
  if (value > 1e4) return "∞";
  return formatNumber(Number(value.toPrecision(3)));
}

/** A number with fixed digits, "–" where there is none. */
export function fixed(value: number | null, digits = 2): string {
  return value === null ? "–" : value.toFixed(digits);
}

/** 0.1234 → "12.3 %". */
export function percentText(share: number | null, digits = 1): string {
  return share === null ? "–" : `${(100 * share).toFixed(digits)} %`;
}

/** Paragraphs as a report's section takes them; empty ones are left out. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Breaks a paragraph into lines of at most `width` letters. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}
