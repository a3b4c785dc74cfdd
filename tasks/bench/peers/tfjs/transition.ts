/** Stage 2 in tfjs: dynamics and chance transformer with cross-entropy (spec 1 §3, §4, C1, C5). */
import * as tf from "@tensorflow/tfjs";
import { type ModelSizes, TRAINING, type Value, type Values } from "../../cases/model.ts";
import { AdamW } from "./adamw.ts";
import { block, linear, oneHot, type Variables, variables } from "./layers.ts";

/** The model of transitions between codes. */
export class TransitionModel {
  readonly parameters: Variables;
  readonly #codebook: tf.Tensor2D;
  readonly #optimizer: AdamW;

  /** @param codebook frozen, [codes, width] */
  constructor(readonly sizes: ModelSizes, initial: Values, codebook: Value) {
    this.parameters = variables(initial);
    this.#codebook = tf.tensor2d(codebook.data, codebook.shape as [number, number]);
    this.#optimizer = new AdamW(TRAINING.learningRate.transition, this.parameters);
  }

  /** Tokens [B, N, width] and actions i32 [B] → logits of the next codes [B, N, codes]. */
  predict(z: tf.Tensor, actions: tf.Tensor): tf.Tensor {
    const v = this.parameters, { blocks, heads, actions: actionCount } = this.sizes;
    // As a product, because tfjs-wasm has no gradient of gather.
    const chosen = oneHot(actions, actionCount) as tf.Tensor2D;
    const acted = tf.matMul(chosen, v["dynamics.action_embed.weight"] as unknown as tf.Tensor2D);
    let h = tf.add(tf.add(z, tf.expandDims(acted, 1)), v["positions"]);
    for (let i = 0; i < blocks; i++) h = block(v, `dynamics.transformer.${i}`, heads, h);
    const hidden = linear(v, "dynamics.out_proj.0", h, "relu");
    const afterstate = tf.add(z, linear(v, "dynamics.out_proj.2", hidden));
    let c = tf.add(afterstate, v["positions"]);
    for (let i = 0; i < blocks; i++) c = block(v, `chance.transformer.${i}`, heads, c);
    return linear(v, "chance.logits", c);
  }

  /** Mean cross-entropy of logits with the codes after the move, i32 [B, N]. */
  crossEntropy(logits: tf.Tensor, after: tf.Tensor): tf.Scalar {
    return tf.losses.softmaxCrossEntropy(oneHot(after, this.sizes.codes), logits) as tf.Scalar;
  }

  /** One training step on codes i32 [B, N], actions i32 [B] and next codes i32 [B, N]; the loss stays on the device. */
  step(before: tf.Tensor, actions: tf.Tensor, after: tf.Tensor): tf.Scalar {
    return tf.tidy(() => {
      const z = tf.gather(this.#codebook, before as tf.Tensor2D);
      const loss = () => this.crossEntropy(this.predict(z, actions), after);
      const { value, grads } = tf.variableGrads(loss, Object.values(this.parameters));
      this.#optimizer.update(grads);
      return value;
    });
  }

  dispose(): void {
    tf.dispose([...Object.values(this.parameters), this.#codebook]);
    this.#optimizer.dispose();
  }
}
