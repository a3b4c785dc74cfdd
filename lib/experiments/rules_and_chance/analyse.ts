import {
  ANALYSIS_MODES,
  type AnalysisSettings,
  codeAgreement,
  CodebookUsage,
  countTransitions,
  countUsed,
  type EntropyHeatmap,
  entropyHeatmap,
  mostUsedCodes,
  type RuleTable,
  ruleTable,
  type TransitionGraph,
  transitionGraph,
  usageFrames,
} from "../../analysis/mod.ts";
import { observationSize } from "../../data/mod.ts";
import { renderCells } from "../../games/mod.ts";
import { cellLabels } from "./cell_labels.ts";
import { type CoarseSweep, coarseSweeps } from "./coarse.ts";
import type { GameData } from "./data.ts";
import { analyseEntropies, codeSequences, type EntropyAnalysis, type EntropyValues } from "./entropy_analysis.ts";
import type { Predictions } from "./predict.ts";
import type { GameName, Mode, PresetName, Repair, Settings } from "./settings.ts";

/** Games and what the model says about them. */
export interface PredictedGames {
  /** Boards and how to draw them. */
  readonly games: Pick<GameData, "episodes" | "patches">;
  /** For these games, in this order. */
  readonly predictions: Predictions;
}

/** One code of the gallery. */
export interface GalleryCode {
  /** 0 … K−1 */
  readonly code: number;
  /** Patches with this code. */
  readonly usage: number;
  /** Mean of the first 100 patches, grey 0 … 1, [side, side], four decimals. */
  readonly patch: readonly number[];
}

/** Codes against what really lies under them. */
export interface CodeMeaning {
  /** Share of cells whose content is the commonest of their code. */
  readonly purity: number | null;
  /** Share of cells whose code is the commonest of their content. */
  readonly completeness: number | null;
  /** Contents that occur, ascending: tiles as log2 (0 = empty), or numbers of Othello blocks. */
  readonly contents: readonly number[];
  /** Codes that occur, ascending. */
  readonly codes: readonly number[];
  /** [codes][contents], cells */
  readonly counts: readonly (readonly number[])[];
}

/** Everything that spec 1 §7 asks for, of one model, as plain data: survives JSON. */
export interface Analysis {
  /** Name of the game. */
  readonly game: GameName;
  /** Name of the preset. */
  readonly preset: PresetName;
  /** `published` or `corrected`. */
  readonly mode: Mode;
  /** Repairs that a `corrected` model did without: an ablation. */
  readonly without: readonly Repair[];
  /** S, pixels along a side of a frame. */
  readonly imageSide: number;
  /** K */
  readonly codeCount: number;
  /** A */
  readonly actionCount: number;
  /** The set whose entropies are judged: what the original uses (training data), or fresh games. */
  readonly judged: "train" | "test";
  /** Predicted entropies on the training games and on fresh ones. */
  readonly entropy: { readonly train: EntropyAnalysis; readonly test: EntropyAnalysis };
  /** Cell by cell, of the judged set. */
  readonly values: EntropyValues;
  /** Rule tables of the training games (spec 1 §7.3). Without the histograms, which figures make themselves. */
  readonly rules: { readonly pooled: RuleTable; readonly byPosition: RuleTable };
  /** [K], how often each code occurs in the frames that the mode counts (D10, C9) */
  readonly usage: readonly number[];
  /** Codes that occur there. */
  readonly codesUsed: number;
  /** The most used codes with their mean patches (spec 1 §7.2). */
  readonly gallery: { readonly patchSide: number; readonly codes: readonly GalleryCode[] };
  /** Empirical entropies of the most used codes under every action. */
  readonly heatmap: EntropyHeatmap;
  /** Transitions between the most used codes. */
  readonly graph: TransitionGraph;
  /** Codes against what lies under them, over all true training frames. */
  readonly meaning: CodeMeaning;
  /** Only for 2048: the changed/unchanged ratio of coarse codebooks. */
  readonly coarse: readonly CoarseSweep[] | null;
}

/** What `analyse` takes. */
export interface AnalyseOptions {
  /** Of the model that made the predictions. */
  readonly settings: Settings;
  /** The training games. */
  readonly train: PredictedGames;
  /** Games that the model has not seen. */
  readonly test: PredictedGames;
}

/** Codes in the gallery. */
const GALLERY = 64;
/** Frames drawn at a time. */
const CHUNK = 256;

/**
 * Analyses one trained model (spec 1 §7). Entropies are judged on the training games in `published`, as the original does, and on
 * fresh games in `corrected`; rule tables, gallery and graph count the codes of the training games in both.
 *
 * @throws RangeError if predictions and games do not belong together
 *
 * @example
 * ```ts
 * const games = recordGames(settings, seed, "test");
 * const test = { games, predictions: await predictGames(device, model, games) };
 * console.log(analyse({ settings, train, test }).entropy.test.change.ratio);
 * ```
 */
