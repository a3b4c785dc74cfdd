import type { Symbol } from "./ast.ts";
import { constOf, type Func, i32, isConst, type Kind, local, type Node, op, type Statement } from "./ir.ts";
import { kindOfLeaf, type Slot, type Value } from "./values.ts";
import type { Type } from "./types.ts";

/** Thrown when a variable turns out to need an address; lowering starts again with the variable in memory. */
export class NeedsMemory {
  constructor(readonly symbol: Symbol) {}
}

/** Collects the statements and locals of a function. */
export class Builder {
  readonly locals: Kind[];
  /** Statements that run once, before all others. */
  readonly prologue: Statement[] = [];
  protected current: Statement[] = [];
  private labels = 0;
  /** Locals that are set once per declaration and may be named instead of copied. */
  private readonly fixed = new Set<number>();

  constructor(params: readonly Kind[]) {
    this.locals = [...params];
    params.forEach((_, i) => this.fixed.add(i));
  }

  newLocal(kind: Kind, fixed = false): number {
    this.locals.push(kind);
    if (fixed) this.fixed.add(this.locals.length - 1);
    return this.locals.length - 1;
  }

  newLabel(): number {
    return this.labels++;
  }

  emit(statement: Statement): void {
    this.current.push(statement);
  }

  set(index: number, value: Node): void {
    this.emit({ s: "set", local: index, value });
  }

  /** Statements that `body` emits, in a list of their own. */
  collect(body: () => void): Statement[] {
    const outer = this.current;
    const inner: Statement[] = this.current = [];
    try {
      body();
    } finally {
      this.current = outer;
    }
    return inner;
  }

  /** True if writing the node down again costs nothing and means the same later. */
  private settled(node: Node): boolean {
    if (isConst(node)) return true;
    if (node.op === "local.get") return this.fixed.has(node.imm!);
    return node.op === "make" && node.args.every((arg) => this.settled(arg));
  }

  /** A node that can be used many times: the node itself if it is free, else a local that holds it. */
  once(node: Node): Node {
    if (this.settled(node)) return node;
    const index = this.newLocal(node.kind, true);
    this.set(index, node);
    return local(node.kind, index);
  }

  /** A value that stays what it is whatever is written later. */
  settle(value: Value): Value {
    return { type: value.type, parts: value.parts.map((part) => this.once(part)) };
  }

  /**
   * Evaluates several things from left to right. If a later one emits statements, the earlier ones are put into locals
   * before these, so that they keep the values they had.
   */
  inOrder<T>(items: readonly T[], lower: (item: T) => Value): Value[] {
    const values: Value[] = [];
    for (const item of items) {
      const before = this.current.length;
      const value = lower(item);
      if (this.current.length > before) {
        const later = this.current.splice(before);
        for (let i = 0; i < values.length; i++) values[i] = this.settle(values[i]);
        this.current.push(...later);
      }
      values.push(value);
    }
    return values;
  }

  /** A slot of fresh locals for a type. */
  newSlot(type: Type): Slot {
    if (type.kind === "struct") return { type, parts: type.members.map((m) => this.newSlot(m.type)) };
    if (type.kind === "array") {
      return { type, parts: Array.from({ length: type.count! }, () => this.newSlot(type.element)) };
    }
    return { type, local: this.newLocal(kindOfLeaf(type)) };
  }

  slotValue(slot: Slot): Node[] {
    return "local" in slot
      ? [local(kindOfLeaf(slot.type), slot.local)]
      : slot.parts.flatMap((part) => this.slotValue(part));
  }

  slotLocals(slot: Slot): number[] {
    return "local" in slot ? [slot.local] : slot.parts.flatMap((part) => this.slotLocals(part));
  }

  /** Sets several locals at once; each new value is computed before any local changes. */
  setAll(targets: readonly number[], values: readonly Node[]): void {
    const safe = targets.length > 1 ? values.map((value) => this.once(value)) : values;
    targets.forEach((target, i) => this.set(target, safe[i]));
  }

  finish(name: string, params: readonly Kind[], body: Statement[], value?: Node): Func {
    return { name, params, result: value?.kind, locals: this.locals, body: [...this.prologue, ...body], value };
  }
}

/**
 * Splits `node * scale` into terms and a constant, so that what repeats between addresses shows, and what does not change
 * in a loop can be computed before it. All arithmetic is modulo 2^32.
 */
export function linear(node: Node, scale: number): { terms: Node[]; constant: number } {
  const known = constOf(node);
  if (known !== undefined) return { terms: [], constant: Math.imul(known, scale) };
  const [a, b] = node.args;
  if (node.op === "i32.add") return join(linear(a, scale), linear(b, scale));
  if (node.op === "i32.sub" && constOf(b) !== undefined) return join(linear(a, scale), linear(b, -scale));
  if (node.op === "i32.mul" && constOf(b) !== undefined) return linear(a, Math.imul(scale, constOf(b)!));
  if (node.op === "i32.mul" && constOf(a) !== undefined) return linear(b, Math.imul(scale, constOf(a)!));
  if (node.op === "i32.shl" && constOf(b) !== undefined) return linear(a, scale << (constOf(b)! & 31));
  return { terms: [scaled(node, scale)], constant: 0 };
}

type Linear = ReturnType<typeof linear>;
const join = (a: Linear, b: Linear): Linear => ({
  terms: [...a.terms, ...b.terms],
  constant: (a.constant + b.constant) | 0,
});

function scaled(node: Node, scale: number): Node {
  const power = Math.log2(scale);
  return Number.isInteger(power) && scale > 0 ? op("i32.shl", node, i32(power)) : op("i32.mul", node, i32(scale));
}

/** Sum of i32 nodes, without nested sums. */
export function sum(terms: readonly Node[]): Node {
  const flat = terms.flatMap((term) => term.op === "sum" ? term.args : [term]);
  return flat.length === 1 ? flat[0] : { op: "sum", kind: "i32", args: flat };
}
