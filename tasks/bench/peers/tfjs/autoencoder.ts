/** Stage 1 in tfjs: encoder, nearest code, straight-through, decoder, EMA codebook (spec 1 §4, §5). */
import * as tf from "@tensorflow/tfjs";
import { gridOf, type ModelSizes, TRAINING, type Values } from "../../cases/model.ts";
import { AdamW } from "./adamw.ts";
import {
  conv,
  convTranspose,
  linear,
  oneHot,
  stopGradient,
  straightThrough,
  type Variables,
  variables,
} from "./layers.ts";

const CODEBOOK = "quantizer.embedding.weight";

/** What one forward pass gives. */
export interface AutoencoderLosses {
  readonly total: tf.Scalar;
  readonly reconstruction: tf.Tensor;
  readonly commitment: tf.Tensor;
  /** Code vectors with straight-through gradient, [M, grid², width]. */
  readonly output: tf.Tensor;
  /** [M·grid², width] */
  readonly tokens: tf.Tensor2D;
  /** One-hot codes, [M·grid², codes]. */
  readonly assigned: tf.Tensor2D;
}

export class Autoencoder {
  readonly parameters: Variables;
  readonly count: tf.Variable;
  readonly sum: tf.Variable;
  readonly usage: tf.Variable;
  readonly #optimizer: AdamW;

  /** @param reconstructionWeight C2 */
  constructor(readonly sizes: ModelSizes, initial: Values, readonly reconstructionWeight: number) {
    this.parameters = variables(initial);
    const codebook = this.parameters[CODEBOOK];
    this.count = tf.variable(tf.ones([sizes.codes]));
    this.sum = tf.variable(codebook.clone());
    this.usage = tf.variable(tf.zeros([sizes.codes]));
    this.#optimizer = new AdamW(TRAINING.learningRate.autoencoder, this.parameters);
  }

  /** Frames [M, side, side, 1] → tokens [M, grid², width]. */
  encode(frames: tf.Tensor): tf.Tensor {
    const { channels, width } = this.sizes;
    const top = channels.reduce((x, _, i) => conv(this.parameters, `encoder.conv.${2 * i}`, x, "relu"), frames);
    const cells = tf.reshape(top, [frames.shape[0], gridOf(this.sizes) ** 2, channels.at(-1)!]);
    return tf.reshape(linear(this.parameters, "encoder.proj", cells), [
      frames.shape[0],
      -1,
      width,
    ]);
  }

  /** Code vectors [M, grid², width] → frames [M, side, side, 1] in (0, 1). */
  decode(codes: tf.Tensor): tf.Tensor {
    const { channels } = this.sizes, grid = gridOf(this.sizes);
    const cells = linear(this.parameters, "decoder.proj", codes);
    let x = tf.reshape(cells, [codes.shape[0], grid, grid, channels.at(-1)!]);
    channels.forEach((_, i) => {
      x = convTranspose(this.parameters, `decoder.deconv.${2 * i}`, x);
      x = i + 1 < channels.length ? tf.relu(x) : tf.sigmoid(x);
    });
    return x;
  }

  /** Index of the nearest code of each token [M, width], the lowest on ties. */
  nearest(tokens: tf.Tensor2D): tf.Tensor1D {
    const codebook = this.parameters[CODEBOOK] as unknown as tf.Tensor2D;
    const products = tf.matMul(tokens, codebook, false, true);
    const distances = tf.sub(
      tf.add(tf.sum(tf.square(tokens), 1, true), tf.sum(tf.square(codebook), 1)),
      tf.mul(products, 2),
    );
    return tf.argMin(distances, 1);
  }

  losses(frames: tf.Tensor): AutoencoderLosses {
    const { codes, width } = this.sizes;
    const z = this.encode(frames), tokens = tf.reshape(z, [-1, width]) as tf.Tensor2D;
    const assigned = oneHot(this.nearest(tokens), codes) as tf.Tensor2D;
    const vectors = tf.reshape(tf.matMul(assigned, this.parameters[CODEBOOK] as unknown as tf.Tensor2D), z.shape);
    const commitment = tf.mean(tf.squaredDifference(z, stopGradient(vectors)));
    const codebook = tf.mean(tf.squaredDifference(vectors, stopGradient(z)));
    const output = straightThrough(z, vectors);
    const reconstruction = tf.mean(tf.squaredDifference(this.decode(output), frames));
    const quantiser = tf.add(tf.mul(commitment, TRAINING.commitment), codebook);
    const total = tf.add(tf.mul(reconstruction, this.reconstructionWeight), quantiser) as tf.Scalar;
    return { total, reconstruction, commitment, output, tokens, assigned };
  }

  /** Moving averages of the tokens of each code; the codebook becomes their quotient. */
  updateCodebook(tokens: tf.Tensor2D, assigned: tf.Tensor2D): void {
    const { emaDecay: keep, emaSmoothing: smoothing } = TRAINING;
    tf.tidy(() => {
      const counts = tf.sum(assigned, 0), sums = tf.matMul(assigned, tokens, true);
      const count = tf.add(tf.mul(this.count, keep), tf.mul(counts, 1 - keep));
      const total = tf.sum(count), share = tf.div(total, tf.add(total, this.sizes.codes * smoothing));
      this.count.assign(tf.mul(tf.add(count, smoothing), share));
      this.sum.assign(tf.add(tf.mul(this.sum, keep), tf.mul(sums, 1 - keep)));
      this.usage.assign(tf.add(this.usage, counts));
      const divisor = tf.expandDims(tf.maximum(this.count, smoothing), 1);
      this.parameters[CODEBOOK].assign(tf.div(this.sum, divisor));
    });
  }

  /** Gradients by the name of the variable. Updates the codebook's averages on the way, as a training forward does. */
  gradients(frames: tf.Tensor): { loss: tf.Scalar; gradients: tf.NamedTensorMap } {
    let kept: { tokens: tf.Tensor2D; assigned: tf.Tensor2D } | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const { total, tokens, assigned } = this.losses(frames);
      kept = { tokens: tf.keep(tokens), assigned: tf.keep(assigned) };
      return total;
    }, Object.values(this.parameters));
    // The gradients are those of the codebook before this update (spec 1 §4, 2): they were taken above.
    this.updateCodebook(kept!.tokens, kept!.assigned);
    tf.dispose([kept!.tokens, kept!.assigned]);
    return { loss: value, gradients: grads };
  }

  /** One training step; the loss stays on the device. */
  step(frames: tf.Tensor): tf.Scalar {
    return tf.tidy(() => {
      const { loss, gradients } = this.gradients(frames);
      this.#optimizer.update(gradients);
      return loss;
    });
  }

  dispose(): void {
    tf.dispose([...Object.values(this.parameters), this.count, this.sum, this.usage]);
    this.#optimizer.dispose();
  }
}
