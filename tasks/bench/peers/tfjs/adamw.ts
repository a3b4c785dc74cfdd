/** AdamW with clipping by the global norm in tfjs: its own Adam, with the two things that it lacks around it. */
import * as tf from "@tensorflow/tfjs";
import { TRAINING } from "../../cases/model.ts";
import type { Variables } from "./layers.ts";

export class AdamW {
  readonly #adam: tf.AdamOptimizer;
  readonly #byName: ReadonlyMap<string, tf.Variable>;

  constructor(readonly learningRate: number, variables: Variables) {
    this.#adam = tf.train.adam(learningRate, TRAINING.beta1, TRAINING.beta2, TRAINING.epsilon);
    this.#byName = new Map(Object.values(variables).map((variable) => [variable.name, variable]));
  }

  /** One step. @param gradients by the name of the variable, as `tf.variableGrads` gives them */
  update(gradients: tf.NamedTensorMap): void {
    tf.tidy(() => {
      // Not tf.addN: with more inputs than the adapter allows a kernel, tfjs-webgpu 4.22 silently computes nothing.
      const squares = Object.values(gradients).map((gradient): tf.Tensor => tf.sum(tf.square(gradient)));
      const norm = tf.sqrt(squares.reduce((a, b) => tf.add(a, b)));
      const clip = tf.minimum(1, tf.div(TRAINING.clipNorm, tf.add(norm, 1e-6)));
      const clipped: { name: string; tensor: tf.Tensor }[] = [];
      for (const [name, gradient] of Object.entries(gradients)) {
        const variable = this.#byName.get(name)!;
        variable.assign(tf.mul(variable, 1 - this.learningRate * TRAINING.weightDecay));
        clipped.push({ name, tensor: tf.mul(gradient, clip) });
      }
      this.#adam.applyGradients(clipped);
    });
  }

  dispose(): void {
    this.#adam.dispose();
  }
}
