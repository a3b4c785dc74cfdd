import type { Figure } from "../../../figures/mod.ts";
import type { MetricsRow } from "../../../runs/mod.ts";
import type { Recording } from "../recording.ts";
import type { Study } from "../study.ts";
import { actionMapFigure } from "./action_map.ts";
import { agreementFigure } from "./agreement.ts";
import { changedTokensFigure } from "./changed_tokens.ts";
import { confusionFigure } from "./confusion.ts";
import { dreamStripFigure } from "./dream_strip.ts";
import { recordingFigure } from "./recording.ts";
import { reconstructionFigure } from "./reconstruction.ts";
import { tokenMapsFigure } from "./token_maps.ts";
import { trainingFigure } from "./training.ts";

/** What some figures need besides the study; they are left out without it. */
export interface FigureMaterial {
  /** Rows of `metrics.jsonl`, for the training curves. */
  readonly metrics?: readonly MetricsRow[];
  /** The recorded episodes. */
  readonly recording?: Recording;
}

/** All figures of one model, in the order of the report. The dreams' animations come from `dreamGif`. */
export function studyFigures({ analysis, seen, films }: Study, { metrics, recording }: FigureMaterial = {}): Figure[] {
  return [
    ...(recording ? [recordingFigure(recording)] : []),
    ...(metrics?.length ? [trainingFigure(metrics, "vq-vae")] : []),
    reconstructionFigure(analysis, seen),
    tokenMapsFigure(analysis, seen),
    changedTokensFigure(analysis),
    ...(metrics?.length ? [trainingFigure(metrics, "pair")] : []),
    confusionFigure(analysis),
    agreementFigure(analysis),
    actionMapFigure(analysis),
    dreamStripFigure(films.constant),
    dreamStripFigure(films.walk, { name: "walk_strip" }),
  ];
}
