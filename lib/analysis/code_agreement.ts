/** Does a code mean one thing? Codes against labels that the game knows, such as tile values (spec 1 §10, stage 1 check). */
import { expectLength } from "./checks.ts";

/** Codes against labels. */
export interface CodeAgreement {
  /** Tokens counted. */
  readonly count: number;
  /** Share of tokens whose label is the most frequent label of their code; null without tokens. */
  readonly purity: number | null;
  /** Share of tokens whose code is the most frequent code of their label; null without tokens. 1: no label is split over codes. */
  readonly completeness: number | null;
  /** [K, L], tokens of each code and label */
  readonly confusion: Float64Array;
  /** [K], most frequent label of each code, the lowest of equals; −1 for a code that does not occur */
  readonly labelOfCode: Int32Array;
  /** [L], most frequent code of each label, the lowest of equals; −1 for a label that does not occur */
  readonly codeOfLabel: Int32Array;
  /** Codes that occur. */
  readonly codesUsed: number;
  /** K */
  readonly codeCount: number;
  /** L */
  readonly labelCount: number;
}

/**
 * Compares codes with labels, token by token.
 *
 * @param codes any shape, in 0…codeCount−1
 * @param labels the same shape, in 0…labelCount−1
 * @throws RangeError if sizes differ or a value is out of range
 *
 * @example
 * ```ts
 * import { codeAgreement } from "@tessera/worlds";
 * codeAgreement([0, 0, 1, 1], [2, 2, 0, 1], 2, 3).purity; // 0.75
 * ```
 */
export function codeAgreement(
  codes: ArrayLike<number>,
  labels: ArrayLike<number>,
  codeCount: number,
  labelCount: number,
): CodeAgreement {
  expectLength("labels", labels.length, codes.length);
  const confusion = new Float64Array(codeCount * labelCount);
  for (let i = 0; i < codes.length; i++) {
    if (!(codes[i] >= 0 && codes[i] < codeCount && labels[i] >= 0 && labels[i] < labelCount)) {
      throw new RangeError(
        `expected codes in 0…${codeCount - 1} and labels in 0…${labelCount - 1} but found code ${codes[i]}, label ${
          labels[i]
        } at element ${i}`,
      );
    }
    confusion[codes[i] * labelCount + labels[i]]++;
  }
  const byCode = largest(codeCount, labelCount, (code, label) => confusion[code * labelCount + label]);
  const byLabel = largest(labelCount, codeCount, (label, code) => confusion[code * labelCount + label]);
  const count = codes.length;
  return {
    count,
    purity: count ? byCode.sum / count : null,
    completeness: count ? byLabel.sum / count : null,
    confusion,
    labelOfCode: byCode.winners,
    codeOfLabel: byLabel.winners,
    codesUsed: byCode.winners.filter((label) => label >= 0).length,
    codeCount,
    labelCount,
  };
}

/** For each row the column of its largest entry (−1 for an empty row), and the sum of these entries. */
function largest(rows: number, columns: number, at: (row: number, column: number) => number) {
  const winners = new Int32Array(rows).fill(-1);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let column = 0; column < columns; column++) {
      if (at(row, column) <= best) continue;
      best = at(row, column);
      winners[row] = column;
    }
    sum += best;
  }
  return { winners, sum };
}
