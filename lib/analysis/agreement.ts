/** How well codes agree with labels that the codes were never shown. Spec 3 §7.2. */

import { bestAssignment } from "./assignment.ts";
import { expectedInformation } from "./expected_information.ts";

/** Agreement of labels (rows) and codes (columns). Information in nats. */
export interface Agreement {
  /** H(A), entropy of the labels. */
  readonly labelEntropy: number;
  /** H(K), entropy of the codes. */
  readonly codeEntropy: number;
  /** I(A; K) */
  readonly information: number;
  /** 2I / (H(A) + H(K)); 1 where both are constant. */
  readonly nmi: number;
  /** I / √(H(A)·H(K)) */
  readonly nmiGeometric: number;
  /** I adjusted for chance by the arithmetic mean: (I − E) / ((H(A) + H(K))/2 − E). Null where counts are not whole. */
  readonly ami: number | null;
  /** E, the expected information of random labellings. Null where counts are not whole. */
  readonly expectedInformation: number | null;
  /** Adjusted Rand index. Null where counts are not whole. */
  readonly ari: number | null;
  /** Σ_k max_a C / n: how pure the codes are. */
  readonly purity: number;
  /** Σ_a max_k C / n: how little a label is split. */
  readonly inversePurity: number;
  /** Largest Σ C[a, k(a)] / n over maps that give each label a code of its own. */
  readonly matchedAccuracy: number;
}

/**
 * Scores of a confusion matrix, equal to scikit-learn's (spec 3 §12).
 *
 * @param table [labels, codes], counts or weights ≥ 0
 * @throws RangeError for a negative or missing entry, or an empty table
 *
 * @example
 * ```ts
 * import { agreement } from "@tessera/worlds";
 * agreement([5, 0, 0, 5], 2, 2).nmi; // 1
 * ```
 */
export function agreement(table: ArrayLike<number>, labels: number, codes: number): Agreement {
  if (table.length !== labels * codes) {
    throw new RangeError(`agreement: expected ${labels} × ${codes} counts but found ${table.length}`);
  }
  const rows = new Float64Array(labels), columns = new Float64Array(codes);
  let n = 0, whole = true;
  for (let i = 0; i < table.length; i++) {
    const count = table[i];
    if (!(count >= 0 && count < Infinity)) {
      throw new RangeError(
        `agreement: expected counts of at least 0 but found ${count} at label ${Math.floor(i / codes)}, code ${
          i % codes
        }`,
      );
    }
    rows[Math.floor(i / codes)] += count;
    columns[i % codes] += count;
    n += count;
    whole &&= Number.isInteger(count);
  }
  if (n === 0) throw new RangeError("agreement: expected at least one count but found none");
  const labelEntropy = entropyOf(rows, n), codeEntropy = entropyOf(columns, n);
  let information = 0;
  for (let i = 0; i < table.length; i++) {
    if (table[i] > 0) {
      information += table[i] / n * Math.log(table[i] * n / (rows[Math.floor(i / codes)] * columns[i % codes]));
    }
  }
  information = Math.max(0, information);
  const mean = (labelEntropy + codeEntropy) / 2, root = Math.sqrt(labelEntropy * codeEntropy);
  const expected = whole ? expectedInformation(rows, columns) : null;
  return {
    labelEntropy,
    codeEntropy,
    information,
    nmi: mean === 0 ? 1 : information / mean,
    nmiGeometric: root === 0 ? Number(mean === 0) : information / root,
    ami: expected === null ? null : adjusted(information - expected, mean - expected),
    expectedInformation: expected,
    ari: whole ? randIndex(table, rows, columns, n) : null,
    purity: largestSum(codes, labels, (code, label) => table[label * codes + code]) / n,
    inversePurity: largestSum(labels, codes, (label, code) => table[label * codes + code]) / n,
    matchedAccuracy: bestAssignment(table, labels, codes).sum / n,
  };
}

/** Counts of label and code pairs. @param weights of the pairs; default 1 each @returns [labels, codes] */
export function confusion(
  labels: ArrayLike<number>,
  codes: ArrayLike<number>,
  labelCount: number,
  codeCount: number,
  weights?: ArrayLike<number>,
): Float64Array {
  if (codes.length !== labels.length || (weights && weights.length !== labels.length)) {
    throw new RangeError(
      `confusion: expected as many codes and weights as labels (${labels.length}) but found ${codes.length} codes`,
    );
  }
  const table = new Float64Array(labelCount * codeCount);
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] >= 0 && labels[i] < labelCount && codes[i] >= 0 && codes[i] < codeCount)) {
      throw new RangeError(
        `confusion: expected labels below ${labelCount} and codes below ${codeCount} but found ${labels[i]}, ${
          codes[i]
        } at ${i}`,
      );
    }
    table[labels[i] * codeCount + codes[i]] += weights ? weights[i] : 1;
  }
  return table;
}

function entropyOf(counts: Float64Array, n: number): number {
  return counts.reduce((sum, count) => count > 0 ? sum - count / n * Math.log(count / n) : sum, 0);
}

/** As scikit-learn: two labellings that are both constant, or both all different, agree fully. */
function adjusted(above: number, most: number): number {
  const least = Number.EPSILON;
  if (Math.abs(most) < least && Math.abs(above) < least) return 1;
  return above / (most < 0 ? Math.min(most, -least) : Math.max(most, least));
}

function randIndex(table: ArrayLike<number>, rows: Float64Array, columns: Float64Array, n: number): number {
  const pairs = (counts: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < counts.length; i++) sum += counts[i] * (counts[i] - 1) / 2;
    return sum;
  };
  const both = pairs(table), a = pairs(rows), b = pairs(columns), all = n * (n - 1) / 2;
  if (all === 0) return 1;
  const expected = a * b / all, most = (a + b) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

function largestSum(outer: number, inner: number, at: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < outer; i++) {
    let best = 0;
    for (let j = 0; j < inner; j++) best = Math.max(best, at(i, j));
    sum += best;
  }
  return sum;
}