export function analyse({ settings, train, test }: AnalyseOptions): Analysis {
  const { game, mode, model, repairs } = settings, how = howToAnalyse(settings);
  const judged = mode === "published" ? "train" : "test";
  const entropies = {
    train: analyseEntropies(game, train.games.episodes, train.predictions, how.maskPadding),
    test: analyseEntropies(game, test.games.episodes, test.predictions, how.maskPadding),
  };
  const sequences = codeSequences(train.predictions);
  const counts = countTransitions(sequences, how);
  const pooled = ruleTable(counts, how);
  const byPosition = ruleTable(countTransitions(sequences, { ...how, byPosition: true }), how);
  const gallery = galleryOf(train, how.usageFrames, model.imageSide);
  return {
    game,
    preset: settings.preset,
    mode,
    without: mode === "corrected" ? (Object.keys(repairs) as Repair[]).filter((repair) => !repairs[repair]) : [],
    imageSide: model.imageSide,
    codeCount: model.codes,
    actionCount: model.actions,
    judged,
    entropy: { train: entropies.train.analysis, test: entropies.test.analysis },
    values: entropies[judged].values,
    rules: { pooled: { ...pooled, histogram: null }, byPosition: { ...byPosition, histogram: null } },
    usage: gallery.usage,
    codesUsed: countUsed(gallery.usage),
    gallery: { patchSide: gallery.patchSide, codes: gallery.codes },
    heatmap: entropyHeatmap(counts, gallery.usage, how),
    graph: transitionGraph(pooled, gallery.usage),
    meaning: meaningOf(game, train),
    coarse: game === "2048" ? coarseSweeps() : null,
  };
}

/** The settings of the mode, with gallery and usage as C9 says. */
export function howToAnalyse({ mode, repairs }: Pick<Settings, "mode" | "repairs">): AnalysisSettings {
  return { ...ANALYSIS_MODES[mode], usageFrames: repairs.C9 ? "all" : "first" };
}

function galleryOf({ games, predictions }: PredictedGames, which: AnalysisSettings["usageFrames"], imageSide: number) {
  const { episodes, patches } = games, { trajectories, steps, tokens, codes, lengths, codeCount } = predictions;
  const chosen = usageFrames(trajectories, steps, lengths, which), size = observationSize(episodes);
  const collected = new CodebookUsage({ codeCount, imageSide, gridSide: Math.sqrt(tokens) });
  const pixels = imageSide ** 2;
  for (let start = 0; start < chosen.length; start += CHUNK) {
    const frames = chosen.subarray(start, start + CHUNK);
    const boards = new Uint8Array(frames.length * size), tokensOf = new Int32Array(frames.length * tokens);
    frames.forEach((frame, i) => {
      boards.set(episodes.observations.subarray(frame * size, (frame + 1) * size), i * size);
      tokensOf.set(codes.subarray(frame * tokens, (frame + 1) * tokens), i * tokens);
    });
    collected.add(renderCells(patches, boards, frames.length, new Float32Array(frames.length * pixels)), tokensOf);
  }
  const { usage, mean, patchSide } = collected.result(), area = patchSide ** 2;
  return {
    usage: Array.from(usage),
    patchSide,
    codes: mostUsedCodes(usage, GALLERY).map((code): GalleryCode => ({
      code,
      usage: usage[code],
      patch: Array.from(mean.subarray(code * area, (code + 1) * area), (grey) => Math.round(1e4 * grey) / 1e4),
    })),
  };
}

/** Over all true frames, whatever the mode: a fact about the codes, not about how the original counts them. */
function meaningOf(game: GameName, { games, predictions }: PredictedGames): CodeMeaning {
  const { trajectories, steps, tokens, lengths, codeCount } = predictions;
  const { labels, values } = cellLabels(game, games.episodes);
  const frames = usageFrames(trajectories, steps, lengths, "all");
  const pick = (cells: ArrayLike<number>) => {
    const picked = new Int32Array(frames.length * tokens);
    for (let i = 0; i < picked.length; i++) picked[i] = cells[frames[Math.floor(i / tokens)] * tokens + i % tokens];
    return picked;
  };
  const agreement = codeAgreement(pick(predictions.codes), pick(labels), codeCount, values);
  const occurring = (winners: Int32Array) => Array.from(winners.keys()).filter((key) => winners[key] >= 0);
  const codes = occurring(agreement.labelOfCode), contents = occurring(agreement.codeOfLabel);
  return {
    purity: agreement.purity,
    completeness: agreement.completeness,
    contents,
    codes,
    counts: codes.map((code) => contents.map((content) => agreement.confusion[code * values + content])),
  };
}
