import { gatherRows, type Tensor } from "../tensor/mod.ts";
import type { Initialiser, Parameters } from "./parameters.ts";

/** A learned vector for each index. Parameter `<name>.weight` [rows, width]. */
export class Embedding {
  /** [rows, width] */
  readonly weight: Tensor;

  /** Declares the table. */
  constructor(
    parameters: Parameters,
    name: string,
    readonly rows: number,
    readonly width: number,
    initialise: Initialiser,
  ) {
    this.weight = parameters.add(`${name}.weight`, [rows, width], initialise);
  }

  /** i32 [...] → [..., width] */
  apply(index: Tensor): Tensor {
    return gatherRows(this.weight, index);
  }
}
