/** Stage 2 in jax-js: dynamics and chance transformer with cross-entropy (spec 1 §3, §4, C1, C5), one compiled step. */
import { blockUntilReady, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { type ModelSizes, TRAINING, type Value, type Values } from "../../cases/model.ts";
import { type AdamState, adamW, biasCorrections, zerosLike } from "./adamw.ts";
import { type Arrays, arrays, block, linear } from "./layers.ts";

type State = { parameters: Arrays; first: Arrays; second: Arrays };

export class TransitionModel {
  #state: State;
  #steps = 0;
  readonly #codebook: np.Array;
  readonly #step;

  /** @param codebook frozen, [codes, width] */
  constructor(readonly sizes: ModelSizes, initial: Values, codebook: Value) {
    const parameters = arrays(initial);
    this.#state = { parameters, first: zerosLike(parameters), second: zerosLike(parameters) };
    this.#codebook = arrays({ codebook }).codebook;
    this.#step = jit((
      state: State,
      corrections: np.Array,
      codebook: np.Array,
      before: np.Array,
      actions: np.Array,
      after: np.Array,
    ): [State, np.Array] => {
      const gradient = valueAndGrad((
        p: Arrays,
        codebook: np.Array,
        before: np.Array,
        actions: np.Array,
        after: np.Array,
      ) => this.#loss(p, codebook, before, actions, after));
      const kept = Object.fromEntries(Object.entries(state.parameters).map(([name, p]) => [name, p.ref]));
      const [loss, gradients] = gradient(state.parameters, codebook, before, actions, after);
      const whole: AdamState = { ...state, parameters: kept };
      return [adamW(whole, gradients as Arrays, corrections, TRAINING.learningRate.transition) as State, loss];
    });
  }

  /** One training step on codes i32 [B, N], actions i32 [B] and next codes i32 [B, N], which it consumes. */
  step(before: np.Array, actions: np.Array, after: np.Array): np.Array {
    const corrections = biasCorrections(++this.#steps);
    const [state, loss] = this.#step(this.#state, corrections, this.#codebook.ref, before, actions, after) as [
      State,
      np.Array,
    ];
    this.#state = state;
    return loss;
  }

  /** Waits until the newest step is done: its loss is there long before its gradients. */
  async ready(): Promise<void> {
    await blockUntilReady(this.#state);
  }

  dispose(): void {
    for (const tree of Object.values(this.#state)) for (const leaf of Object.values(tree)) leaf.dispose();
    this.#codebook.dispose();
    this.#step.dispose();
  }

  #loss(p: Arrays, codebook: np.Array, before: np.Array, actions: np.Array, after: np.Array): np.Array {
    const { blocks, heads, width, codes, actions: actionCount } = this.sizes, batch = actions.shape[0];
    const z = np.take(codebook, before, 0);
    const acted = np.matmul(nn.oneHot(actions, actionCount), p["dynamics.action_embed.weight"]);
    let h = z.ref.add(acted.reshape([batch, 1, width])).add(p["positions"].ref);
    for (let i = 0; i < blocks; i++) h = block(p, `dynamics.transformer.${i}`, heads, h);
    const hidden = nn.relu(linear(p, "dynamics.out_proj.0", h));
    const afterstate = z.add(linear(p, "dynamics.out_proj.2", hidden));
    let c = afterstate.add(p["positions"]);
    for (let i = 0; i < blocks; i++) c = block(p, `chance.transformer.${i}`, heads, c);
    const logits = linear(p, "chance.logits", c);
    const chosen = np.sum(nn.logSoftmax(logits, -1).mul(nn.oneHot(after, codes)), -1);
    return np.mean(chosen).neg();
  }
}
