/**
 * The paragraph under the final table. The original prints three fixed sentences; here every sentence is decided by the numbers, so
 * that it can never contradict the table above it.
 */
import { type GameSummary, percentOfRules } from "./summary.ts";

/**
 * What the numbers say about rules and chance, in sentences: the tables, whether they tell the games apart, predicted entropy against
 * the truth, the changed/unchanged ratio beside a perfect predictor, and the use of the codebook. Measurements that are missing or
 * null are passed over.
 */
export function interpretation(games: readonly GameSummary[]): string {
  const collapsed = games.filter((game) => collapseReason(game) !== null);
  const sound = games.filter((game) => collapseReason(game) === null);
  return [
    ...collapsed.map((game) =>
      `${game.game}: ${collapseReason(game)}, so its codes say nothing about the game and its figures are no evidence.`
    ),
    ...sound.flatMap(tableSentences),
    ...comparison(sound),
    ...sound.flatMap(entropySentences),
    ...sound.flatMap(ratioSentences),
    ...codebookSentence(sound),
  ].join(" ");
}

/** Why the codes of a game are useless; null if they are not. */
export function collapseReason(game: GameSummary): string | null {
  const codes = game.distinctCodes ?? game.codesUsed;
  if (codes <= 3 && game.codeCount > 3) {
    return `the codebook has collapsed to ${plural(codes, "code")} of ${game.codeCount}`;
  }
  const { changedShare, trueChangedShare } = game;
  if (isNumber(changedShare) && isNumber(trueChangedShare) && changedShare < 0.1 * trueChangedShare) {
    return `only ${percent(changedShare)} of its codes change where ${percent(trueChangedShare)} of the cells do`;
  }
  return null;
}

function tableSentences(game: GameSummary): string[] {
  const { rules, chance, minCount } = game.table;
  const share = percentOfRules(game.table);
  if (share === null) {
    return [`${game.game}: no (code, action) pair was seen ${minCount} times, so there is no rule table.`];
  }
  const first = `${game.game}: ${rules} of ${rules + chance} (code, action) pairs are rules (${share.toFixed(1)} %)`;
  const byPosition = game.tableByPosition ? percentOfRules(game.tableByPosition) : null;
  if (byPosition === null) return [`${first}.`];
  const change = byPosition > share
    ? "knowing the position raises this to"
    : "knowing the position does not raise this:";
  return [`${first}; ${change} ${byPosition.toFixed(1)} %.`];
}

/** Games without chance should have the larger share of rules; says what the tables show. */
function comparison(games: readonly GameSummary[]): string[] {
  const judged = games.filter((game) => percentOfRules(game.table) !== null);
  const share = (game: GameSummary) => percentOfRules(game.table) as number;
  const sentences: string[] = [];
  for (const certain of judged.filter((game) => !game.hasChance)) {
    for (const uncertain of judged.filter((game) => game.hasChance)) {
      const lead = share(certain) - share(uncertain);
      if (lead >= 20) {
        sentences.push(
          `The tables tell the games apart: ${certain.game}, which has no chance, leads by ${lead.toFixed(1)} points.`,
        );
      } else if (lead > -5) {
        sentences.push(`The tables do not tell ${certain.game} and ${uncertain.game} apart (${signed(lead)} points).`);
      } else {
        sentences.push(
          `Against the rules of the games, ${uncertain.game} shows more rules than ${certain.game} (by ${
            (-lead).toFixed(1)
          } points).`,
        );
      }
    }
    if (share(certain) < 95) {
      sentences.push(
        `${certain.game} has no chance and yet stays below 100 %: a code and an action do not say where the code lies or what lies around it.`,
      );
    }
  }
  return sentences;
}

function entropySentences(game: GameSummary): string[] {
  const { chanceBits, ruleBits, trueChanceBits, meanEntropy, below01 } = game;
  if (game.hasChance) {
    if (!isNumber(chanceBits) || !isNumber(ruleBits)) return [];
    const truth = isNumber(trueChanceBits) ? ` (truly ${trueChanceBits.toFixed(2)})` : "";
    const quotient = ruleBits > 0 ? chanceBits / ruleBits : Infinity;
    const verdict = quotient >= 3
      ? "it knows which cells are uncertain"
      : quotient >= 1.5
      ? "it begins to know which cells are uncertain"
      : "it does not know which cells are uncertain";
    return [
      `The model of ${game.game} predicts ${chanceBits.toFixed(2)} bit on chance cells${truth} and ${
        ruleBits.toFixed(2)
      } bit on ` +
      `rule cells${Number.isFinite(quotient) ? `, ${quotient.toFixed(1)}×` : ""}: ${verdict}.`,
    ];
  }
  if (!isNumber(meanEntropy)) return [];
  const share = isNumber(below01) ? ` with ${percent(below01)} of predictions below 0.1 bit` : "";
  const verdict = meanEntropy <= 0.1
    ? "it has recognised that nothing is random"
    : meanEntropy <= 0.5
    ? "it is nearly, not fully, certain of a game without chance"
    : "it is still uncertain of a game without chance";
  return [`The model of ${game.game} predicts ${meanEntropy.toFixed(2)} bit on average${share}: ${verdict}.`];
}

function ratioSentences(game: GameSummary): string[] {
  const { ratio, perfectRatio } = game;
  if (!isNumber(ratio)) return [];
  const value = `The changed/unchanged ratio of ${game.game} is ${ratio.toFixed(2)}`;
  if (!game.hasChance) {
    return [
      ratio > 1.5 ? `${value} although nothing is random there: the ratio is no evidence of chance.` : `${value}.`,
    ];
  }
  if (!isNumber(perfectRatio)) return [`${value}.`];
  const perfect = `a perfect predictor has ${perfectRatio.toFixed(2)}`;
  return [
    ratio > 1.1 * perfectRatio
      ? `${value}; ${perfect}, so the excess measures the model's codes and errors, not chance.`
      : `${value}; ${perfect}.`,
  ];
}

function codebookSentence(games: readonly GameSummary[]): string[] {
  if (!games.length) return [];
  const uses = games.map(({ game, codesUsed, codeCount }) => `${game} ${codesUsed} of ${codeCount}`).join(", ");
  return [`Codes in use: ${uses}; more codes are a finer description, not by themselves a better one.`];
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}
