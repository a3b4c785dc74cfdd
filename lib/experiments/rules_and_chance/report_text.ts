/** The prose of the report. Everything that depends on numbers is decided by the numbers. */
import { collapseReason, interpretation } from "../../analysis/mod.ts";
import { fixed, paragraphs, percentText } from "../plain_table.ts";
import type { Analysis } from "./analyse.ts";
import { gameSummary, gameTitle } from "./claims.ts";
import { judgedEntropy } from "./criteria.ts";

import { verdictLine } from "./summary.ts";

const names = (analyses: readonly Analysis[]): string => analyses.map(({ game }) => gameTitle(game)).join(" and ");

/** The opening: the question, and what came of it. */
export function inShort(corrected: readonly Analysis[], published: readonly Analysis[]): string {
  return paragraphs(
    "A network looks at pictures of a board game and learns to foretell the next picture from the present one and the move. Nobody tells " +
      "it the rules, and nobody tells it whether the game rolls dice. The question is whether it finds out by itself what is a rule, " +
      "always the same, and what is chance.",
    corrected.length
      ? `Done right, on ${names(corrected)}: ${verdictLine(corrected)} ${interpretation(corrected.map(gameSummary))}`
      : "",
    published.length ? `As published, on ${names(published)}: ${verdictLine(published)}` : "",
  );
}

/** What the original notebook promises (spec 1 §1). */
export const CLAIMED = paragraphs(
  "The original is a notebook in which a vector-quantised autoencoder turns each picture into a grid of 16 codes, and a transformer " +
    "predicts the next codes by cross-entropy alone. It promises that the entropy of these predictions tells rules from chance: about " +
    "14 times higher in 2048 where a code changes than where it stays (P1); near zero everywhere in Othello, where nothing is random " +
    "(P2); a rule table that is a mix of rules and chance for 2048 and about 100 % rules for Othello (P3); and that a well used codebook " +
    "is a sign of a rich representation (P4).",
  "No stored result of the notebook supports P1 to P3. Its author later wrote that 14 times came from an older model that used 2 % of its " +
    "codes, and that the model of the notebook shows a ratio of 1.0 for both games.",
);

/** How pictures become predictions and entropies. */
export const HOW = paragraphs(
  "Frame: a grey picture of the board. Convolutions shrink it to a grid of 4 × 4 cells, and each cell takes the nearest of K code vectors: " +
    "16 numbers stand for the picture. One cell is one tile of 2048, or 2 × 2 squares of Othello. A decoder paints the picture back from " +
    "the codes, which keeps them honest.",
  "Prediction: from the 16 codes and the move, two stacked transformers give a probability for every code at every cell. The entropy of " +
    "these probabilities, in bits, says how sure the model is: 0 bits is certainty, 1 bit is a coin toss.",
  "Truth: the rules of the games are known here, so every cell gets its true entropy. In 2048 all cells are certain but those that are " +
    "empty after the slide: one of them gets a new tile, a 2 with probability 0.9, else a 4. In Othello every cell is certain. A predictor " +
    "that knows this, and nothing more, is the yardstick beside every number: the perfect predictor.",
);

/** What the original's algorithm does, with its numbers. */
export function asPublished(published: readonly Analysis[]): string {
  const found = published.map((analysis) => {
    const { change, accuracy, paddingMasked } = judgedEntropy(analysis), name = gameTitle(analysis.game);
    const reason = collapseReason(gameSummary(analysis));
    const ratio = change.ratio === null
      ? `no ratio, since ${change.ratioMissing}`
      : `a ratio of ${change.ratio.toFixed(2)}`;
    return `${name}: ${ratio}; mean entropy ${fixed(change.all?.mean ?? null)} bit; ${change.distinctCodes} of ` +
      `${change.codeCount} codes occur; ${percentText(accuracy.accuracy)} of the next codes are guessed right, where ` +
      `${percentText(accuracy.copyAccuracy)} would be by guessing that nothing changes` +
      `${paddingMasked ? "" : " (padded steps included, as in the original)"}.` +
      (reason === null
        ? ""
        : ` Here ${reason}: a model without codes is right for free, and its certainty is no evidence.`);
  });
  return paragraphs(
    "This is the original's algorithm with nothing repaired but its crashes. Several things work against it. The codebook starts almost at " +
      "zero and its moving averages at exactly zero, so within a few steps nearly all cells share one to three codes. Every hundredth step " +
      "up to 256 dead codes are planted anew, for the whole run, so codes never come to mean something. The picture's reconstruction weighs " +
      "hundreds of times less than the prediction, which is easiest when all codes are alike. Cells carry no position, so the model cannot " +
      "express that a tile slides left. Batches always start at the first move, yet the analysis covers all moves. And it is analysed on its " +
      "own training data.",
    published.length
      ? found.join("\n\n")
      : "This report has no published run beside it. To make one: deno task train rules-and-chance --mode published.",
  );
}

