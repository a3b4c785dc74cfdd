import { type Device, planningDevice } from "../device/mod.ts";
import { type Estimate, storageBytes } from "../tensor/mod.ts";
import type { Stage } from "../train/mod.ts";

/** Cost of one stage, before it runs. */
export interface StageEstimate extends Estimate {
  /** Its name. */
  readonly stage: string;
  /** Number of steps. */
  readonly steps: number;
}

/** What a training will need: nothing is recorded, computed or stored to find out. */
export interface ExperimentEstimate {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Parameters, moments, gradients, codebook state: bytes that live through a whole stage, the largest. */
  readonly stateBytes: number;
  /** Recorded data as the device keeps it. */
  readonly dataBytes: number;
  /** One checkpoint on disk. */
  readonly checkpointBytes: number;
  /** In their order. */
  readonly stages: readonly StageEstimate[];
}

/** Adds up what data, model and stages take on a device that only counts. Call `data`, then `model`, then `stage` for each. */
export class StageCosts {
  /** Where data, model and stages are opened. */
  readonly device: Device = planningDevice();
  readonly #stages: StageEstimate[] = [];
  #dataBytes = 0;
  #modelBytes = 0;
  #stageBytes = 0;
  #savedBytes = 0;

  /** Everything on the device by now is data. */
  data(): void {
    this.#dataBytes = this.device.liveBytes;
  }

  /** Everything since is the model. */
  model(): void {
    this.#modelBytes = this.device.liveBytes - this.#dataBytes;
  }

  /** Estimates a stage and gives it back. */
  stage(name: string, steps: number, stage: Stage): void {
    const estimate = stage.estimate();
    this.#stageBytes = Math.max(this.#stageBytes, this.device.liveBytes - this.#dataBytes - this.#modelBytes);
    const saved = stage.tensors.reduce((sum, [, { shape, dtype }]) => sum + storageBytes(shape, dtype), 0);
    this.#savedBytes = Math.max(this.#savedBytes, saved);
    this.#stages.push({ stage: name, steps, ...estimate });
    stage.dispose();
  }

  /** The whole. */
  total(parameters: number): ExperimentEstimate {
    return {
      parameters,
      stateBytes: this.#modelBytes + this.#stageBytes,
      dataBytes: this.#dataBytes,
      checkpointBytes: this.#modelBytes + this.#savedBytes,
      stages: this.#stages,
    };
  }
}
