/** Rules and chance between the most used codes as nodes on a circle, the data of the graph (spec 1 §7.5). */
import { mostUsedCodes } from "./codebook_usage.ts";
import type { RuleTable } from "./rule_table.ts";

/** A code on the unit circle. */
export interface GraphNode {
  /** The code shown. */
  readonly code: number;
  /** How often it occurs. */
  readonly usage: number;
  /** 2πi/n for node i of n */
  readonly angle: number;
  /** cos(angle) */
  readonly x: number;
  /** sin(angle) */
  readonly y: number;
  /** Marker area in square points: 100 + usage/10. */
  readonly area: number;
}

/** An arrow from a code to its most likely successor under one action. */
export interface GraphEdge {
  /** Code before the step. */
  readonly from: number;
  /** Most likely code after the step. */
  readonly to: number;
  /** Action of the step. */
  readonly action: number;
  /** Observations. */
  readonly count: number;
  /** Empirical entropy, bits. */
  readonly entropy: number;
  /** Whether the entry is a rule. */
  readonly kind: "rule" | "chance";
}

/** Codes and the transitions between them. */
export interface TransitionGraph {
  /** Most used code first. */
  readonly nodes: readonly GraphNode[];
  /** In the order of the table. */
  readonly edges: readonly GraphEdge[];
}

/**
 * The graph: `nodeLimit` most used codes, an edge for every entry of the table with at least `minCount` observations whose code and
 * most likely successor are both shown and differ.
 *
 * @param table keyed by (code, action)
 * @param usage [K]
 * @throws RangeError if the table is keyed by position
 */
export function transitionGraph(
  table: RuleTable,
  usage: ArrayLike<number>,
  { nodeLimit = 20, minCount = 10 }: { nodeLimit?: number; minCount?: number } = {},
): TransitionGraph {
  if (table.byPosition) {
    throw new RangeError(
      "expected a table keyed by (code, action) but found one by position; make it with pooled positions",
    );
  }
  const codes = mostUsedCodes(usage, nodeLimit);
  const shown = new Set(codes);
  const nodes = codes.map((code, i) => {
    const angle = 2 * Math.PI * i / codes.length;
    return { code, usage: usage[code], angle, x: Math.cos(angle), y: Math.sin(angle), area: 100 + usage[code] / 10 };
  });
  const edges = table.entries
    .filter(({ code, next, count }) => count >= minCount && code !== next && shown.has(code) && shown.has(next))
    .map((entry): GraphEdge => ({
      from: entry.code,
      to: entry.next,
      action: entry.action,
      count: entry.count,
      entropy: entry.entropy,
      kind: entry.rule ? "rule" : "chance",
    }));
  return { nodes, edges };
}
