import {
  changedFlags,
  type CodeSequences,
  countTransitions,
  entropyChange,
  extractRules,
} from "../../../analysis/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";
import type { GoldenRules } from "./format.ts";

/** The rule table and the statistics of predicted entropies (spec 1 §12, rules). */
export function checkRules(golden: GoldenRules, checks: GoldenChecks): void {
  const { n, T, N, K, A } = golden;
  const sequences: CodeSequences = {
    count: n,
    steps: T,
    positions: N,
    codeCount: K,
    actionCount: A,
    codes: Int32Array.from(golden.codes),
    actions: Int32Array.from(golden.actions),
  };
  const counts = countTransitions(sequences).contexts().flatMap(({ code, action, next, counts }) =>
    next.flatMap((successor, i) => [code, action, successor, counts[i]])
  );
  checks.allEqual("rules counts_nonzero", counts, golden.counts_nonzero.flat());
  const table = extractRules(sequences, "published");
  const rows = table.entries.flatMap((
    { code, action, next, count, rule },
  ) => [code, action, next, count, Number(rule)]);
  checks.allEqual(
    "rules table",
    rows,
    golden.rules.flatMap(({ frm, action, to, count, rule }) => [frm, action, to, count, Number(rule)]),
  );
  checks.allClose("rules H", table.entries.map(({ entropy }) => entropy), golden.rules.map(({ H }) => H), 1e-12);
  checks.equal("n_rules", table.rules, golden.n_rules);
  checks.equal("n_chance", table.chance, golden.n_chance);
  for (const key of ["mean", "std", "min", "max"] as const) {
    checks.close(`entropy_stats ${key}`, table.entropy?.[key] ?? NaN, golden.entropy_stats[key], 1e-12);
  }
  checks.allEqual("hist50", table.histogram?.counts ?? [], golden.hist50);
  checks.close("hist_first_edge", table.histogram?.edges[0] ?? NaN, golden.hist_first_edge, 1e-12);
  checks.close("hist_last_edge", table.histogram?.edges.at(-1) ?? NaN, golden.hist_last_edge, 1e-12);
  checkPredicted(golden, sequences, checks);
}

function checkPredicted(golden: GoldenRules, sequences: CodeSequences, checks: GoldenChecks): void {
  const { n, T, N } = golden, changed = changedFlags(sequences), entropy = new Float64Array(n * T * N);
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < T; t++) {
      for (let p = 0; p < N; p++) {
        const at = (i * T + t) * N + p;
        entropy[at] = 0.05 + 0.3 * (1 + Math.sin(0.9 * i + 0.5 * t + 0.31 * p)) + 1.2 * changed[at];
      }
    }
  }
  const { all, changed: moved, unchanged, ratio, shares } = entropyChange({ positions: N, entropy, changed });
  const ours: Record<string, number | undefined | null> = {
    mean: all?.mean,
    std: all?.std,
    max: all?.max,
    changed_mean: moved?.mean,
    changed_median: moved?.median,
    unchanged_mean: unchanged?.mean,
    unchanged_median: unchanged?.median,
    n_changed: moved?.count ?? 0,
    n_unchanged: unchanged?.count ?? 0,
    ratio,
    frac_lt_0_1: shares?.below01,
    frac_0_1_0_5: shares?.from01to05,
    frac_0_5_2: shares?.from05to2,
    frac_gt_2: shares?.above2,
  };
  for (const [key, reference] of Object.entries(golden.predicted)) {
    checks.close(`predicted ${key}`, ours[key] ?? NaN, reference, 1e-9);
  }
}
