import { percentOfRules } from "../../analysis/mod.ts";
import { type Criterion as Measured, criterion as promise, type Quantity } from "../criterion.ts";
import type { Promised } from "../../runs/mod.ts";
import type { Analysis } from "./analyse.ts";
import type { EntropyAnalysis } from "./entropy_analysis.ts";
import type { GameName, Mode } from "./settings.ts";

/** A promise, how it is measured, and what a perfect predictor shows in its place. */
export interface Criterion extends Measured<Analysis> {
  readonly perfect?: (judged: EntropyAnalysis) => number | null;
}

/** The judged entropies of an analysis. */
export function judgedEntropy(analysis: Analysis): EntropyAnalysis {
  return analysis.entropy[analysis.judged];
}

const percent = (share: number | null | undefined): number | null =>
  share === null || share === undefined ? null : 100 * share;
const ruleShare = (analysis: Analysis): number | null => percentOfRules(analysis.rules.pooled);

const RATIO = {
  quantity: "entropy where codes change / where they stay",
  measure: (analysis: Analysis) => judgedEntropy(analysis).change.ratio,
  perfect: (judged: EntropyAnalysis) => judged.perfect.change.ratio,
};
const CERTAIN = {
  quantity: "predictions below 0.1 bit (%)",
  measure: (analysis: Analysis) => percent(judgedEntropy(analysis).change.shares?.below01),
  perfect: (judged: EntropyAnalysis) => percent(judged.perfect.change.shares?.below01),
};
const MEAN = {
  quantity: "mean predicted entropy (bits)",
  measure: (analysis: Analysis) => judgedEntropy(analysis).change.all?.mean ?? null,
  perfect: (judged: EntropyAnalysis) => judged.perfect.change.all?.mean ?? null,
};
const TABLE = { quantity: "rules among the (code, action) pairs (%)", measure: ruleShare };
const CODES = {
  quantity: "codes in use (%)",
  measure: ({ codesUsed, codeCount }: Analysis) => percent(codesUsed / codeCount),
};

function criterion(
  quantity: Quantity<Analysis> & Pick<Criterion, "perfect">,
  promised: Omit<Promised, "quantity">,
): Criterion {
  return promise(quantity, promised);
}

const SPEC = "spec 1 §1";

/** What the repaired experiment must show, in each game (spec 1 §1). */
const CORRECTED: Readonly<Record<GameName, readonly Criterion[]>> = {
  "2048": [
    criterion(RATIO, {
      id: "2048.ratio",
      text: "It is less sure of codes that change than of codes that stay",
      source: SPEC,
      comparison: ">=",
      target: 2,
    }),
    criterion({
      quantity: "entropy on chance cells / on rule cells",
      measure: (analysis) => chanceOverRule(judgedEntropy(analysis).truth),
      perfect: (judged) => chanceOverRule(judged.perfect.truth),
    }, {
      id: "2048.chance-over-rule",
      text: "It knows which cells the rules leave to chance",
      source: SPEC,
      comparison: ">=",
      target: 3,
    }),
    criterion(CERTAIN, {
      id: "2048.certain",
      text: "It is certain of much of the board",
      source: SPEC,
      comparison: ">=",
      target: 40,
    }),
    criterion({
      quantity: "entropy on chance cells (bits)",
      measure: (analysis) => judgedEntropy(analysis).truth.chance.mean,
      perfect: (judged) => judged.perfect.truth.chance.mean,
    }, {
      id: "2048.chance-bits",
      text: "It stays as unsure of chance cells as it should be",
      source: SPEC,
      comparison: "within",
      target: 0.8,
      tolerance: 0.2,
    }),
    criterion(TABLE, {
      id: "2048.rule-table",
      text: "Hardly any (code, action) pair is a rule",
      source: SPEC,
      comparison: "<=",
      target: 5,
    }),
  ],
  othello: [
    criterion(MEAN, {
      id: "othello.mean",
      text: "It finds that nothing is left to chance",
      source: SPEC,
      comparison: "<=",
      target: 0.1,
    }),
    criterion(CERTAIN, {
      id: "othello.certain",
      text: "It is certain of nearly every prediction",
      source: SPEC,
      comparison: ">=",
      target: 90,
    }),
    criterion(TABLE, {
      id: "othello.rule-table",
      text: "Most (code, action) pairs are rules",
      source: SPEC,
      comparison: ">=",
      target: 60,
    }),
  ],
};

/** What the original promises (spec 1 §1, P1–P4), taken at its word. */
const PUBLISHED: Readonly<Record<GameName, readonly Criterion[]>> = {
  "2048": [
    criterion(RATIO, {
      id: "2048.P1-ratio",
      text: "P1: entropy is about 14 times higher where codes change",
      source: "seed, title cell",
      comparison: "within",
      target: 14,
      tolerance: 4,
    }),
    criterion({
      quantity: "smaller of the shares below 0.1 and above 0.5 bit (%)",
      measure: (analysis) => smallerMode(judgedEntropy(analysis).change.shares),
      perfect: (judged) => smallerMode(judged.perfect.change.shares),
    }, {
      id: "2048.P1-bimodal",
      text: "P1: entropies are bimodal, rules here and chance there",
      source: "seed, heading of experiment 1",
      comparison: ">=",
      target: 10,
    }),
    criterion(TABLE, {
      id: "2048.P3-mix",
      text: "P3: the rule table is a mix of rules and chance",
      source: "seed, summary cell",
      comparison: "within",
      target: 50,
      tolerance: 45,
    }),
    criterion(CODES, {
      id: "2048.P4-codebook",
      text: "P4: much of the codebook is in use, which is to mean a rich representation",
      source: "seed, summary cell",
      comparison: ">=",
      target: 50,
    }),
  ],
  othello: [
    criterion(MEAN, {
      id: "othello.P2-mean",
      text: "P2: entropy is near zero everywhere",
      source: "seed, title cell",
      comparison: "<=",
      target: 0.1,
    }),
    criterion(TABLE, {
      id: "othello.P3-rules",
      text: "P3: the rule table is about 100 % rules",
      source: "seed, summary cell",
      comparison: ">=",
      target: 95,
    }),
    criterion(CODES, {
      id: "othello.P4-codebook",
      text: "P4: much of the codebook is in use, which is to mean a rich representation",
      source: "seed, summary cell",
      comparison: ">=",
      target: 50,
    }),
  ],
};

/** What each mode promises of each game. */
export const CRITERIA: Readonly<Record<Mode, typeof CORRECTED>> = { published: PUBLISHED, corrected: CORRECTED };

/** Rule cells count with at least a millionth of a bit, so that a perfect predictor has a quotient too. */
export function chanceOverRule({ chance, rule }: EntropyAnalysis["truth"]): number | null {
  return chance.mean === null || rule.mean === null ? null : chance.mean / Math.max(rule.mean, 1e-6);
}

function smallerMode(shares: EntropyAnalysis["change"]["shares"]): number | null {
  return shares ? 100 * Math.min(shares.below01, shares.from05to2 + shares.above2) : null;
}
