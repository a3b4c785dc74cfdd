/** Stage 1 in jax-js: encoder, nearest code, straight-through, decoder, EMA codebook (spec 1 §4, §5), one compiled step. */
import { blockUntilReady, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { gridOf, type ModelSizes, TRAINING, type Values } from "../../cases/model.ts";
import { adamW, biasCorrections, zerosLike } from "./adamw.ts";
import { type Arrays, arrays, conv, convTranspose, linear } from "./layers.ts";

const CODEBOOK = "quantizer.embedding.weight";

/** Averages of the codebook. */
type Averages = { count: np.Array; sum: np.Array };
type State = { parameters: Arrays; first: Arrays; second: Arrays; averages: Averages };

export class Autoencoder {
  #state: State;
  #steps = 0;
  readonly #step;

  /** @param reconstructionWeight C2 */
  constructor(readonly sizes: ModelSizes, initial: Values, readonly reconstructionWeight: number) {
    const parameters = arrays(initial), averages = { count: np.ones([sizes.codes]), sum: parameters[CODEBOOK].ref };
    this.#state = { parameters, first: zerosLike(parameters), second: zerosLike(parameters), averages };
    this.#step = jit((state: State, corrections: np.Array, frames: np.Array): [State, np.Array] => {
      const { parameters, first, second, averages } = state;
      const gradient = valueAndGrad((p: Arrays, frames: np.Array) => this.#loss(p, frames), { hasAux: true });
      const kept = Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.ref]));
      const [[loss, [tokens, assigned]], gradients] = gradient(parameters, frames);
      const { codebook, next } = this.#average(averages, tokens, assigned);
      kept[CODEBOOK].dispose();
      const moved = adamW(
        { parameters: { ...kept, [CODEBOOK]: codebook }, first, second },
        gradients as Arrays,
        corrections,
        TRAINING.learningRate.autoencoder,
      );
      return [{ ...moved, averages: next }, loss];
    });
  }

  /** One training step on frames [M, 1, side, side], which it consumes; the loss stays on the device. */
  step(frames: np.Array): np.Array {
    const [state, loss] = this.#step(this.#state, biasCorrections(++this.#steps), frames) as [State, np.Array];
    this.#state = state;
    return loss;
  }

  /** Waits until the newest step is done: its loss is there long before its gradients. */
  async ready(): Promise<void> {
    await blockUntilReady(this.#state);
  }

  dispose(): void {
    const { parameters, first, second, averages } = this.#state;
    for (const tree of [parameters, first, second, averages]) {
      for (const leaf of Object.values(tree)) leaf.dispose();
    }
    this.#step.dispose();
  }

  #loss(p: Arrays, frames: np.Array): [np.Array, [np.Array, np.Array]] {
    const { codes, width } = this.sizes;
    const z = this.#encode(p, frames.ref), codebook = p[CODEBOOK];
    const tokens = lax.stopGradient(z.ref.reshape([-1, width]));
    const assigned = nn.oneHot(this.#nearest(tokens.ref, lax.stopGradient(codebook.ref)), codes);
    const vectors = np.matmul(assigned.ref, codebook).reshape(z.shape);
    const commitment = np.mean(np.square(z.ref.sub(lax.stopGradient(vectors.ref))));
    const codeb = np.mean(np.square(vectors.ref.sub(lax.stopGradient(z.ref))));
    const through = z.ref.add(lax.stopGradient(vectors.sub(z)));
    const reconstruction = np.mean(np.square(this.#decode(p, through).sub(frames)));
    const quantiser = commitment.mul(TRAINING.commitment).add(codeb);
    return [reconstruction.mul(this.reconstructionWeight).add(quantiser), [tokens, assigned]];
  }

  /** Frames [M, 1, side, side] → tokens [M, grid², width]. */
  #encode(p: Arrays, frames: np.Array): np.Array {
    const { channels } = this.sizes, batch = frames.shape[0];
    const top = channels.reduce((x, _, i) => nn.relu(conv(p, `encoder.conv.${2 * i}`, x)), frames);
    const cells = np.transpose(top, [0, 2, 3, 1]).reshape([batch, gridOf(this.sizes) ** 2, channels.at(-1)!]);
    return linear(p, "encoder.proj", cells);
  }

  #decode(p: Arrays, vectors: np.Array): np.Array {
    const { channels } = this.sizes, grid = gridOf(this.sizes), batch = vectors.shape[0];
    const cells = linear(p, "decoder.proj", vectors);
    let x = np.transpose(cells.reshape([batch, grid, grid, channels.at(-1)!]), [0, 3, 1, 2]);
    channels.forEach((_, i) => {
      x = convTranspose(p, `decoder.deconv.${2 * i}`, x);
      x = i + 1 < channels.length ? nn.relu(x) : nn.sigmoid(x);
    });
    return x;
  }

  /** Index of the nearest code of each token [M, width]. */
  #nearest(tokens: np.Array, codebook: np.Array): np.Array {
    const products = np.matmul(tokens.ref, np.transpose(codebook.ref));
    const lengths = np.sum(np.square(tokens), 1, { keepdims: true }).add(np.sum(np.square(codebook), 1));
    return np.argmin(lengths.sub(products.mul(2)), 1);
  }

  /** Moving averages of the tokens of each code, and the codebook as their quotient. */
  #average(
    { count, sum }: Averages,
    tokens: np.Array,
    assigned: np.Array,
  ): { codebook: np.Array; next: Averages } {
    const { emaDecay: keep, emaSmoothing: smoothing } = TRAINING;
    const sums = np.matmul(np.transpose(assigned.ref), tokens);
    const raw = count.mul(keep).add(np.sum(assigned, 0).mul(1 - keep));
    const total = np.sum(raw.ref), share = total.ref.div(total.add(this.sizes.codes * smoothing));
    const nextCount = raw.add(smoothing).mul(share), nextSum = sum.mul(keep).add(sums.mul(1 - keep));
    const divisor = np.maximum(nextCount.ref, np.array(smoothing)).reshape([-1, 1]);
    return { codebook: nextSum.ref.div(divisor), next: { count: nextCount, sum: nextSum } };
  }
}
