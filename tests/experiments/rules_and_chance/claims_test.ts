import assert from "node:assert/strict";
import type { Analysis } from "../../../lib/experiments/rules_and_chance/analyse.ts";
import { cardOf, claimsOf, gameSummary, judgeClaims } from "../../../lib/experiments/rules_and_chance/claims.ts";
import { experimentSummary, measuresTable, verdictTable } from "../../../lib/experiments/rules_and_chance/summary.ts";
import { mergeCards, readCard, writeCard } from "../../../lib/runs/mod.ts";
import { syntheticAnalysis } from "./synthetic.ts";

const held = (analysis: Analysis) =>
  Object.fromEntries(judgeClaims(analysis).map(({ claim }) => [claim.id, claim.holds]));

/** The numbers of spec 1 §10 in place of those of the synthetic model. */
function measuredBySpec(game: "2048" | "othello"): Analysis {
  const analysis = structuredClone(syntheticAnalysis(game, "perfect")), { test } = analysis.entropy;
  const numbers = game === "2048"
    ? { ratio: 2.61, mean: 0.28, below01: 0.58, chance: 0.79, rule: 0.15, rules: 0, others: 36 }
    : { ratio: 5.87, mean: 0.03, below01: 0.95, chance: null, rule: 0.03, rules: 439, others: 219 };
  const { change, truth } = test;
  return {
    ...analysis,
    entropy: {
      ...analysis.entropy,
      test: {
        ...test,
        change: {
          ...change,
          ratio: numbers.ratio,
          all: { ...change.all!, mean: numbers.mean },
          shares: { ...change.shares!, below01: numbers.below01 },
        },
        truth: {
          ...truth,
          chance: { ...truth.chance, mean: numbers.chance },
          rule: { ...truth.rule, mean: numbers.rule },
        },
      },
    },
    rules: { ...analysis.rules, pooled: { ...analysis.rules.pooled, rules: numbers.rules, chance: numbers.others } },
  };
}

/** One number changed, by path: "entropy.test.change.ratio". */
function changed(analysis: Analysis, path: string, value: number): Analysis {
  const copy = structuredClone(analysis), keys = path.split(".");
  // deno-lint-ignore no-explicit-any -- a path of any depth into plain data
  const parent = keys.slice(0, -1).reduce((at: any, key) => at[key], copy);
  assert.ok(keys.at(-1)! in parent, `${path} exists`);
  parent[keys.at(-1)!] = value;
  return copy;
}

Deno.test("the measured numbers of the spec meet every criterion", () => {
  assert.deepEqual(held(measuredBySpec("2048")), {
    "2048.ratio": true,
    "2048.chance-over-rule": true,
    "2048.certain": true,
    "2048.chance-bits": true,
    "2048.rule-table": true,
  });
  assert.deepEqual(held(measuredBySpec("othello")), {
    "othello.mean": true,
    "othello.certain": true,
    "othello.rule-table": true,
  });
});

Deno.test("each criterion fails just beyond its target, and no other with it", () => {
  const cases: [game: "2048" | "othello", path: string, value: number, id: string][] = [
    ["2048", "entropy.test.change.ratio", 1.99, "2048.ratio"],
    ["2048", "entropy.test.truth.rule.mean", 0.79 / 2.99, "2048.chance-over-rule"],
    ["2048", "entropy.test.change.shares.below01", 0.399, "2048.certain"],
    ["2048", "entropy.test.truth.chance.mean", 1.01, "2048.chance-bits"],
    ["2048", "entropy.test.truth.chance.mean", 0.59, "2048.chance-bits"],
    ["2048", "rules.pooled.rules", 2, "2048.rule-table"],
    ["othello", "entropy.test.change.all.mean", 0.101, "othello.mean"],
    ["othello", "entropy.test.change.shares.below01", 0.899, "othello.certain"],
    ["othello", "rules.pooled.rules", 328, "othello.rule-table"],
  ];
  for (const [game, path, value, id] of cases) {
    const analysis = changed(measuredBySpec(game), path, value);
    const missed = judgeClaims(analysis).filter(({ claim }) => !claim.holds).map(({ claim }) => claim.id);
    assert.deepEqual(missed, [id], `${path} = ${value}`);
  }
});

