import { tokenCount, VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { type ExperimentEstimate, StageCosts } from "../stage_costs.ts";
import { AutoencoderStage } from "./autoencoder_stage.ts";
import { gameData, uploadGames } from "./data.ts";
import { JointStage } from "./joint_stage.ts";
import { TransitionStage } from "./transition_stage.ts";
import { gridGame } from "../../games/mod.ts";
import type { Settings } from "./settings.ts";

/** Plans every stage of these settings on a device that only counts. */
export function estimateExperiment(settings: Settings): ExperimentEstimate {
  const costs = new StageCosts(), { device } = costs;
  const { game, data, model: sizes } = settings, { boardSide } = gridGame(game);
  const frames = data.trajectories * (data.steps + 1);
  const episodes = {
    count: data.trajectories,
    steps: data.steps,
    observationShape: [boardSide, boardSide],
    observations: new Uint8Array(frames * boardSide ** 2),
    actions: new Uint8Array(data.trajectories * data.steps),
    lengths: new Uint16Array(data.trajectories).fill(data.steps),
  };
  const games = gameData(game, sizes.imageSide, episodes, true);
  const uploaded = uploadGames(device, games);
  costs.data();
  const model = new VqWorldModel(sizes, 0).place(device);
  costs.model();
  if (settings.repairs.C5) {
    const first = new AutoencoderStage(device, settings, model, games, uploaded, 0);
    costs.stage("autoencoder", settings.autoencoder.steps, first);
    const codes = new Int32Array(frames * tokenCount(sizes));
    const second = new TransitionStage(device, settings, model, games, uploaded, codes, 0);
    costs.stage("transition", settings.transition.steps, second);
  } else {
    const joint = new JointStage(device, settings, model, games, uploaded, 0);
    costs.stage("joint", settings.joint.steps, joint);
  }
  return costs.total(model.parameters.count);
}
