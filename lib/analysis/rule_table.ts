/** The rule table (spec 1 §7.3): which (code, action) pairs always lead to the same code? */
import type { CodeSequences } from "./code_sequences.ts";
import { entropyOfCounts } from "./entropy.ts";
import { ANALYSIS_MODES, type AnalysisMode, type AnalysisSettings } from "./modes.ts";
import { describeValues, type Description, type Histogram, histogramOf } from "./statistics.ts";
import { countTransitions, type TransitionCounts } from "./transition_counts.ts";

/** One pair that was seen often enough to judge. */
export interface RuleEntry {
  /** Null when positions are pooled. */
  readonly position: number | null;
  /** Code before the step. */
  readonly code: number;
  /** Action of the step. */
  readonly action: number;
  /** Most frequent next code; the lowest of several equally frequent ones. */
  readonly next: number;
  /** Observations. */
  readonly count: number;
  /** Empirical entropy of the next code, bits. */
  readonly entropy: number;
  /** True for a rule, false for chance. */
  readonly rule: boolean;
}

/** The table and its statistics. Statistics of an empty table are null. */
export interface RuleTable {
  /** Ascending by position, code and action. */
  readonly entries: readonly RuleEntry[];
  /** Number of rules. */
  readonly rules: number;
  /** Number of chance entries. */
  readonly chance: number;
  /** rules / (rules + chance), 0…1. */
  readonly ruleShare: number | null;
  /** Of the entropies of all entries. */
  readonly entropy: Description | null;
  /** Of the entropies of all entries, 50 bins between the smallest and the largest. */
  readonly histogram: Histogram | null;
  /** Pairs seen at all, including those with fewer observations than an entry needs. */
  readonly pairsSeen: number;
  /** Whether entries are keyed by (position, code, action). */
  readonly byPosition: boolean;
  /** Fewest observations of an entry. */
  readonly minCount: number;
  /** An entry below this many bits is a rule. */
  readonly ruleBits: number;
}

/** The settings that a table needs. */
export type RuleTableSettings = Pick<AnalysisSettings, "entropyConvention" | "minCount" | "ruleBits">;

/** Makes the table from counts. */
export function ruleTable(
  counts: TransitionCounts,
  settings: RuleTableSettings = ANALYSIS_MODES.corrected,
): RuleTable {
  const { entropyConvention, minCount, ruleBits } = settings;
  const contexts = counts.contexts();
  const entries: RuleEntry[] = contexts.filter((context) => context.total >= minCount).map((context) => {
    const entropy = entropyOfCounts(context.counts, entropyConvention);
    return {
      position: context.position,
      code: context.code,
      action: context.action,
      next: context.next[context.counts.indexOf(Math.max(...context.counts))],
      count: context.total,
      entropy,
      rule: entropy < ruleBits,
    };
  });
  const rules = entries.filter((entry) => entry.rule).length;
  const entropies = entries.map((entry) => entry.entropy);
  return {
    entries,
    rules,
    chance: entries.length - rules,
    ruleShare: entries.length ? rules / entries.length : null,
    entropy: describeValues(entropies),
    histogram: histogramOf(entropies, 50),
    pairsSeen: contexts.length,
    byPosition: counts.positions !== null,
    minCount,
    ruleBits,
  };
}

/**
 * The table of one mode from code sequences: counts and table in one call.
 *
 * @param byPosition keys by (position, code, action): a context that knows where it is can be certain where (code, action) cannot
 *   (D13). The original has only `false`.
 *
 * @example
 * ```ts
 * import { extractRules } from "@tessera/worlds";
 * const codes = new Uint8Array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]); // one trajectory, one position, codes alternate
 * const table = extractRules(
 *   { count: 1, steps: 10, positions: 1, codeCount: 2, actionCount: 1, codes, actions: new Uint8Array(10) },
 *   "corrected",
 * );
 * table.rules; // 2: after code 0 always 1, after code 1 always 0
 * ```
 */
export function extractRules(sequences: CodeSequences, mode: AnalysisMode, byPosition = false): RuleTable {
  const settings = ANALYSIS_MODES[mode];
  return ruleTable(countTransitions(sequences, { ...settings, byPosition }), settings);
}

/** Rules, or chance entries, most frequent first; among equals in the order of the table. */
export function mostFrequent(table: RuleTable, kind: "rule" | "chance", limit: number): RuleEntry[] {
  return table.entries.filter((entry) => entry.rule === (kind === "rule")).sort((a, b) => b.count - a.count)
    .slice(0, limit);
}
