import { Conv2d, Embedding, Linear, normalWith, type Parameters, type Window } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import {
  cast,
  concat,
  divide,
  maximum,
  mean,
  multiply,
  notEqual,
  reshape,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import type { ActionNetSettings } from "./settings.ts";

const HALVE: Window = { kernel: 3, stride: 2, padding: 1 };
const SAME: Window = { kernel: 3, stride: 1, padding: 1 };
const POINT: Window = { kernel: 1, stride: 1, padding: 0 };

/** The inverse model: two successive token grids → logits of the latent action that led from one to the other (spec 3 §3.2). */
export class ActionNet {
  readonly #table: Embedding;
  readonly #layers: readonly Conv2d[];
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
    const { width, channels: [c1, c2, c3], hidden, actions, pooled, changes } = settings;
    this.#table = new Embedding(parameters, `${name}.emb`, codes, width, normalWith(stream, 1));
    // Where only changes count, one look at the neighbours is enough, and a second would look past what did not change.
    const windows = changes ? [SAME, POINT, POINT] : [HALVE, HALVE, SAME];
    this.#layers = [[2 * width, c1], [c1, c2], [c2, c3]].map(([from, to], i) =>
      new Conv2d(parameters, `${name}.c${i + 1}`, from, to, windows[i], stream)
    );
    const side = Math.ceil(Math.ceil(grid / 2) / 2), features = pooled || changes ? c3 : side * side * c3;
    this.#hidden = new Linear(parameters, `${name}.f1`, features, hidden, stream);
    this.#logits = new Linear(parameters, `${name}.f2`, hidden, actions, stream);
  }

  /**
   * Codes before and after, i32 [B, N] each → logits [B, A].
   * With several views of each pair, i32 [B, views, N] each: the mean of their logits.
   */
  apply(before: Tensor, after: Tensor): Tensor {
    if (before.shape.length === 2) return this.#logitsOf(before, after);
    const [batch, views, count] = before.shape, { actions } = this.settings;
    const [flatBefore, flatAfter] = [before, after].map((grids) => reshape(grids, [batch * views, count]));
    return mean(reshape(this.#logitsOf(flatBefore, flatAfter), [batch, views, actions]), [1]);
  }

  #logitsOf(before: Tensor, after: Tensor): Tensor {
    const [batch, count] = before.shape, side = Math.sqrt(count);
    // One lookup for both: neighbours on the last axis become neighbouring channels, those of `before` first.
    const pair = concat([before, after].map((grid) => reshape(grid, [batch, count, 1])), 2);
    const channels = reshape(this.#table.apply(pair), [batch, side, side, 2 * this.#table.width]);
    const flat = this.settings.changes
      ? this.#changes(channels, reshape(changed(before, after), [batch, side, side, 1]))
      : this.#flat(this.#features(channels));
    return this.#logits.apply(this.#hidden.apply(flat, "relu"));
  }

  #features(channels: Tensor): Tensor {
    return this.#layers.reduce((x, layer) => layer.apply(x, "relu"), channels);
  }

  #flat(features: Tensor): Tensor {
    return this.settings.pooled ? mean(features, [1, 2]) : reshape(features, [features.shape[0], -1]);
  }

  /** Tokens that stay are zeros, as what is beyond the edge; the mean is over those that change. @param mask [B, g, g, 1] */
  #changes(channels: Tensor, mask: Tensor): Tensor {
    const features = multiply(this.#features(multiply(channels, mask)), mask);
    return divide(sum(features, [1, 2]), maximum(sum(mask, [1, 2]), 1));
  }
}

/** 1 where the codes differ. */
function changed(before: Tensor, after: Tensor): Tensor {
  return notEqual(cast(before, "f32"), cast(after, "f32"));
}
