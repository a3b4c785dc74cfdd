import { planningDevice } from "../../device/mod.ts";
import { tokenCount, VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { type Estimate, storageBytes } from "../../tensor/mod.ts";
import type { Stage } from "../../train/mod.ts";
import { AutoencoderStage } from "./autoencoder_stage.ts";
import { gameData, uploadGames } from "./data.ts";
import { JointStage } from "./joint_stage.ts";
import { TransitionStage } from "./transition_stage.ts";
import { gridGame } from "../../games/mod.ts";
import type { Settings } from "./settings.ts";

/** Cost of one stage, before it runs. */
export interface StageEstimate extends Estimate {
  readonly stage: string;
  readonly steps: number;
}

/** What a training will need: nothing is recorded, computed or stored to find out. */
export interface ExperimentEstimate {
  readonly parameters: number;
  /** Parameters, moments, gradients, codebook state: bytes that live through a whole stage, the largest. */
  readonly stateBytes: number;
  /** Recorded games as the device keeps them. */
  readonly dataBytes: number;
  /** One checkpoint on disk. */
  readonly checkpointBytes: number;
  readonly stages: readonly StageEstimate[];
}

/** Plans every stage of these settings on a device that only counts. */
export function estimateExperiment(settings: Settings): ExperimentEstimate {
  const device = planningDevice(), { game, data, model: sizes } = settings, { boardSide } = gridGame(game);
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
  const uploaded = uploadGames(device, games), dataBytes = device.liveBytes;
  const model = new VqWorldModel(sizes, 0).place(device), modelBytes = device.liveBytes - dataBytes;
  const stages: StageEstimate[] = [];
  let optimiserBytes = 0, savedBytes = 0;
  const add = (stage: string, steps: number, own: Stage) => {
    const estimate = own.estimate();
    optimiserBytes = Math.max(optimiserBytes, device.liveBytes - dataBytes - modelBytes);
    savedBytes = Math.max(
      savedBytes,
      own.tensors.reduce((sum, [, { shape, dtype }]) => sum + storageBytes(shape, dtype), 0),
    );
    stages.push({ stage, steps, ...estimate });
    own.dispose();
  };
  if (settings.repairs.C5) {
    const first = new AutoencoderStage(device, settings, model, games, uploaded, 0);
    add("autoencoder", settings.autoencoder.steps, first);
    const codes = new Int32Array(frames * tokenCount(sizes));
    const second = new TransitionStage(device, settings, model, games, uploaded, codes, 0);
    add("transition", settings.transition.steps, second);
  } else {
    const joint = new JointStage(device, settings, model, games, uploaded, 0);
    add("joint", settings.joint.steps, joint);
  }
  return {
    parameters: model.parameters.count,
    stateBytes: modelBytes + optimiserBytes,
    dataBytes,
    checkpointBytes: modelBytes + savedBytes,
    stages,
  };
}
