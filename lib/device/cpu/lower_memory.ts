import { Builder, linear, sum } from "./builder.ts";
import { constOf, extract, i32, isConst, type Kind, load, local, type Node, op, select } from "./ir.ts";
import { leafCount, leaves, type MemoryPlace, type Place, type Step, type Value } from "./values.ts";
import { scalarOf, sizeOf, strideOf, type Type, typeName, type VectorType } from "./types.ts";

/** Constant parts of an address below this stand in the instruction. All buffers lie above it, so that no sum wraps. */
export const MAX_IMMEDIATE = 65536;
/** More scalars and vectors than this are copied as bytes, or not at all. */
const MAX_LEAVES = 256;

const stride = (type: Type): number => type.kind === "array" ? strideOf(type) : 0;

/** How a kernel is lowered. */
export interface LowerOptions {
  /** Check every access to memory. */
  readonly checked: boolean;
  /** With `checked`: stop at an index out of range instead of reading the last element or dropping the write. */
  readonly strict: boolean;
  /** Use relaxed fused multiply-add. */
  readonly relaxed: boolean;
}

/** Reads and writes places, with the checks that keep every access inside its variable. */
export class MemoryLowering extends Builder {
  /** Bytes of per-invocation memory used so far. */
  frameBytes = 0;
  /** Local with the address of the invocation's memory. */
  frame = -1;

  constructor(params: readonly Kind[], protected readonly options: LowerOptions) {
    super(params);
  }

  allocateFrame(bytes: number): number {
    const at = this.frameBytes;
    this.frameBytes += Math.ceil(bytes / 16) * 16;
    return at;
  }

  protected framePlace(type: Type, offset: number): MemoryPlace {
    return { at: "memory", type, base: local("i32", this.frame), offset, steps: [] };
  }

  private within(step: Step): boolean {
    const [index, limit] = [constOf(step.index), constOf(step.limit)];
    return index !== undefined && limit !== undefined && index >= 0 && index < limit;
  }

  /** Address of a place and the constant offset from it. With `clamp`, indices past the end become the last one. */
  private address(place: MemoryPlace, clamp: boolean): { address: Node; offset: number } {
    const terms: Node[] = [];
    let constant = place.offset;
    if (clamp) this.demand(this.options.strict ? this.guard(place) : undefined);
    for (const step of place.steps) {
      let index = step.index;
      if (clamp && this.options.checked && !this.options.strict && !this.within(step)) {
        const last = op("i32.sub", step.limit, i32(1));
        index = select(index, last, op("i32.lt_u", index, step.limit));
      }
      const part = linear(index, step.stride);
      terms.push(...part.terms);
      constant = (constant + part.constant) | 0;
    }
    const direct = constant >= 0 && constant < MAX_IMMEDIATE;
    const node = sum([...terms, place.base, ...(direct || constant === 0 ? [] : [i32(constant)])]);
    return { address: node, offset: direct ? constant : 0 };
  }

  /** A condition that holds when all indices are in range; undefined if they are known to be. */
  private guard(place: MemoryPlace): Node | undefined {
    if (!this.options.checked) return undefined;
    const tests = place.steps.filter((step) => !this.within(step)).map((step) =>
      op("i32.lt_u", step.index, step.limit)
    );
    return tests.length === 0 ? undefined : tests.reduce((a, b) => op("i32.and", a, b));
  }

  /** Stops the kernel unless the condition holds. */
  private demand(condition: Node | undefined): void {
    if (condition) this.emit({ s: "if", condition: op("i32.eqz", condition), then: [{ s: "trap" }], otherwise: [] });
  }

  private loadLeaf(type: Type, address: Node, offset: number, steady: boolean): Node {
    if (type.kind !== "vector") {
      if (scalarOf(type) === "f32") return load("f32.load", "f32", address, offset, steady);
      return this.unmask(type, load("i32.load", "i32", address, offset, steady));
    }
    if (type.size === 4) return load("v128.load", "v128", address, offset, steady);
    if (type.size === 2) return load("v128.load64_zero", "v128", address, offset, steady);
    const pair = load("v128.load64_zero", "v128", address, offset, steady);
    return { op: "v128.load32_lane", kind: "v128", args: [address, pair], imm: offset + 8, lanes: [2], steady };
  }

