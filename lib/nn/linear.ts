import type { Stream } from "../random.ts";
import { type Activation, matmul, type Tensor } from "../tensor/mod.ts";
import { fanIn } from "./initialise.ts";
import type { Initialiser, Parameters } from "./parameters.ts";

/** x·W + b on the last axis. Parameters `<name>.weight` [inputs, outputs] and `<name>.bias` [outputs]. */
export class Linear {
  /** [inputs, outputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor;

  /** Declares the parameters. @param initialise of the weight and the bias; default: PyTorch's, uniform in ±1/√inputs */
  constructor(
    parameters: Parameters,
    name: string,
    readonly inputs: number,
    readonly outputs: number,
    stream: Stream,
    initialise: { weight?: Initialiser; bias?: Initialiser } = {},
  ) {
    this.weight = parameters.add(`${name}.weight`, [inputs, outputs], initialise.weight ?? fanIn(stream, inputs));
    this.bias = parameters.add(`${name}.bias`, [outputs], initialise.bias ?? fanIn(stream, inputs));
  }

  /** [..., inputs] → [..., outputs] */
  apply(x: Tensor, activation: Activation = "none"): Tensor {
    return matmul(x, this.weight, { bias: this.bias, activation });
  }
}