Deno.test("the perfect predictor meets what it can meet, its yardsticks stand beside the claims", () => {
  const claims = judgeClaims(syntheticAnalysis("2048", "perfect"));
  assert.ok(claims.every(({ claim }) => claim.holds), JSON.stringify(claims));
  for (const { raw, perfect, claim } of claims) {
    if (perfect !== null) assert.ok(Math.abs(raw! - perfect) < 1e-3 * Math.abs(perfect), claim.id);
  }
});

Deno.test("a model that knows nothing fails", () => {
  assert.deepEqual(Object.values(held(syntheticAnalysis("2048", "uniform"))), [false, false, false, false, true]);
  assert.deepEqual(Object.values(held(syntheticAnalysis("othello", "uniform"))), [false, false, true]);
});

Deno.test("a collapsed codebook is certain of everything, and nothing of it counts", () => {
  for (const mode of ["corrected", "published"] as const) {
    for (const game of ["2048", "othello"] as const) {
      const analysis = syntheticAnalysis(game, "collapsed", mode), claims = judgeClaims(analysis);
      assert.ok(claims.every(({ claim }) => !claim.holds && claim.measured.mean === null));
      assert.ok(claims.every((claim) => /collapsed to 1 code of/.test(claim.void ?? "")));
      const text = experimentSummary([analysis]);
      assert.match(
        text,
        /0 of \d claims hold\..* Numbers in brackets are no evidence: the codebook has collapsed to 1/,
      );
      assert.match(text, /\(100\)/, "the raw number is shown all the same");
    }
  }
});

Deno.test("published is held to the promises P1 to P4 of the original, which even a perfect model misses", () => {
  assert.deepEqual(held(syntheticAnalysis("2048", "perfect", "published")), {
    "2048.P1-ratio": false,
    "2048.P1-bimodal": false,
    "2048.P3-mix": false,
    "2048.P4-codebook": false,
  });
  assert.deepEqual(held(syntheticAnalysis("othello", "perfect", "published")), {
    "othello.P2-mean": true,
    "othello.P3-rules": false,
    "othello.P4-codebook": false,
  });
});

Deno.test("cards of several seeds merge, and survive the disk", async () => {
  const run = (seed: number) => ({
    seed,
    seconds: 1,
    peakMemoryBytes: null,
    device: "test",
    versions: { tessera: "0" },
    commit: null,
  });
  const first = cardOf(measuredBySpec("2048"), run(0));
  const second = cardOf(changed(measuredBySpec("2048"), "entropy.test.change.ratio", 3.01), run(1));
  const folder = await Deno.makeTempDir();
  try {
    const merged = mergeCards([first, second]);
    await writeCard(folder, merged);
    const { measured, holds } = (await readCard(folder)).claims[0];
    assert.deepEqual([measured.values, holds], [[2.61, 3.01], true]);
    assert.ok(Math.abs(measured.mean! - 2.81) < 1e-12);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every claim has its own id, and the two modes none in common", () => {
  const ids = (["published", "corrected"] as const).flatMap((mode) =>
    (["2048", "othello"] as const).flatMap((game) =>
      claimsOf(syntheticAnalysis(game, "perfect", mode)).map((c) => c.id)
    )
  );
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("the summary has table, interpretation and verdicts; tables have no holes", () => {
  const analyses = (["2048", "othello"] as const).map((game) => syntheticAnalysis(game, "perfect"));
  const text = experimentSummary(analyses);
  assert.match(text, /^Rules and chance: small, corrected\n\nGame +Rules +Chance +% Rules +Codebook\n/);
  assert.match(text, /\n2048 .*\nOthello /);
  assert.match(text, /✓ {6}2048 +entropy where codes change \/ where they stay +≥ 2 /);
  assert.match(text, /\n8 of 8 claims hold\.$/);
  assert.ok(text.split("\n").every((line) => line.length <= 120), "fits a terminal");
  for (const { columns, rows } of [verdictTable(analyses), measuresTable(analyses)]) {
    for (const row of rows) {
      assert.equal(row.length, columns.length);
      assert.ok(row.every((cell) => cell !== undefined && cell !== null && !/NaN|undefined|null/.test(String(cell))));
    }
  }
  assert.equal(gameSummary(analyses[0]).trueChanceBits, analyses[0].entropy.test.truth.chance.meanTruth);
});
