import { layerNorm, type Tensor } from "../tensor/mod.ts";
import { constant } from "./initialise.ts";
import type { Parameters } from "./parameters.ts";

/** Layer normalisation of the last axis. Parameters `<name>.weight` and `<name>.bias` [width], from 1 and 0. */
export class LayerNorm {
  /** [width] */
  readonly scale: Tensor;
  /** [width] */
  readonly shift: Tensor;

  /** Declares the parameters. */
  constructor(parameters: Parameters, name: string, width: number, readonly epsilon = 1e-5) {
    this.scale = parameters.add(`${name}.weight`, [width], constant(1));
    this.shift = parameters.add(`${name}.bias`, [width], constant(0));
  }

  /** [..., width] → [..., width] */
  apply(x: Tensor): Tensor {
    return layerNorm(x, this.scale, this.shift, this.epsilon);
  }
}
