import type { Figure } from "../../../figures/mod.ts";
import type { MetricsRow } from "../../../runs/mod.ts";
import type { Analysis } from "../analyse.ts";
import { judgedEntropy } from "../criteria.ts";
import type { ExampleSteps } from "../example_steps.ts";
import { coarseCodebookFigure } from "./coarse_codebook.ts";
import { codebookFigure } from "./codebook.ts";
import { codeMeaningFigure } from "./code_meaning.ts";
import { entropyDistributionFigure } from "./entropy_distribution.ts";
import { entropyHeatmapFigure } from "./entropy_heatmap.ts";
import { predictedEntropyFigure } from "./predicted_entropy.ts";
import { reconstructionFigure } from "./reconstruction.ts";
import { trainingFigure } from "./training.ts";
import { transitionGraphFigure } from "./transition_graph.ts";

/** What some figures need besides the analysis; they are left out without it. */
export interface FigureMaterial {
  /** Rows of `metrics.jsonl`, for the training curves. */
  readonly metrics?: readonly MetricsRow[];
  /** Steps with their pictures, for the strip. */
  readonly examples?: ExampleSteps;
}

/** All figures of one model, in the order of the report. */
export function analysisFigures(analysis: Analysis, { metrics, examples }: FigureMaterial = {}): Figure[] {
  const { game, coarse } = analysis, { change, perfect } = judgedEntropy(analysis);
  return [
    ...(examples ? [reconstructionFigure(game, examples)] : []),
    predictedEntropyFigure(analysis),
    ...(metrics?.length ? [trainingFigure(game, metrics, { perfect: perfect.change.ratio })] : []),
    codebookFigure(analysis),
    ...(game === "2048" ? [codeMeaningFigure(analysis)] : []),
    entropyHeatmapFigure(analysis),
    entropyDistributionFigure(analysis),
    transitionGraphFigure(analysis),
    ...(coarse ? [coarseCodebookFigure(coarse, { model: change.ratio })] : []),
  ];
}
