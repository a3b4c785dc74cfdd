import { MiniGenie, tokensPerPicture, withTurns } from "../../models/mini_genie/mod.ts";
import { type ExperimentEstimate, StageCosts } from "../stage_costs.ts";
import { PairStage, recordedSteps } from "./pair_stage.ts";
import { pictureSource } from "./pictures.ts";
import { distinctFrames, type Recording } from "./recording.ts";
import { recordFrames } from "./data.ts";
import { seesTurns, type Settings, stepsOf } from "./settings.ts";
import { shownFrames } from "./train.ts";
import { VqVaeStage } from "./vq_vae_stage.ts";

/**
 * Plans both stages of these settings on a device that only counts. The episodes are recorded, which takes a moment: how many
 * frames differ, and how often something changes, decides the cost.
 */
export function estimateExperiment(settings: Settings, given?: Recording): ExperimentEstimate {
  const costs = new StageCosts(), { device } = costs, recording = given ?? recordFrames(settings, 0);
  const { imageSide } = settings.model;
  const frames = seesTurns(settings) ? withTurns(recording.frames, imageSide) : recording.frames;
  const source = pictureSource(device, frames, imageSide);
  costs.data();
  const model = new MiniGenie(settings.model, 0).place(device);
  costs.model();
  const shown = shownFrames(settings, recording);
  costs.stage(
    "vq-vae",
    stepsOf(settings.vqVae, recording.shown.length),
    new VqVaeStage(device, settings, model, source, shown, 0),
  );
  const copies = seesTurns(settings) ? 4 : 1;
  const tokens = new Int32Array(copies * distinctFrames(recording) * tokensPerPicture(settings.model));
  costs.stage(
    "pair",
    stepsOf(settings.pair, recordedSteps(settings, recording)),
    new PairStage(device, settings, model, recording, tokens, 0),
  );
  return costs.total(model.parameters.count);
}