  private storeLeaf(type: Type, address: Node, offset: number, value: Node): void {
    const put = (name: string, at: number, lane?: number) =>
      this.emit({ s: "store", op: name, offset: at, lane, address, value });
    if (type.kind !== "vector") return put(scalarOf(type) === "f32" ? "f32.store" : "i32.store", offset);
    if (type.size === 4) return put("v128.store", offset);
    put("v128.store64_lane", offset, 0);
    if (type.size === 3) put("v128.store32_lane", offset + 8, 2);
  }

  /** The value at a place. */
  read(place: Place): Value {
    if (place.at === "slot") return { type: place.type, parts: this.slotValue(place.slot) };
    if (place.at === "lane") return { type: place.type, parts: [this.readLane(place)] };
    if (!this.small(place.type)) return { type: place.type, parts: [], source: this.pinned(place) };
    const parts = leaves(place.type, 0, stride);
    const { address, offset } = this.address(place, true);
    const base = parts.length > 1 || place.type.kind === "vector" && place.type.size === 3
      ? this.once(address)
      : address;
    const nodes = parts.map((leaf) => this.loadLeaf(leaf.type, base, offset + leaf.offset, place.steady ?? false));
    return { type: place.type, parts: nodes };
  }

  /** The same place, whatever happens to the variables in its indices. */
  protected pinned(place: MemoryPlace): MemoryPlace {
    return { ...place, steps: place.steps.map((step) => ({ ...step, index: this.once(step.index) })) };
  }

  /** A large value gets memory of its own. */
  override settle(value: Value): Value {
    if (!value.source) return super.settle(value);
    const own = this.framePlace(value.type, this.allocateFrame(sizeOf(value.type)));
    this.write(own, value);
    return { ...value, source: own };
  }

  /** Writes a value without parts: a copy of its source, or zeros. */
  private writeLarge(place: MemoryPlace, value: Value): void {
    const bytes = sizeOf(place.type);
    const start = (at: MemoryPlace, clamp: boolean): Node => {
      const { address, offset } = this.address(at, clamp);
      return sum([address, i32(offset)]);
    };
    if (value.source) this.emit({ s: "copy", to: start(place, false), from: start(value.source, true), bytes });
    else this.emit({ s: "fill", address: start(place, false), bytes: i32(bytes) });
  }

  /** Writes a value to a place; in checked code, a write out of range is dropped. */
  write(place: Place, value: Value): void {
    if (place.at === "slot") return this.setAll(this.slotLocals(place.slot), value.parts);
    if (place.at === "lane") return this.writeLane(place, value.parts[0]);
    if (place.mask) value = { type: value.type, parts: [op("i32.sub", i32(0), value.parts[0])] };
    const settled = value.parts.length > 1 || place.type.kind === "vector" ? this.settle(value) : value;
    let guard = this.guard(place);
    if (this.options.strict) {
      this.demand(guard);
      guard = undefined;
    }
    const stores = this.collect(() => {
      if (!this.small(place.type) && value.parts.length === 0) return this.writeLarge(place, value);
      const { address, offset } = this.address(place, false);
      const parts = leaves(place.type, 0, stride);
      const single = parts.length === 1 && !(place.type.kind === "vector" && place.type.size === 3);
      const base = single ? address : this.once(address);
      parts.forEach((leaf, i) => this.storeLeaf(leaf.type, base, offset + leaf.offset, settled.parts[i]));
    });
    if (guard) this.emit({ s: "if", condition: guard, then: stores, otherwise: [] });
    else for (const statement of stores) this.emit(statement);
  }

