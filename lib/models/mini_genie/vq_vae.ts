import { Conv2d, ConvTranspose2d, type Parameters, uniformIn, VectorQuantizer, type Window } from "../../nn/mod.ts";
import type { Stream } from "../../random.ts";
import { add, relu, reshape, type Tensor } from "../../tensor/mod.ts";
import type { VqVaeSettings } from "./settings.ts";

/** Halves or doubles the side. */
const RESAMPLE: Window = { kernel: 4, stride: 2, padding: 1 };
const SAME: Window = { kernel: 3, stride: 1, padding: 1 };
const POINT: Window = { kernel: 1, stride: 1, padding: 0 };
/** Halves or doubles the side without looking beyond a patch. */
const RESAMPLE_PATCH: Window = { kernel: 2, stride: 2, padding: 0 };

/** Windows of the layers that change the side, and of those that do not. */
function windowsOf({ patches }: VqVaeSettings): { readonly resample: Window; readonly same: Window } {
  return patches ? { resample: RESAMPLE_PATCH, same: POINT } : { resample: RESAMPLE, same: SAME };
}

/**
 * Two residual blocks as the original computes them: r = relu(x); y = B₁·relu(A₁∗r); y = B₂·relu(A₂∗relu(y)); y + r. Its first
 * activation works in place, so what is added is relu(x), once for both blocks (spec 3 §3.1).
 */
class ResidualStack {
  readonly #blocks: readonly (readonly [Conv2d, Conv2d])[];

  constructor(parameters: Parameters, name: string, settings: VqVaeSettings, stream: Stream) {
    const plain = { bias: false }, { hidden, residual } = settings, { same } = windowsOf(settings);
    this.#blocks = [0, 1].map((i) => [
      new Conv2d(parameters, `${name}.r${i}.a`, hidden, residual, same, stream, plain),
      new Conv2d(parameters, `${name}.r${i}.b`, residual, hidden, POINT, stream, plain),
    ]);
  }

  apply(x: Tensor): Tensor {
    const r = relu(x);
    const y = this.#blocks.reduce((y, [a, b], i) => b.apply(a.apply(i === 0 ? y : relu(y), "relu")), r);
    return add(y, r);
  }
}

/** The Eyes: RGB picture → grid of codes → RGB picture (spec 3 §3.1). */
export class VqVae {
  /** Latents to codes. */
  readonly quantizer: VectorQuantizer;
  readonly #encode: readonly [Conv2d, Conv2d, Conv2d];
  readonly #encoded: ResidualStack;
  readonly #project: Conv2d;
  readonly #widen: Conv2d;
  readonly #decoded: ResidualStack;
  readonly #decode: readonly [ConvTranspose2d, ConvTranspose2d];

  /** Declares codebook, encoder and decoder under `<name>.quantizer`, `<name>.enc`, `<name>.pre` and `<name>.dec`. */
  constructor(parameters: Parameters, name: string, readonly settings: VqVaeSettings, stream: Stream) {
    const { hidden, codeWidth, codes, decay } = settings, half = hidden / 2, { resample, same } = windowsOf(settings);
    // The codebook stands first, so that an optimiser can take all others, which are neighbours.
    const start = uniformIn(stream, 1 / codes);
    this.quantizer = new VectorQuantizer(parameters, `${name}.quantizer`, codes, codeWidth, decay, start, 0);
    this.#encode = [
      new Conv2d(parameters, `${name}.enc.c1`, 3, half, resample, stream),
      new Conv2d(parameters, `${name}.enc.c2`, half, hidden, resample, stream),
      new Conv2d(parameters, `${name}.enc.c3`, hidden, hidden, same, stream),
    ];
    this.#encoded = new ResidualStack(parameters, `${name}.enc`, settings, stream);
    this.#project = new Conv2d(parameters, `${name}.pre`, hidden, codeWidth, POINT, stream);
    this.#widen = new Conv2d(parameters, `${name}.dec.c1`, codeWidth, hidden, same, stream);
    this.#decoded = new ResidualStack(parameters, `${name}.dec`, settings, stream);
    this.#decode = [
      new ConvTranspose2d(parameters, `${name}.dec.t1`, hidden, half, resample, stream),
      new ConvTranspose2d(parameters, `${name}.dec.t2`, half, 3, resample, stream),
    ];
  }

  /** Pictures [B, S, S, 3] in [0, 1] → latents [B, S/4, S/4, D]. */
  encode(pictures: Tensor): Tensor {
    const [first, second, third] = this.#encode;
    return this.#project.apply(
      this.#encoded.apply(third.apply(second.apply(first.apply(pictures, "relu"), "relu"))),
    );
  }

  /** Code vectors [B, g, g, D] → pictures [B, 4g, 4g, 3] in [0, 1]. */
  decode(vectors: Tensor): Tensor {
    const [first, second] = this.#decode;
    return second.apply(first.apply(this.#decoded.apply(this.#widen.apply(vectors)), "relu"), "sigmoid");
  }

  /** Pictures [B, S, S, 3] → codes i32 [B, N], row by row. */
  tokens(pictures: Tensor): Tensor {
    return reshape(this.quantizer.indices(this.encode(pictures)), [pictures.shape[0], -1]);
  }

  /** Codes i32 [B, N] → pictures [B, S, S, 3]. */
  pictures(tokens: Tensor): Tensor {
    const [batch, count] = tokens.shape, side = Math.sqrt(count);
    return this.decode(this.quantizer.lookup(reshape(tokens, [batch, side, side])));
  }
}
