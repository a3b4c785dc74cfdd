/** The figures of experiment 1, one file each (spec 1 §7.5). */
export { coarseCodebookFigure } from "./coarse_codebook.ts";
export { codebookFigure } from "./codebook.ts";
export { codeMeaningFigure } from "./code_meaning.ts";
export { entropyComparisonFigure } from "./entropy_comparison.ts";
export { entropyDistributionFigure } from "./entropy_distribution.ts";
export { entropyHeatmapFigure } from "./entropy_heatmap.ts";
export { exampleFramesFigure } from "./example_frames.ts";
export { analysisFigures, type FigureMaterial } from "./list.ts";
export { modeComparisonFigure } from "./mode_comparison.ts";
export { actionName, contentName } from "./names.ts";
export { predictedEntropyFigure } from "./predicted_entropy.ts";
export { reconstructionFigure } from "./reconstruction.ts";
export { trainingFigure } from "./training.ts";
export { transitionGraphFigure } from "./transition_graph.ts";
