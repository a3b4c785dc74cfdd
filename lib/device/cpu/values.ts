/** Values and places as the lowering handles them. */
import { f32, i32, type Kind, type Node, v128, wordOf } from "./ir.ts";
import { type ConstValue, scalarOf, type Type } from "./types.ts";

/**
 * A value: one node per scalar or vector in it, in order of declaration. A value too large for that has no parts; it lies
 * in memory at `source`, or is all zeros.
 */
export interface Value {
  readonly type: Type;
  readonly parts: readonly Node[];
  readonly source?: MemoryPlace;
}

/** A variable kept in WebAssembly locals: one local per scalar or vector in it. */
export type Slot =
  | { readonly type: Type; readonly local: number }
  | { readonly type: Type; readonly parts: readonly Slot[] };

/** One index on the way to a place in memory. */
export interface Step {
  readonly index: Node;
  readonly stride: number;
  readonly limit: Node;
}

/** A place that can be read and written. */
export type Place =
  | { readonly at: "slot"; readonly type: Type; readonly slot: Slot }
  /** One component of a vector in a local, by number or by a node. */
  | {
    readonly at: "lane";
    readonly type: Type;
    readonly local: number;
    readonly lane: number | Node;
    readonly size: number;
  }
  | {
    readonly at: "memory";
    readonly type: Type;
    readonly base: Node;
    readonly offset: number;
    readonly steps: readonly Step[];
    /** True for a component of a boolean vector, which is all ones or all zeros in memory. */
    readonly mask?: boolean;
    /** True if nothing writes there while the kernel runs. */
    readonly steady?: boolean;
    /** Elements of the array sized by its binding, if the place is one or holds one. */
    readonly length?: (offset: number, stride: number) => Node;
  };

export type MemoryPlace = Extract<Place, { at: "memory" }>;

/** Leaves of a type: its scalars and vectors, in order, with their offsets in memory. */
export function leaves(type: Type, offset = 0, stride?: (type: Type) => number): { type: Type; offset: number }[] {
  if (type.kind === "struct") return type.members.flatMap((m) => leaves(m.type, offset + m.offset, stride));
  if (type.kind !== "array") return [{ type, offset }];
  const step = stride ? stride(type) : 0;
  return Array.from({ length: type.count ?? 0 }, (_, i) => leaves(type.element, offset + i * step, stride)).flat();
}

export function leafCount(type: Type): number {
  if (type.kind === "struct") return type.members.reduce((sum, m) => sum + leafCount(m.type), 0);
  return type.kind === "array" ? (type.count ?? Infinity) * leafCount(type.element) : 1;
}

/** What holds a scalar or vector. */
export function kindOfLeaf(type: Type): Kind {
  return type.kind === "vector" ? "v128" : scalarOf(type) === "f32" ? "f32" : "i32";
}

/** A constant scalar; booleans are 0 and 1. */
function scalarNode(type: Type, value: number): Node {
  return scalarOf(type) === "f32" ? f32(value) : i32(value);
}

/** Nodes of a constant. Components of boolean vectors are masks: all bits set, or none. */
export function constantValue(type: Type, value: ConstValue): Value {
  if (type.kind === "vector") {
    const words = (value as readonly number[]).map((x) =>
      type.scalar === "bool" ? (x ? 0xffffffff : 0) : wordOf(type.scalar === "f32" ? f32(x) : i32(x))
    );
    while (words.length < 4) words.push(words[0]);
    return { type, parts: [v128(words)] };
  }
  if (typeof value === "number") return { type, parts: [scalarNode(type, value)] };
  const inner = (i: number) =>
    type.kind === "array" ? type.element : type.kind === "struct" ? type.members[i].type : type;
  return { type, parts: value.flatMap((part, i) => constantValue(inner(i), part).parts) };
}

/** The part of a value at one index or member. */
export function partOf(value: Value, index: number): Value {
  const { type, parts } = value;
  const types = type.kind === "struct" ? type.members.map((m) => m.type) : [];
  if (type.kind === "array") {
    const size = leafCount(type.element);
    return { type: type.element, parts: parts.slice(index * size, (index + 1) * size) };
  }
  let start = 0;
  for (let i = 0; i < index; i++) start += leafCount(types[i]);
  return { type: types[index], parts: parts.slice(start, start + leafCount(types[index])) };
}
