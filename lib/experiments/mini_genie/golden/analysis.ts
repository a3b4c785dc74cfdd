import { affinities, agreement, TsneDescent } from "../../../analysis/mod.ts";
import type { GoldenChecks } from "../../golden_checks.ts";

/** The `agreement` section (spec 3 §12). */
export interface GoldenAgreement {
  readonly confusion_rows_true_action: readonly (readonly number[])[];
  readonly H_action: number;
  readonly H_code: number;
  readonly MI: number;
  readonly NMI_arithmetic: number;
  readonly NMI_geometric: number;
  readonly AMI: number;
  readonly expected_MI: number;
  readonly ARI: number;
  readonly purity: number;
  readonly inverse_purity: number;
  readonly matched_accuracy: number;
}

/** The `tsne` section (spec 3 §12). */
export interface GoldenTsne {
  readonly config: {
    readonly n: number;
    readonly d: number;
    readonly perp: number;
    readonly b: number;
    readonly lr: number;
  };
  readonly beta: readonly number[];
  readonly P_row0: readonly number[];
  readonly P_sum_sq: number;
  readonly kl_at_Y0: number;
  readonly grad_l2_at_Y0: number;
  readonly grad_row0_at_Y0: readonly number[];
  readonly exaggerated_grad_l2: number;
  readonly trace:
    readonly (readonly [stage: string, iteration: number, kl: number, gradient: number, places: number])[];
  readonly Y_after_10: readonly number[];
  readonly Y_after_20: readonly number[];
}

/** Digits of the file: 14; sums in another order cost some of them. */
const CLOSE = 1e-10;

/** Scores of a confusion matrix. */
export function checkAgreement(golden: GoldenAgreement, checks: GoldenChecks): void {
  const table = golden.confusion_rows_true_action, ours = agreement(table.flat(), table.length, table[0].length);
  const pairs: [string, number | null, number][] = [
    ["H(A)", ours.labelEntropy, golden.H_action],
    ["H(K)", ours.codeEntropy, golden.H_code],
    ["I(A; K)", ours.information, golden.MI],
    ["NMI", ours.nmi, golden.NMI_arithmetic],
    ["NMI, geometric", ours.nmiGeometric, golden.NMI_geometric],
    ["AMI", ours.ami, golden.AMI],
    ["expected information", ours.expectedInformation, golden.expected_MI],
    ["ARI", ours.ari, golden.ARI],
    ["purity", ours.purity, golden.purity],
    ["inverse purity", ours.inversePurity, golden.inverse_purity],
    ["matched accuracy", ours.matchedAccuracy, golden.matched_accuracy],
  ];
  for (const [name, value, reference] of pairs) checks.close(`agreement ${name}`, value ?? NaN, reference, CLOSE);
}

/** Affinities, gradient and twenty iterations of exact t-SNE. */
export function checkTsne(golden: GoldenTsne, checks: GoldenChecks): void {
  const { n, d, perp, b, lr } = golden.config;
  const points = Float64Array.from({ length: n * d }, (_, at) => {
    const i = Math.floor(at / d), j = at % d;
    return Math.sin(b * at + 0.4) + (i % 3 === j % 3 ? 2.5 : 0);
  });
  const near = affinities(points, d, perp);
  checks.allClose("t-SNE precisions", near.precision, golden.beta, CLOSE);
  checks.allClose("t-SNE joint probabilities, row 0", [0, ...near.joint.subarray(0, n - 1)], golden.P_row0, CLOSE);
  checks.close(
    "t-SNE joint probabilities, squares",
    near.joint.reduce((sum, p) => sum + 2 * p * p, 0),
    golden.P_sum_sq,
    CLOSE,
  );
  const descent = new TsneDescent(
    near,
    Float64Array.from({ length: 2 * n }, (_, i) => 0.01 * Math.sin(2.1 * i + 0.9)),
    lr,
  );
  const start = descent.evaluate(1);
  checks.close("t-SNE divergence", start.divergence, golden.kl_at_Y0, CLOSE);
  checks.close("t-SNE gradient", start.gradientNorm, golden.grad_l2_at_Y0, CLOSE);
  checks.allClose("t-SNE gradient, row 0", start.gradient.subarray(0, 2), golden.grad_row0_at_Y0, CLOSE);
  checks.close("t-SNE exaggerated gradient", descent.evaluate(12).gradientNorm, golden.exaggerated_grad_l2, CLOSE);
  for (
    const [name, stage, places] of [
      ["exaggerated", { exaggeration: 12, momentum: 0.5 }, golden.Y_after_10],
      ["plain", { exaggeration: 1, momentum: 0.8 }, golden.Y_after_20],
    ] as const
  ) {
    descent.rest();
    for (let i = 0; i < 10; i++) {
      const { divergence } = descent.evaluate(stage.exaggeration), gradientNorm = descent.step(stage);
      const row = golden.trace.find(([own, at]) => own === name && at === i), what = `t-SNE ${name} ${i}`;
      if (!row) continue;
      // The descent is steep at first: an error of the last digit grows by two or three digits on the way.
      checks.close(`${what} divergence`, divergence, row[2], 1e-8);
      checks.close(`${what} gradient`, gradientNorm, row[3], 1e-8);
      checks.close(`${what} places`, Math.hypot(...descent.places), row[4], 1e-8);
    }
    checks.allClose(`t-SNE places after ${name}`, descent.places, places, 1e-8);
  }
}
