import { Embedding, Linear, normalWith, type Parameters, TransformerBlock } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import { add, type RandomCounter, reshape, type Tensor } from "../../tensor/mod.ts";
import { type ModelSettings, tokenCount } from "./settings.ts";

/** Tokens after the move, before chance has its say, and logits over the next code at every position. */
export interface Transition {
  /** [B, N, D] */
  readonly afterstate: Tensor;
  /** [B, N, K] */
  readonly logits: Tensor;
}

/**
 * Dynamics and chance (spec 1 §3, §4): tokens and action → afterstate → logits of the next codes. Two stacked transformers;
 * no loss ties the first to the rules and the second to chance (D14).
 */
export class TransitionModel {
  readonly #positions: Tensor | null;
  readonly #actions: Embedding;
  readonly #dynamics: readonly TransformerBlock[];
  readonly #delta: readonly [Linear, Linear];
  readonly #chance: readonly TransformerBlock[];
  readonly #logits: Linear;

  /** Declares positions, action table, dynamics and chance. */
  constructor(parameters: Parameters, settings: ModelSettings, stream: Stream) {
    const { codeWidth: width, heads, blocks, hidden, actions, codes, dropout, positions } = settings;
    const tower = (part: string) =>
      Array.from(
        { length: blocks },
        (_, i) => new TransformerBlock(parameters, `${part}.transformer.${i}`, { width, heads, dropout }, stream),
      );
    this.#positions = positions > 0
      ? parameters.add("positions", [tokenCount(settings), width], normalWith(stream, positions))
      : null;
    this.#actions = new Embedding(parameters, "dynamics.action_embed", actions, width, normalWith(stream, 1));
    this.#dynamics = tower("dynamics");
    this.#delta = [
      new Linear(parameters, "dynamics.out_proj.0", width, hidden, stream),
      new Linear(parameters, "dynamics.out_proj.2", hidden, width, stream),
    ];
    this.#chance = tower("chance");
    this.#logits = new Linear(parameters, "chance.logits", width, codes, stream);
  }

  /**
   * Predicts the next codes.
   * @param tokens [B, N, D]
   * @param actions i32 [B]
   * @param random for dropout; `null` for evaluation
   */
  apply(tokens: Tensor, actions: Tensor, random: RandomCounter | null = null): Transition {
    const [batch, , width] = tokens.shape;
    const placed = (x: Tensor) => this.#positions ? add(x, this.#positions) : x;
    const moved = add(tokens, reshape(this.#actions.apply(actions), [batch, 1, width]));
    const inner = this.#dynamics.reduce((x, block) => block.apply(x, random), placed(moved));
    const afterstate = add(tokens, this.#delta[1].apply(this.#delta[0].apply(inner, "relu")));
    const outcome = this.#chance.reduce((x, block) => block.apply(x, random), placed(afterstate));
    return { afterstate, logits: this.#logits.apply(outcome) };
  }
}
