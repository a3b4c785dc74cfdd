import type { Device } from "../device/device.ts";
import { elements, type Shape, Tensor, windowOf, zeros } from "../tensor/mod.ts";

/** Fills the initial values of one parameter. */
export type Initialiser = (values: Float32Array) => void;

/** Elements between the starts of neighbours: a binding's offset must be a multiple of 256 bytes. */
const ALIGNMENT = 64;

/**
 * The parameters of a model, by name, in one flat piece of device memory, so that one kernel updates all of them.
 * Layers declare what they need; `place` then puts everything on a device.
 */
export class Parameters {
  readonly #declared: { tensor: Tensor; offset: number; initialise: Initialiser }[] = [];
  readonly #byName = new Map<string, Tensor>();
  #size = 0;
  /** All parameters as one tensor [size], gaps of zeros between neighbours; `null` before `place`. */
  flat: Tensor | null = null;

  /**
   * Declares a parameter. Its initial values are drawn when the parameters are placed, in the order of declaration.
   * @throws Error when the name is taken
   */
  add(name: string, shape: Shape, initialise: Initialiser): Tensor {
    if (this.#byName.has(name)) throw new Error(`parameter ${name} is declared twice`);
    if (this.flat) throw new Error(`parameter ${name} is declared after the parameters were placed on a device`);
    const tensor = new Tensor(shape, "f32", null, name);
    this.#declared.push({ tensor, offset: this.#size, initialise });
    this.#byName.set(name, tensor);
    this.#size += Math.ceil(elements(shape) / ALIGNMENT) * ALIGNMENT;
    return tensor;
  }

  /** Takes memory on the device and writes the initial values. */
  place(device: Device): this {
    if (this.flat) throw new Error("the parameters are placed already");
    this.flat = zeros(device, [this.#size], "f32", "parameters");
    for (const { tensor, offset, initialise } of this.#declared) {
      tensor.storage = windowOf(this.flat, offset, tensor.shape, tensor.label).storage;
      const values = new Float32Array(tensor.size);
      initialise(values);
      tensor.write(values);
    }
    return this;
  }

  /** All parameters, in the order of declaration. */
  get tensors(): Tensor[] {
    return this.#declared.map(({ tensor }) => tensor);
  }

  /** Name and tensor, in the order of declaration. */
  get entries(): [string, Tensor][] {
    return this.#declared.map(({ tensor }) => [tensor.label, tensor]);
  }

  /** Number of trainable numbers (gaps not counted). */
  get count(): number {
    return this.tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  }

  /** Elements of the flat memory, gaps included. */
  get flatSize(): number {
    return this.#size;
  }

  /** Where a parameter begins in the flat memory, in elements. */
  offsetOf(tensor: Tensor): number {
    const found = this.#declared.find((entry) => entry.tensor === tensor);
    if (!found) throw new Error(`${tensor.label} is not one of these parameters`);
    return found.offset;
  }

  /** The parameter of that name. @throws Error naming what exists when there is no such parameter */
  get(name: string): Tensor {
    const found = this.#byName.get(name);
    if (!found) throw new Error(`no parameter ${name}; there are ${[...this.#byName.keys()].join(", ")}`);
    return found;
  }

  /** Gives the memory back. */
  dispose(): void {
    this.flat?.dispose();
    for (const { tensor } of this.#declared) tensor.storage = null;
    this.flat = null;
  }
}
