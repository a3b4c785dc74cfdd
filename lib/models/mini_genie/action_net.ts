import { Conv2d, Embedding, Linear, normalWith, type Parameters, type Window } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import { concat, mean, reshape, type Tensor } from "../../tensor/mod.ts";
import type { ActionNetSettings } from "./settings.ts";

const HALVE: Window = { kernel: 3, stride: 2, padding: 1 };
const SAME: Window = { kernel: 3, stride: 1, padding: 1 };

/** The inverse model: two successive token grids → logits of the latent action that led from one to the other (spec 3 §3.2). */
export class ActionNet {
  readonly #table: Embedding;
  readonly #layers: readonly [Conv2d, Conv2d, Conv2d];
  readonly #hidden: Linear;
  readonly #logits: Linear;

  /** Declares the parameters. @param codes V @param grid side g of the token grid */
  constructor(
    parameters: Parameters,
    name: string,
    codes: number,
    grid: number,
    readonly settings: ActionNetSettings,
    stream: Stream,
  ) {
    const { width, channels: [c1, c2, c3], hidden, actions, pooled } = settings;
    this.#table = new Embedding(parameters, `${name}.emb`, codes, width, normalWith(stream, 1));
    this.#layers = [
      new Conv2d(parameters, `${name}.c1`, 2 * width, c1, HALVE, stream),
      new Conv2d(parameters, `${name}.c2`, c1, c2, HALVE, stream),
      new Conv2d(parameters, `${name}.c3`, c2, c3, SAME, stream),
    ];
    const side = Math.ceil(Math.ceil(grid / 2) / 2), features = pooled ? c3 : side * side * c3;
    this.#hidden = new Linear(parameters, `${name}.f1`, features, hidden, stream);
    this.#logits = new Linear(parameters, `${name}.f2`, hidden, actions, stream);
  }

  /** Codes before and after, i32 [B, N] each → [B, A]. */
  apply(before: Tensor, after: Tensor): Tensor {
    const [batch, count] = before.shape, side = Math.sqrt(count);
    // One lookup for both: neighbours on the last axis become neighbouring channels, those of `before` first.
    const pair = concat([before, after].map((grid) => reshape(grid, [batch, count, 1])), 2);
    const channels = reshape(this.#table.apply(pair), [batch, side, side, 2 * this.#table.width]);
    const features = this.#layers.reduce((x, layer) => layer.apply(x, "relu"), channels);
    const flat = this.settings.pooled ? mean(features, [1, 2]) : reshape(features, [batch, -1]);
    return this.#logits.apply(this.#hidden.apply(flat, "relu"));
  }
}
