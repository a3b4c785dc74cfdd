/** The figures of experiment 3, one file each (spec 3 §7, §8). */
export { actionMapFigure } from "./action_map.ts";
export { agreementFigure } from "./agreement.ts";
export { changedTokensFigure } from "./changed_tokens.ts";
export { comparisonFigure } from "./comparison.ts";
export { confusionFigure } from "./confusion.ts";
export { dreamCaption, dreamFrames, dreamGif } from "./dream_gif.ts";
export { dreamPlayable } from "./dream_playable.ts";
export { dreamStripFigure } from "./dream_strip.ts";
export { type FigureMaterial, studyFigures } from "./list.ts";
export { actionName } from "./names.ts";
export { episodesFigure, recordingFigure } from "./recording.ts";
export { psnrVerdict, reconstructionFigure } from "./reconstruction.ts";
export { tokenMapsFigure } from "./token_maps.ts";
export { trainingFigure } from "./training.ts";
export { worldFigure, worldsFigure } from "./worlds.ts";
