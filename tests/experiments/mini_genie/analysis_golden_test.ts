/** Agreement and t-SNE against the golden file: scikit-learn's values. */
import assert from "node:assert/strict";
import { GoldenChecks } from "../../../lib/experiments/golden_checks.ts";
import { checkAgreement, checkTsne } from "../../../lib/experiments/mini_genie/golden/analysis.ts";

const { agreement, tsne } = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/3-mini-genie.json", import.meta.url)),
);

Deno.test("agreement and t-SNE equal scikit-learn's: the golden file", () => {
  const golden = new GoldenChecks();
  checkAgreement(agreement, golden);
  checkTsne(tsne, golden);
  assert.ok(golden.checks.length >= 40);
  assert.deepEqual(golden.checks.filter(({ holds }) => !holds), []);
});
