import type { Device } from "../../device/mod.ts";
import { VqWorldModel } from "../../models/vq_world_model/mod.ts";
import { type LoopOptions, type LoopResult, type StagePlan, trainStages } from "../../train/mod.ts";
import { AutoencoderStage } from "./autoencoder_stage.ts";
import { type DeviceData, type GameData, recordGames, uploadGames } from "./data.ts";
import { JointStage } from "./joint_stage.ts";
import type { Settings } from "./settings.ts";
import { TransitionStage } from "./transition_stage.ts";

/** A model with the games that it learns from, all on one device. */
export interface Experiment {
  readonly device: Device;
  readonly settings: Settings;
  readonly seed: number;
  readonly model: VqWorldModel;
  readonly games: GameData;
  readonly data: DeviceData;
  dispose(): void;
}

/** Records the training games and puts games and model on the device. */
export function openExperiment(device: Device, settings: Settings, seed: number): Experiment {
  const games = recordGames(settings, seed, "train");
  const model = new VqWorldModel(settings.model, seed).place(device), data = uploadGames(device, games);
  return {
    device,
    settings,
    seed,
    model,
    games,
    data,
    dispose() {
      model.dispose();
      data.dispose();
    },
  };
}

/** The stages of a training, in order: two with C5, else one joint stage. */
export function stagesOf({ device, settings, model, games, data, seed }: Experiment): StagePlan[] {
  if (!settings.repairs.C5) {
    const open = () => Promise.resolve(new JointStage(device, settings, model, games, data, seed));
    return [{ name: "joint", steps: settings.joint.steps, open }];
  }
  return [
    {
      name: "autoencoder",
      steps: settings.autoencoder.steps,
      open: () => Promise.resolve(new AutoencoderStage(device, settings, model, games, data, seed)),
    },
    {
      name: "transition",
      steps: settings.transition.steps,
      open: () => TransitionStage.open(device, settings, model, games, data, seed),
    },
  ];
}

/** Trains an experiment, or continues it (spec 1 §6, §10). */
export function trainExperiment(experiment: Experiment, options: Omit<LoopOptions, "model"> = {}): Promise<LoopResult> {
  return trainStages(stagesOf(experiment), { model: experiment.model.tensors, ...options });
}