/** What the repairs are, and what they show. */
export function doneRight(corrected: readonly Analysis[]): string {
  const missing = [...new Set(corrected.flatMap(({ without }) => without))];
  return paragraphs(
    "The same networks and losses, with ten repairs: cells get a position (C1); reconstruction is weighed by the variance of the pixels (C2); " +
      "the codebook starts from real tokens (C3); dead codes are planted anew only in the beginning (C4); the autoencoder is trained first, " +
      "then the predictor on its fixed codes (C5); training looks at all moves (C6); 2048 is recorded after 80 moves, when the board is full " +
      "enough to tell tiles from gaps (C7); no dropout in the small model (C8); codes are counted over all frames (C9); and everything is held " +
      "against the rules of the game (C10). Entropies are measured on fresh games.",
    missing.length ? `This run is an ablation: it does without ${missing.join(", ")}.` : "",
  );
}

/** How one game's model does, in words. */
export function oneGame(analysis: Analysis): string {
  const { truth, change, accuracy, perfect, trueSteps } = judgedEntropy(analysis), { meaning } = analysis;
  const where = `On ${trueSteps} steps of ${judgedEntropy(analysis).trajectories} ${
    analysis.judged === "test" ? "fresh" : "training"
  } games`;
  const guesses = `${where} it guesses ${percentText(accuracy.accuracy)} of the next codes right, and ` +
    `${percentText(accuracy.changedAccuracy)} of those that change; that nothing changes would be right in ` +
    `${percentText(accuracy.copyAccuracy)}.`;
  const codes = `Its codes: knowing the code of a cell, one guesses what lies there right in ${
    percentText(meaning.purity)
  } of the cells.`;
  const split = meaning.completeness !== null && meaning.completeness < 0.9
    ? `But like contents are split over several codes (only ${
      percentText(meaning.completeness)
    } of the cells have the main code of ` +
      "their content), and which of these like codes comes next is hard to foretell: some of its uncertainty is about its own codes."
    : "";
  if (analysis.game !== "2048") {
    return paragraphs(
      `${guesses} Its mean entropy is ${fixed(change.all?.mean ?? null, 3)} bit, and ${
        percentText(change.shares?.below01 ?? null)
      } of its predictions stay below 0.1 bit. Truly every cell has 0 bits.`,
      `${codes} ${split}`.trim(),
    );
  }
  return paragraphs(
    `${guesses} On cells that the rules decide it predicts ${
      fixed(truth.rule.mean)
    } bit (truly 0), on cells that chance decides ` +
      `${fixed(truth.chance.mean)} bit (truly ${fixed(truth.chance.meanTruth)}); ${
        percentText(truth.chanceShare)
      } of all cells are chance cells. ` +
      `Its changed/unchanged ratio is ${fixed(change.ratio)}, that of the perfect predictor ${
        fixed(perfect.change.ratio)
      }.`,
    `${codes} ${split}`.trim(),
  );
}

/** What a rule table can and cannot say. */
export const TABLES = paragraphs(
  "The rule table counts, over the recorded games, which code followed each code under each action. A pair seen at least five times whose " +
    "next code has less than 0.1 bit of entropy is a rule. This says something about codes and games; the predictor plays no part in it.",
  "A code and an action alone rarely decide what comes next, even in Othello: an empty cell far from the played square stays empty, the same " +
    "empty cell at that square does not. Keyed by position as well, the table has more rules, but 100 % is out of reach in general. The mix of " +
    "rules and chance that 2048 is made of shows in the predicted entropies, hardly in this table.",
);

/** Why the headline number is no evidence. */
export const FOURTEEN = paragraphs(
  "The ratio asks whether entropy is higher where codes change. But on an empty board nearly every cell that stays empty might have got the new " +
    "tile: it stays and is uncertain. Even the perfect predictor has a ratio below 1 in the first ten moves, and passes 1 only when the board " +
    "fills.",
  "The way to 14 is to see less. Give all tiles up to 8 one code: nearly nothing changes any more, the codes that stay become certain, and the " +
    "ratio jumps, without any model at all. The ratio measures how rarely codes change. Othello, which has no chance, shows ratios of 3 to 6 too. " +
    "What tells rules from chance is the entropy on chance cells against that on rule cells.",
);

/** Limits that a reader should know. */
export function caveats(analyses: readonly Analysis[]): string {
  const othello = analyses.find(({ game, mode }) => game === "othello" && mode === "corrected");
  return paragraphs(
    othello && othello.entropy.test.steps <= 4
      ? "Othello is recorded for its first four moves, in which only 316 situations (moves so far, and the next one) can occur. Test games " +
        "therefore repeat training positions: this shows that the model recognises determinism, not that it generalises."
      : "",
    "Nothing ties the first transformer to rules and the second to chance: no loss looks between them. The entropies are those of the whole.",
    "Cells are predicted one by one. A board drawn from the predictions could gain no tile, or two.",
    "The numbers of one report are one run. The card of several seeds gives their spread.",
  );
}
