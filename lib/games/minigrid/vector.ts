/** Many environments of one kind, stepped together. */

import { MiniGrid, type MiniGridOptions } from "./minigrid.ts";

/** What a step of all environments tells. */
export interface VectorStep {
  /** [n, ...shape] bytes; overwritten by the next step. After an end: the first observation of the next episode. */
  readonly observations: Uint8Array;
  /** [n] */
  readonly rewards: Float64Array;
  /** [n]: 1 where the game was over. */
  readonly terminated: Uint8Array;
  /** [n]: 1 where the episode was cut off. */
  readonly truncated: Uint8Array;
  /** Last observations of the episodes that ended in this step, by environment. */
  readonly finalObservations: ReadonlyMap<number, Uint8Array>;
}

/**
 * Steps n environments at once; one that ends starts again by itself, its random numbers going on.
 *
 * @example
 * ```ts
 * import { MiniGridVector } from "@tessera/worlds";
 * const vector = new MiniGridVector("Empty-8x8", 16);
 * vector.reset(0); // environment i gets seed 0 + i
 * const { rewards } = vector.step(new Uint8Array(16).fill(2));
 * ```
 */
export class MiniGridVector {
  /** The environments; stepping one by itself is allowed. */
  readonly environments: readonly MiniGrid[];
  readonly #size: number;
  readonly #step: VectorStep & { finalObservations: Map<number, Uint8Array> };

  /** Makes n environments. @throws RangeError for an unknown environment or a count below 1 */
  constructor(name: string, readonly count: number, options: MiniGridOptions = {}) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`MiniGridVector: expected a positive number of environments but found ${count}`);
    }
    this.environments = Array.from({ length: count }, () => new MiniGrid(name, options));
    this.#size = this.environments[0].observationShape.reduce((a, b) => a * b, 1);
    this.#step = {
      observations: new Uint8Array(count * this.#size),
      rewards: new Float64Array(count),
      terminated: new Uint8Array(count),
      truncated: new Uint8Array(count),
      finalObservations: new Map(),
    };
  }

  /** Starts all; environment i with `seed + i`. @returns observations [n, ...shape] */
  reset(seed: number): Uint8Array {
    const { observations } = this.#step;
    this.environments.forEach((env, i) => observations.set(env.reset(seed + i).observation, i * this.#size));
    return observations;
  }

  /**
   * Steps all, or none.
   *
   * @param actions [n]
   * @throws RangeError for another number of actions, or an illegal one: then no environment has moved
   */
  step(actions: ArrayLike<number>): VectorStep {
    if (actions.length !== this.count) {
      throw new RangeError(`MiniGridVector.step: expected ${this.count} actions but found ${actions.length}`);
    }
    const { actionCount } = this.environments[0];
    for (let i = 0; i < actions.length; i++) {
      const action = actions[i];
      if (Number.isInteger(action) && action >= 0 && action < actionCount) continue;
      throw new RangeError(
        `MiniGridVector.step: expected actions from 0 to ${actionCount - 1} but found ${action} for environment ${i}`,
      );
    }
    const { observations, rewards, terminated, truncated, finalObservations } = this.#step;
    finalObservations.clear();
    this.environments.forEach((env, i) => {
      const step = env.step(actions[i]);
      rewards[i] = step.reward;
      terminated[i] = Number(step.terminated);
      truncated[i] = Number(step.truncated);
      let { observation } = step;
      if (step.terminated || step.truncated) {
        finalObservations.set(i, observation);
        ({ observation } = env.reset());
      }
      observations.set(observation, i * this.#size);
    });
    return this.#step;
  }
}
