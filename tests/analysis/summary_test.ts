import assert from "node:assert/strict";
import { type GameSummary, interpretation, summaryRows, summaryText } from "../../lib/analysis/mod.ts";

/** The measured values of spec 1 §10. */
const game2048: GameSummary = {
  game: "2048",
  hasChance: true,
  table: { rules: 0, chance: 36, minCount: 5 },
  tableByPosition: { rules: 20, chance: 487, minCount: 5 },
  codesUsed: 9,
  codeCount: 10,
  ratio: 2.61,
  perfectRatio: 3.51,
  chanceBits: 0.79,
  ruleBits: 0.15,
  trueChanceBits: 0.845,
};
const othello: GameSummary = {
  game: "Othello",
  hasChance: false,
  table: { rules: 439, chance: 219, minCount: 5 },
  tableByPosition: { rules: 643, chance: 149, minCount: 5 },
  codesUsed: 62,
  codeCount: 64,
  meanEntropy: 0.03,
  below01: 0.95,
  ratio: 5.87,
};

Deno.test("summaryText: the final table, aligned", () => {
  const rows = summaryRows([game2048, othello, {
    ...othello,
    game: "empty",
    table: { rules: 0, chance: 0, minCount: 5 },
  }]);
  assert.deepEqual(rows[1], {
    game: "Othello",
    rules: 439,
    chance: 219,
    percentRules: 100 * 439 / 658,
    codesUsed: 62,
    codeCount: 64,
  });
  assert.equal(rows[2].percentRules, null);
  assert.equal(
    summaryText(rows),
    [
      "Game     Rules  Chance  % Rules  Codebook",
      "─────────────────────────────────────────",
      "2048         0      36      0.0      9/10",
      "Othello    439     219     66.7     62/64",
      "empty        0       0        –     62/64",
    ].join("\n"),
  );
});

Deno.test("interpretation: what the spec's own measurements say", () => {
  assert.equal(
    interpretation([game2048, othello]),
    "2048: 0 of 36 (code, action) pairs are rules (0.0 %); knowing the position raises this to 3.9 %. " +
      "Othello: 439 of 658 (code, action) pairs are rules (66.7 %); knowing the position raises this to 81.2 %. " +
      "The tables tell the games apart: Othello, which has no chance, leads by 66.7 points. " +
      "Othello has no chance and yet stays below 100 %: a code and an action do not say where the code lies or what lies around it. " +
      "The model of 2048 predicts 0.79 bit on chance cells (truly 0.84) and 0.15 bit on rule cells, 5.3×: it knows which cells are uncertain. " +
      "The model of Othello predicts 0.03 bit on average with 95.0 % of predictions below 0.1 bit: it has recognised that nothing is random. " +
      "The changed/unchanged ratio of 2048 is 2.61; a perfect predictor has 3.51. " +
      "The changed/unchanged ratio of Othello is 5.87 although nothing is random there: the ratio is no evidence of chance. " +
      "Codes in use: 2048 9 of 10, Othello 62 of 64; more codes are a finer description, not by themselves a better one.",
  );
});

Deno.test("interpretation never claims what the numbers deny", () => {
  const reversed = interpretation([
    { ...game2048, table: { rules: 90, chance: 10, minCount: 5 }, chanceBits: 0.5, ruleBits: 0.6, ratio: 14 },
    { ...othello, table: { rules: 10, chance: 90, minCount: 5 }, tableByPosition: undefined, meanEntropy: 1.3 },
  ]);
  assert.match(reversed, /Against the rules of the games, 2048 shows more rules than Othello \(by 80\.0 points\)/);
  assert.match(reversed, /knowing the position does not raise this: 3\.9 %/);
  assert.match(reversed, /does not know which cells are uncertain/);
  assert.match(reversed, /still uncertain of a game without chance/);
  assert.match(reversed, /14\.00; a perfect predictor has 3\.51, so the excess measures/);
  assert.doesNotMatch(reversed, /tell the games apart:|recognised/);
  const alike = interpretation([{ ...game2048, table: { rules: 62, chance: 38, minCount: 5 } }, othello]);
  assert.match(alike, /do not tell Othello and 2048 apart \(\+4\.7 points\)/);
});

Deno.test("interpretation: a collapsed codebook is named and its perfect rules are not praised", () => {
  const collapsed = { ...othello, table: { rules: 64, chance: 0, minCount: 5 }, codesUsed: 2, meanEntropy: 0 };
  const text = interpretation([game2048, collapsed]);
  assert.match(text, /^Othello: the codebook has collapsed to 2 codes of 64, so its codes say nothing/);
  assert.doesNotMatch(text, /64 of 64|recognised|tell the games apart/);
  const stuck = { ...game2048, changedShare: 0.001, trueChangedShare: 0.346 };
  assert.match(interpretation([stuck]), /only 0\.1 % of its codes change where 34\.6 % of the cells do/);
  const openings = { ...game2048, codesUsed: 3, distinctCodes: 9 }; // first frames of 2048 hold three tile values
  assert.doesNotMatch(interpretation([openings]), /collapsed/);
});

Deno.test("interpretation passes over what was not measured", () => {
  const bare: GameSummary = {
    game: "Othello",
    hasChance: false,
    table: { rules: 0, chance: 0, minCount: 5 },
    codesUsed: 16,
    codeCount: 64,
    ratio: null,
    meanEntropy: null,
  };
  assert.equal(
    interpretation([bare]),
    "Othello: no (code, action) pair was seen 5 times, so there is no rule table. Codes in use: Othello 16 of 64; more codes are a " +
      "finer description, not by themselves a better one.",
  );
  assert.equal(interpretation([]), "");
});