  /** Address of a single word, for atomics: always inside the variable. */
  wordAddress(place: MemoryPlace): Node {
    const { address, offset } = this.address(place, true);
    return offset === 0 ? address : sum([address, i32(offset)]);
  }

  private readLane(place: Extract<Place, { at: "lane" }>): Node {
    const kind: Kind = scalarOf(place.type) === "f32" ? "f32" : "i32";
    const vector = local("v128", place.local);
    if (typeof place.lane === "number") return this.unmask(place.type, extract(kind, vector, place.lane));
    return this.dynamicLane(vector, place.size, place.lane, place.type);
  }

  /** A component of a boolean vector as 0 or 1. */
  protected unmask(type: Type, lane: Node): Node {
    return scalarOf(type) === "bool" ? op("i32.and", lane, i32(1)) : lane;
  }

  /** The component of a vector at an index known only at run time, by way of memory. */
  protected dynamicLane(vector: Node, size: number, index: Node, type: Type): Node {
    const offset = this.allocateFrame(16);
    const whole = { kind: "vector", size: 4, scalar: scalarOf(type)! } as VectorType;
    this.write(this.framePlace(whole, offset), { type: whole, parts: [vector] });
    const place = this.framePlace(type, offset);
    const step = { index: this.once(index), stride: 4, limit: i32(size) };
    // The lane is kept by checking always: the frame of another invocation lies behind.
    const clamped = select(step.index, i32(size - 1), op("i32.lt_u", step.index, i32(size)));
    const value = this.read({ ...place, steps: [{ ...step, index: this.once(clamped) }] }).parts[0];
    return this.once(this.unmask(type, value));
  }

  private writeLane(place: Extract<Place, { at: "lane" }>, value: Node): void {
    const scalar = scalarOf(place.type)!;
    const stored = scalar === "bool" ? op("i32.sub", i32(0), value) : value;
    const shape = scalar === "f32" ? "f32x4" : "i32x4";
    const vector = local("v128", place.local);
    const put = (lane: number): Node => ({
      op: `${shape}.replace_lane`,
      kind: "v128",
      args: [vector, stored],
      imm: lane,
    });
    if (typeof place.lane === "number") return this.set(place.local, put(place.lane));
    const offset = this.allocateFrame(16);
    const whole = { kind: "vector", size: 4, scalar } as VectorType;
    const frame = this.framePlace(whole, offset);
    this.write(frame, { type: whole, parts: [vector] });
    const index = this.once(select(place.lane, i32(place.size - 1), op("i32.lt_u", place.lane, i32(place.size))));
    const cell = { ...this.framePlace(place.type, offset), steps: [{ index, stride: 4, limit: i32(place.size) }] };
    this.write(cell, { type: place.type, parts: [stored] });
    this.set(place.local, this.read(frame).parts[0]);
  }

  /** Steps from a place to one of its elements. Constant steps go into the offset. */
  protected element(place: MemoryPlace, index: Node): Place {
    const type = place.type;
    if (type.kind !== "array" && type.kind !== "vector") throw new Error(`${typeName(type)} has no elements`);
    const size = type.kind === "array" ? strideOf(type) : 4;
    const inner: Type = type.kind === "array" ? type.element : { kind: "scalar", scalar: type.scalar };
    const count = type.kind === "array" ? type.count : type.size;
    const mask = type.kind === "vector" && type.scalar === "bool";
    const known = constOf(index);
    if (known !== undefined && count !== null && known >= 0 && known < count) {
      return { ...place, type: inner, mask, offset: place.offset + known * size };
    }
    const limit = count === null ? place.length!(place.offset, size) : i32(count);
    const kept = this.options.checked && !isConst(index) ? this.once(index) : index;
    return { ...place, type: inner, mask, steps: [...place.steps, { index: kept, stride: size, limit }] };
  }

  /** True if a value of this type is small enough to be handled part by part. */
  protected small(type: Type): boolean {
    return leafCount(type) <= MAX_LEAVES;
  }
}
