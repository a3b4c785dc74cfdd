/** Figures as tests look at them. */
import { createHash } from "node:crypto";
import type { Figure } from "../../lib/figures/mod.ts";

/**
 * What is stored of a figure: its words and its data. How charts look is stored where charts are tested. Pictures stand as a digest, numbers
 * with six digits (the last ones of a logarithm are not the same everywhere), long lists with their length and their first values.
 */
export function storedForm({ name, alt, spec }: Figure): string {
  const round = (_: string, value: unknown): unknown => {
    if (typeof value === "number") return Number(value.toPrecision(6));
    if (typeof value !== "string" || !value.startsWith("data:")) return value;
    return `picture ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
  };
  const lines = [`${name}: ${alt}`];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "config") continue;
      if (key === "title" && inner !== null) lines.push(`title ${JSON.stringify(inner)}`);
      else if (key === "values" && Array.isArray(inner) && typeof inner[0] !== "number") {
        lines.push(`${inner.length} values`, ...inner.slice(0, 6).map((row) => `  ${JSON.stringify(row, round)}`));
      } else visit(inner);
    }
  };
  visit(spec);
  return lines.join("\n");
}

/** Everything that a chart says in numbers and words. */
export function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** What no report, table or caption may contain. */
export const HOLES = /NaN|undefined|\[object|Infinity|\bnull\b/;
