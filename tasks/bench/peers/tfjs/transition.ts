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

  /** Codes i32 [B, N] and actions i32 [B] → logits of the next codes [B, N, codes], and the afterstate [B, N, width]. */
  forward(before: tf.Tensor, actions: tf.Tensor): { logits: tf.Tensor; afterstate: tf.Tensor } {
    const v = this.parameters, { blocks, heads, actions: actionCount } = this.sizes;
    const z = tf.gather(this.#codebook, before as tf.Tensor2D);
    // As a product, because tfjs-wasm has no gradient of gather.
    const chosen = oneHot(actions, actionCount) as tf.Tensor2D;
    const acted = tf.matMul(chosen, v["dynamics.action_embed.weight"] as unknown as tf.Tensor2D);
    let h = tf.add(tf.add(z, tf.expandDims(acted, 1)), v["position"]);
    for (let i = 0; i < blocks; i++) h = block(v, `dynamics.transformer.${i}`, heads, h);
    const hidden = linear(v, "dynamics.out_proj.0.weight", "dynamics.out_proj.0.bias", h, "relu");
    const afterstate = tf.add(z, linear(v, "dynamics.out_proj.2.weight", "dynamics.out_proj.2.bias", hidden));
    let c = tf.add(afterstate, v["position"]);
    for (let i = 0; i < blocks; i++) c = block(v, `chance.transformer.${i}`, heads, c);
    return { logits: linear(v, "chance.logits.weight", "chance.logits.bias", c), afterstate };
  }

  /** Mean cross-entropy with the codes after the move, i32 [B, N]. */
  loss(before: tf.Tensor, actions: tf.Tensor, after: tf.Tensor): tf.Scalar {
    const { logits } = this.forward(before, actions);
    const targets = oneHot(after, this.sizes.codes);
    return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
  }

  /** One training step; the loss stays on the device. */
  step(before: tf.Tensor, actions: tf.Tensor, after: tf.Tensor): tf.Scalar {
    return tf.tidy(() => {
      const loss = () => this.loss(before, actions, after);
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
