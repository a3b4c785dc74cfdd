import { below, CHANCE, type Chart, type Figure, figure, histogram, RULE } from "../../../figures/mod.ts";
import type { Analysis } from "../analyse.ts";
import { gameTitle } from "../claims.ts";
import { judgedEntropy } from "../criteria.ts";
import { fixed, percentText } from "../../plain_table.ts";

/** Predicted entropies cell by cell, split by what the rules of the game say, over those of a perfect predictor (spec 1 §7.5). */
export function predictedEntropyFigure(analysis: Analysis): Figure {
  const { game, values } = analysis, name = gameTitle(game), { truth, change, perfect } = judgedEntropy(analysis);
  const top = [values.rule, values.chance, values.trueChance].reduce(
    (most, list) => list.reduce((a, b) => Math.max(a, b), most),
    1,
  );
  const range = [0, Math.ceil(4 * top) / 4] as const;
  const panel = (title: string, rule: readonly number[], chance: readonly number[], marked: boolean): Chart =>
    histogram({
      title,
      values: chance.length ? { "rule cells": rule, "chance cells": chance } : { "rule cells": rule },
      bins: 60,
      range,
      colours: [RULE, CHANCE],
      measure: "share",
      x: "Entropy (bits)",
      y: "Share of the cells",
      yScale: "sqrt",
      width: 560,
      height: 170,
      thresholds: marked && truth.chance.meanTruth !== null
        ? [{ at: truth.chance.meanTruth, label: `true mean ${truth.chance.meanTruth.toFixed(2)}` }]
        : [],
    });
  const found = chance(analysis)
    ? `The model predicts ${fixed(truth.chance.mean)} bit on chance cells (truly ${
      fixed(truth.chance.meanTruth)
    }) and ` +
      `${fixed(truth.rule.mean)} bit on rule cells.`
    : `The model predicts ${fixed(change.all?.mean ?? null, 3)} bit on average, ${
      percentText(change.shares?.below01 ?? null)
    } of the ` +
      "cells below 0.1 bit; in truth every cell has 0 bits.";
  return figure(
    `${game}_predicted_entropy`,
    `Predicted entropy of every cell of ${name}, above, and what a predictor that knows the game predicts, below. ${found}`,
    below([
      panel(`The model (mean ${fixed(change.all?.mean ?? null)} bit)`, values.rule, values.chance, true),
      panel(
        `A perfect predictor (mean ${fixed(perfect.change.all?.mean ?? null)} bit)`,
        values.rule.map(() => 0),
        values.trueChance,
        true,
      ),
    ], { title: `${name}: what the model is sure of` }),
  );
}

const chance = (analysis: Analysis) => judgedEntropy(analysis).truth.chance.count > 0;
