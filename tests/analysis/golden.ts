/** The sections of the golden file of spec 1 that concern analysis. */
import type { CodeSequences } from "../../lib/analysis/mod.ts";

/** Section `rules`: sequences in full, and what the reference makes of them. */
export interface GoldenRules {
  n: number;
  T: number;
  N: number;
  K: number;
  A: number;
  codes: number[];
  actions: number[];
  counts_nonzero: [number, number, number, number][];
  rules: { frm: number; action: number; to: number; count: number; H: number; rule: boolean }[];
  n_rules: number;
  n_chance: number;
  entropy_stats: { mean: number; std: number; min: number; max: number };
  hist50: number[];
  hist_first_edge: number;
  hist_last_edge: number;
  predicted: Record<string, number>;
}

const path = new URL("../golden/1-rules-and-chance.json", import.meta.url);
export const golden: GoldenRules = JSON.parse(Deno.readTextFileSync(path)).rules;

export const goldenSequences: CodeSequences = {
  count: golden.n,
  steps: golden.T,
  positions: golden.N,
  codeCount: golden.K,
  actionCount: golden.A,
  codes: Int32Array.from(golden.codes),
  actions: Int32Array.from(golden.actions),
};
