import { join } from "node:path";
import { rulesText } from "../../analysis/mod.ts";
import { writeFileAtomic } from "../../data/mod.ts";
import { type Card, type ReportFigure, type ReportSection, writeReport } from "../../runs/mod.ts";
import { FigureStore } from "../figure_store.ts";
import type { PlainTable } from "../plain_table.ts";
import { closingSections, type WrittenReport } from "../report_parts.ts";
import type { Analysis, PredictedGames } from "./analyse.ts";
import { gameTitle } from "./claims.ts";
import {
  actionName,
  analysisFigures,
  entropyComparisonFigure,
  exampleFramesFigure,
  type FigureMaterial,
  modeComparisonFigure,
} from "./figures/mod.ts";
import { asPublished, caveats, CLAIMED, doneRight, FOURTEEN, HOW, inShort, oneGame, TABLES } from "./report_text.ts";
import { measuresTable, rulesTable, verdictTable } from "./summary.ts";

/** One model of the report: its analysis, and what some of its figures need. */
export interface ReportedModel extends FigureMaterial {
  /** What `analyse` found. */
  readonly analysis: Analysis;
  /** Recorded games, for a picture of what the model sees. */
  readonly games?: PredictedGames["games"];
}

/**
 * Writes the report of one or more models: one or both games, one or both modes. Figures go to `figures/` (those of `published` models to
 * `figures/published/` when there are others too), the text of each rule table to `<game>_rules.txt` beside them.
 *
 * @param folder of the run
 * @param models at most one for each game and mode
 * @param cards whose claims and costs close the report
 *
 * @example
 * ```ts
 * await writeExperimentReport(run.folder, [{ analysis, metrics: await readMetrics(runPaths.metrics(run)) }]);
 * ```
 */
export async function writeExperimentReport(
  folder: string,
  models: readonly ReportedModel[],
  cards: readonly Card[] = [],
): Promise<WrittenReport> {
  if (models.length === 0) throw new RangeError("a report needs at least one analysed model but found none");
  const corrected = models.filter(({ analysis }) => analysis.mode === "corrected");
  const published = models.filter(({ analysis }) => analysis.mode === "published");
  const main = corrected.length ? corrected : published;
  const store = new FigureStore(folder);
  const shown = new Map<ReportedModel, Map<string, ReportFigure>>();
  for (const model of models) {
    const into = model.analysis.mode === "published" && corrected.length ? "figures/published" : "figures";
    shown.set(model, await saveModel(store, model, into));
  }
  const pick = (list: readonly ReportedModel[], ...kinds: string[]) =>
    list.flatMap((model) =>
      kinds.map((kind) => shown.get(model)!.get(`${model.analysis.game}_${kind}`)).filter((found) =>
        found !== undefined
      )
    );
  const analyses = (list: readonly ReportedModel[]) => list.map(({ analysis }) => analysis);
  const together = main.length > 1 ? [await store.save(entropyComparisonFigure(analyses(main)), "figures")] : [];
  const pairs: ReportFigure[] = [];
  for (const { analysis } of corrected) {
    const other = published.find((model) => model.analysis.game === analysis.game);
    if (other) pairs.push(await store.save(modeComparisonFigure([other.analysis, analysis]), "figures"));
  }
  const coarse = main.find(({ analysis }) => analysis.coarse !== null)?.analysis;

  const sections: ReportSection[] = [
    { heading: "In short", text: inShort(analyses(corrected), analyses(published)) },
    { heading: "What was claimed", text: CLAIMED },
    { heading: "How it works", text: HOW, figure: pick(main, "examples") },
    {
      heading: "What the original computes",
      text: asPublished(analyses(published)),
      ...(published.length ? { table: verdictTable(analyses(published)) } : {}),
      figure: [...pairs, ...(corrected.length ? pick(published, "codebook", "entropy_dist") : [])],
    },
    ...(corrected.length
      ? [{
        heading: "What holds when it is done right",
        text: doneRight(analyses(corrected)),
        table: verdictTable(analyses(corrected)),
      }]
      : []),
    ...main.map((model): ReportSection => ({
      heading: `${gameTitle(model.analysis.game)}: what the model knows`,
      text: oneGame(model.analysis),
      table: withoutColumn(measuresTable([model.analysis]), "game"),
      figure: pick([model], "predicted_entropy", "reconstruction", "training", "codebook", "code_meaning"),
    })),
    {
      heading: "The rule tables",
      text: TABLES,
      table: rulesTable(analyses(main)),
      figure: [...together, ...pick(main, "entropy_dist", "entropy_heatmap", "transition_graph")],
    },
    ...main.map(({ analysis }): ReportSection => ({
      heading: `Most frequent entries: ${gameTitle(analysis.game)}`,
      verbatim: rulesTextOf(analysis),
    })),
    ...(coarse
      ? [{
        heading: "What 14 times really measures",
        text: FOURTEEN,
        table: coarseTable(coarse),
        figure: pick(main, "coarse_codebooks"),
      }]
      : []),
    { heading: "What to keep in mind", text: caveats(analyses(models)) },
    ...closingSections(cards),
  ];
  const [{ analysis }] = main;
  const written = await writeReport(folder, {
    title: "Rules and chance: does a model that learns from pixels know what is random?",
    subtitle: [
      main.map((model) => gameTitle(model.analysis.game)).join(" and "),
      `preset ${analysis.preset}`,
      [...new Set(models.map((model) => model.analysis.mode))].join(" and "),
    ].join(" · "),
    sections,
  });
  return { ...written, figures: store.files.map((file) => join(folder, file)) };
}

/** The text of a model's rule table, `<game>_rules.txt`. */
export function rulesTextOf({ game, rules }: Analysis): string {
  return rulesText(rules.pooled, { game: gameTitle(game), actionName: (action) => actionName(game, action) });
}

/** The coarse codebooks as numbers. */
export function coarseTable({ coarse }: Pick<Analysis, "coarse">): PlainTable {
  return {
    columns: [
      "games",
      "tiles in one code",
      "codes",
      "positions that change (%)",
      "changed/unchanged",
      "perfect predictor",
    ],
    rows: (coarse ?? []).flatMap(({ label, perfect, rows }) =>
      rows.map((row) => [
        label,
        row.mergedUpTo === 0 ? "none" : `empty … ${2 ** row.mergedUpTo}`,
        row.classes,
        row.changedShare === null ? null : Number((100 * row.changedShare).toPrecision(3)),
        row.ratio === null ? null : Number(row.ratio.toPrecision(3)),
        perfect === null ? null : Number(perfect.toPrecision(3)),
      ])
    ),
  };
}

/** Figures of one model and the text of its rule table. @returns figures by their names */
async function saveModel(
  store: FigureStore,
  model: ReportedModel,
  into: string,
): Promise<Map<string, ReportFigure>> {
  const { analysis, games } = model, saved = new Map<string, ReportFigure>();
  const figures = [
    ...(games ? [exampleFramesFigure(analysis.game, games)] : []),
    ...analysisFigures(analysis, model),
  ];
  for (const figure of figures) saved.set(figure.name, await store.save(figure, into));
  await writeFileAtomic(join(store.folder, into, `${analysis.game}_rules.txt`), rulesTextOf(analysis));
  return saved;
}

function withoutColumn({ columns, rows }: PlainTable, name: string): PlainTable {
  const at = columns.indexOf(name), keep = (_: unknown, column: number) => column !== at;
  return { columns: columns.filter(keep), rows: rows.map((row) => row.filter(keep)) };
}
