import { Embedding, Linear, normalWith, type Parameters, TransformerBlock } from "../../nn/mod.ts";
import { Stream } from "../../random.ts";
import { add, type RandomCounter, reshape, type Tensor } from "../../tensor/mod.ts";
import type { DynamicsSettings } from "./settings.ts";

/**
 * The Brain: the codes of one picture and a latent action → logits of the next codes. A transformer without a mask; the action
 * is added to every token (spec 3 §3.3).
 */
export class Dynamics {
  readonly #positions: Tensor;
  readonly #table: Embedding;
  readonly #action: Linear;
  readonly #layers: readonly TransformerBlock[];
  readonly #head: Linear;

  /** Declares the parameters. @param codes V @param tokens N @param actions A */
  constructor(
    parameters: Parameters,
    name: string,
    { codes, tokens, actions }: { readonly codes: number; readonly tokens: number; readonly actions: number },
    readonly settings: DynamicsSettings,
    stream: Stream,
  ) {
    const { width, heads, layers, inner, dropout } = settings;
    this.#positions = parameters.add(`${name}.pos`, [tokens, width], normalWith(stream, 1));
    this.#table = new Embedding(parameters, `${name}.emb`, codes, width, normalWith(stream, 1));
    this.#action = new Linear(parameters, `${name}.act`, actions, width, stream);
    const block = { width, heads, inner, dropout, norm: "post", activation: "relu" } as const;
    // All layers begin with the same weights, as `torch.nn.TransformerEncoder` clones its layer: each draws from the same stream.
    const [a, b] = [stream.uint32(), stream.uint32()];
    this.#layers = Array.from(
      { length: layers },
      (_, i) => new TransformerBlock(parameters, `${name}.l${i}`, block, Stream.named(a, `${name}/layer ${b}`)),
    );
    this.#head = new Linear(parameters, `${name}.head`, width, codes, stream);
  }

  /**
   * Predicts the next codes.
   * @param tokens i32 [B, N]
   * @param action [B, A]: probabilities, or one-hot
   * @param random for dropout; `null` for evaluation
   * @returns [B, N, V]
   */
  apply(tokens: Tensor, action: Tensor, random: RandomCounter | null = null): Tensor {
    const moved = reshape(this.#action.apply(action), [tokens.shape[0], 1, this.settings.width]);
    const x = add(add(this.#table.apply(tokens), this.#positions), moved);
    return this.#head.apply(this.#layers.reduce((x, layer) => layer.apply(x, random), x));
  }
}
