import { join } from "node:path";
import { type Card, type ReportFigure, type ReportSection, writeReport } from "../../runs/mod.ts";
import { FigureStore } from "../figure_store.ts";
import { closingSections, modelName, type WrittenReport } from "../report_parts.ts";
import type { Analysis } from "./analyse.ts";
import { comparisonFigure, dreamCaption, dreamGif, type FigureMaterial, studyFigures } from "./figures/mod.ts";
import { recordingTable } from "./recording_statistics.ts";
import {
  asPublished,
  caveats,
  CLAIMED,
  doneRight,
  dreamText,
  eyesText,
  howItWorks,
  inShort,
  meaningText,
} from "./report_text.ts";
import type { Study } from "./study.ts";
import { agreementTable, comparisonTable, controlTable, dreamTable, verdictTable } from "./summary.ts";

/** One model of the report: its study, and what some of its figures need. */
export interface ReportedModel extends FigureMaterial {
  readonly study: Study;
}

/**
 * Writes the report of one or more models of one world: published, repaired, ablations. Figures and animations of the first that is not
 * `published` go to `figures/`, those of the others to folders below, named after them.
 *
 * @param folder of the run
 * @param cards whose claims and costs close the report
 *
 * @example
 * ```ts
 * const studied = await study(experiment);
 * await writeExperimentReport(run.folder, [{ study: studied, metrics: await runMetrics(run) }]);
 * ```
 */
export async function writeExperimentReport(
  folder: string,
  models: readonly ReportedModel[],
  cards: readonly Card[] = [],
): Promise<WrittenReport> {
  if (models.length === 0) throw new RangeError("a report needs at least one studied model but found none");
  const main = models.find(({ study }) => study.analysis.mode !== "published") ?? models[0];
  const analyses = models.map(({ study }) => study.analysis), { analysis } = main.study;
  const published = analyses.filter(({ mode }) => mode === "published");
  const repaired = analyses.filter(({ mode }) => mode !== "published");
  const store = new FigureStore(folder), shown = new Map<ReportedModel, Map<string, ReportFigure>>();
  for (const model of models) {
    const into = model === main
      ? "figures"
      : `figures/${modelName(model.study.analysis).replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
    shown.set(model, await saveModel(store, model, into));
  }
  const pick = (list: readonly ReportedModel[], ...names: string[]) =>
    list.flatMap((model) => names.map((name) => shown.get(model)!.get(name)).filter((found) => found !== undefined));
  const others = models.filter((model) => model !== main);
  const together = models.length > 1 ? [await store.save(comparisonFigure(analyses), "figures")] : [];

  const sections: ReportSection[] = [
    { heading: "In short", text: inShort(analyses) },
    { heading: "What was claimed", text: CLAIMED },
    {
      heading: "How it works",
      text: howItWorks({ ...analysis, exact: main.study.world.states !== null }),
      ...(main.recording ? { table: recordingTable(main.recording) } : {}),
      figure: pick([main], "recording"),
    },
    {
      heading: "What the original computes",
      text: asPublished(published),
      ...(published.length ? { table: verdictTable(published) } : {}),
      figure: pick(
        others.filter((model) => published.includes(model.study.analysis)),
        "reconstruction",
        "confusion_matrix",
        "dream",
      ),
    },
    ...(repaired.length
      ? [{ heading: "What holds when it is done right", text: doneRight(repaired), table: verdictTable(repaired) }]
      : []),
    ...(models.length > 1 ? [{ heading: "Side by side", table: comparisonTable(analyses), figure: together }] : []),
    ...modelSections(analysis, (...names) => pick([main], ...names)),
    ...others.filter((model) => repaired.includes(model.study.analysis)).map((model): ReportSection => ({
      heading: `Also: ${modelName(model.study.analysis)}`,
      text: meaningText(model.study.analysis),
      table: agreementTable(model.study.analysis),
      figure: pick([model], "confusion_matrix", "action_latent_space_tsne", "walk"),
    })),
    { heading: "What to keep in mind", text: caveats(analyses) },
    ...closingSections(cards),
  ];
  const written = await writeReport(folder, {
    title: "Mini-Genie: what do actions mean that nobody labelled?",
    subtitle: [analysis.game, `preset ${analysis.preset}`, analyses.map(modelName).join(" and ")].join(" · "),
    sections,
  });
  return { ...written, figures: store.files.map((file) => join(folder, file)) };
}

/** Eyes, meaning, dreams of one model. */
function modelSections(analysis: Analysis, pick: (...names: string[]) => ReportFigure[]): ReportSection[] {
  return [
    {
      heading: "Eyes",
      text: eyesText(analysis),
      figure: pick("reconstruction", "token_maps", "changed_tokens", "training_vq_vae"),
    },
    {
      heading: "What latent actions mean",
      text: meaningText(analysis),
      table: agreementTable(analysis),
      figure: pick("confusion_matrix", "agreement", "action_latent_space_tsne", "training_pair"),
    },
    { heading: "All measures", table: controlTable(analysis) },
    {
      heading: "Dreams",
      text: dreamText(analysis),
      table: dreamTable(analysis),
      figure: pick("dream", "dream_strip", "walk", "walk_strip"),
    },
  ];
}

/** Figures and animations of one model. @returns figures by their names */
async function saveModel(store: FigureStore, model: ReportedModel, into: string): Promise<Map<string, ReportFigure>> {
  const saved = new Map<string, ReportFigure>(), { films } = model.study;
  for (const figure of studyFigures(model.study, model)) saved.set(figure.name, await store.save(figure, into));
  for (const [name, film] of [["dream", films.constant], ["walk", films.walk]] as const) {
    saved.set(name, await store.saveGif(name, dreamGif(film), dreamCaption(film), into));
  }
  return saved;
}
