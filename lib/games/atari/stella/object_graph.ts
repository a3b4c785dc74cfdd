/**
 * Saves and restores an emulator that offers no save state, by walking its objects: every field that is not a function is a slot, in a fixed
 * order, so that what one machine saves another of the same make can restore.
 */

/** A field's value that is no object. */
export type GraphScalar = number | string | boolean | bigint | null | undefined;
type Fields = Record<string, unknown>;
/** Any of the typed arrays. */
export type GraphArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Plain data. */
export interface GraphState {
  /** One per slot; null where the slot holds an object. */
  readonly scalars: readonly GraphScalar[];
  /** One per slot: which object it holds, or -1. */
  readonly objects: Int32Array;
  /** Contents of the typed arrays in order. */
  readonly arrays: readonly GraphArray[];
}

/** The objects that can be reached from some roots, without those that a rule leaves out. */
export class ObjectGraph {
  readonly #objects = new Map<unknown, number>();
  readonly #nodes: unknown[] = [];
  readonly #slots: { owner: Fields; key: string }[] = [];
  readonly #arrays: GraphArray[] = [];

  /**
   * @param roots where the walk begins, in this order
   * @param constant fields that never change, and are neither saved nor followed
   * @param known objects that slots may hold but that are not walked
   */
  constructor(roots: readonly object[], constant: ReadonlySet<string>, known: readonly object[] = []) {
    for (const object of known) this.#add(object);
    for (const root of roots) this.#walk(root as Fields, constant);
  }

  #add(object: unknown): void {
    this.#objects.set(object, this.#nodes.length);
    this.#nodes.push(object);
  }

  #walk(owner: Fields, constant: ReadonlySet<string>): void {
    if (this.#objects.has(owner)) return;
    this.#add(owner);
    if (ArrayBuffer.isView(owner)) {
      this.#arrays.push(owner as unknown as GraphArray);
      return;
    }
    for (const key of Object.keys(owner)) {
      const value = owner[key];
      if (constant.has(key) || typeof value === "function") continue;
      this.#slots.push({ owner, key });
      if (typeof value === "object" && value !== null) this.#walk(value as Fields, constant);
    }
  }

  /** What all slots and typed arrays hold now. */
  save(): GraphState {
    const objects = new Int32Array(this.#slots.length).fill(-1);
    const scalars = this.#slots.map(({ owner, key }, slot) => {
      const value = owner[key];
      if (typeof value !== "object" || value === null) return value as GraphScalar;
      const index = this.#objects.get(value);
      if (index === undefined) {
        throw new Error(`the emulator's field ${key} holds an object that was not there at first`);
      }
      objects[slot] = index;
      return null;
    });
    return { scalars, objects, arrays: this.#arrays.map((array) => array.slice()) };
  }

  /** @throws RangeError for a state of a machine of another make; nothing is changed then */
  restore({ scalars, objects, arrays }: GraphState): void {
    const fits = scalars.length === this.#slots.length && objects.length === scalars.length &&
      arrays.length === this.#arrays.length && arrays.every((array, i) => array.length === this.#arrays[i].length) &&
      objects.every((object) => object < this.#nodes.length);
    if (!fits) {
      const sizes = (fields: number, typed: number) => `${fields} fields and ${typed} arrays`;
      throw new RangeError(
        `console state: expected ${sizes(this.#slots.length, this.#arrays.length)} but found ` +
          `${sizes(scalars.length, arrays.length)}, or other sizes; it is of another cartridge or version`,
      );
    }
    this.#slots.forEach(({ owner, key }, slot) => {
      const value = objects[slot] < 0 ? scalars[slot] : this.#nodes[objects[slot]];
      if (owner[key] !== value) owner[key] = value;
    });
    this.#arrays.forEach((array, i) => array.set(arrays[i] as ArrayLike<number>));
  }
}
