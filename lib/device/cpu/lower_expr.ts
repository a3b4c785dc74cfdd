import type { BinaryExpr, CallExpr, Expr, FunctionDecl, Symbol, UnaryExpr } from "./ast.ts";
import { swizzle } from "./check_expr.ts";
import { NeedsMemory } from "./builder.ts";
import {
  constOf,
  extract,
  f32,
  i32,
  isConst,
  type Kind,
  local,
  make,
  type Node,
  op,
  pure,
  shuffle,
  splat,
  v128,
} from "./ir.ts";
import { MatrixLowering } from "./lower_matrix.ts";
import { Problem } from "./problem.ts";
import { constantValue, kindOfLeaf, type MemoryPlace, partOf, type Place, type Value } from "./values.ts";
import {
  type ConstValue,
  isFloat,
  isMatrix,
  type Member,
  type ScalarName,
  scalarOf,
  sizeOf,
  type Type,
  type VectorType,
} from "./types.ts";
import { zeroValue } from "./const_eval.ts";

/** Lowers expressions: WGSL values become nodes. */
export abstract class ExprLowering extends MatrixLowering {
  /** What names stand for: a value (`let`, parameters) or a place (`var`, pointers). */
  protected readonly values = new Map<Symbol, Value>();
  protected readonly places = new Map<Symbol, Place>();

  protected abstract builtin(e: CallExpr, name: string): Value;
  protected abstract inline(decl: FunctionDecl, args: readonly Expr[]): Value;
  /** Address in memory of a constant array that is indexed at run time. */
  protected abstract constantPlace(symbolOrExpr: object, type: Type, value: Value): MemoryPlace;
  protected abstract globalPlace(symbol: Symbol): Place;

  /** The value of an expression. */
  expr(e: Expr): Value {
    const type = e.type!;
    if (e.value !== undefined) return this.constant(e, e.value);
    if (e.place && !(e.kind === "ident" && this.values.has(e.symbol!))) return this.read(this.place(e));
    switch (e.kind) {
      case "ident":
        return this.values.get(e.symbol!)!;
      case "unary":
        return this.unary(e);
      case "binary":
        return this.binary(
          e,
          e.op === "&&" || e.op === "||" ? undefined : this.inOrder([e.left, e.right], (x) => this.expr(x)),
        );
      case "index":
        return this.indexed(e.base, e.index, type);
      case "member":
        return this.member(this.expr(e.base), e.name, type);
      case "call":
        return this.call(e);
      default:
        throw new Problem(e.at, "this expression cannot be computed here");
    }
  }

  private constant(e: Expr, known: ConstValue): Value {
    const type = e.type!;
    if (this.small(type)) return constantValue(type, known);
    if (e.kind === "call" && e.args.length === 0) return this.zero(type);
    const key = e.kind === "ident" ? e.symbol! : e;
    return { type, parts: [], source: this.constantPlace(key, type, constantValue(type, known)) };
  }

  /** The single node of a scalar or vector expression. */
  node(e: Expr): Node {
    return this.expr(e).parts[0];
  }

  /** The place that an expression names or, for a pointer, points at. */
  place(e: Expr): Place {
    switch (e.kind) {
      case "ident": {
        const symbol = e.symbol!;
        return this.places.get(symbol) ?? this.globalPlace(symbol);
      }
      case "unary":
        return this.place(e.arg);
      case "member": {
        const base = this.place(e.base);
        const type = base.type;
        if (type.kind === "struct") {
          const index = type.members.findIndex((m) => m.name === e.name);
          if (base.at === "slot") return this.slotPart(base, index);
          return memberPlace(base as MemoryPlace, type.members[index]);
        }
        const lanes = swizzle(e.name, (type as VectorType).size)!;
        return this.lanePlace(base, lanes[0], e.type!);
      }
      case "index": {
        const base = this.place(e.base);
        const index = this.node(e.index);
        if (base.at === "memory") return this.element(base, index);
        const known = constOf(index);
        if (base.type.kind === "vector") return this.lanePlace(base, known ?? this.once(index), e.type!);
        if (known === undefined) throw new NeedsMemory(this.rootOf(e.base));
        const count = base.type.kind === "array" ? base.type.count! : 1;
        return this.slotPart(base as Extract<Place, { at: "slot" }>, Math.min(known >>> 0, count - 1));
      }
      default:
        throw new Problem(e.at, "this names no variable");
    }
  }

  /** The variable behind a chain of members, elements and pointers. */
  private rootOf(e: Expr): Symbol {
    if (e.kind === "index" || e.kind === "member") return this.rootOf(e.base);
    if (e.kind === "unary") return this.rootOf(e.arg);
    const symbol = (e as Extract<Expr, { kind: "ident" }>).symbol!;
    return this.aliases.get(symbol) ?? symbol;
  }

  /** For a pointer: the variable it points into. */
  protected readonly aliases = new Map<Symbol, Symbol>();

  protected bindPointer(symbol: Symbol, e: Expr): void {
    const place = this.place(e);
    this.places.set(symbol, place.at === "memory" ? this.pinned(place) : place);
    this.aliases.set(symbol, this.rootOf(e));
  }

  private slotPart(place: Extract<Place, { at: "slot" }>, index: number): Place {
    const slot = (place.slot as Extract<typeof place.slot, { parts: unknown }>).parts[index];
    return { at: "slot", type: slot.type, slot };
  }

  private lanePlace(base: Place, lane: number | Node, type: Type): Place {
    if (base.at === "memory") return this.element(base, typeof lane === "number" ? i32(lane) : lane);
    const slot = (base as Extract<Place, { at: "slot" }>).slot as { type: VectorType; local: number };
    return { at: "lane", type, local: slot.local, lane, size: slot.type.size };
  }

  private indexed(base: Expr, index: Expr, type: Type): Value {
    const value = this.expr(base);
    const at = this.node(index);
    const known = constOf(at);
    if (value.type.kind === "vector") {
      const size = value.type.size;
      if (known === undefined) return { type, parts: [this.dynamicLane(value.parts[0], size, at, type)] };
      return this.lane(value, Math.min(known >>> 0, size - 1), type);
    }
    if (value.source) return this.read(this.element(value.source, at));
    const array = value.type as Extract<Type, { kind: "array" }>;
    if (known !== undefined) return partOf(value, Math.min(known >>> 0, array.count! - 1));
    if (value.parts.every(isConst)) {
      const key = base.kind === "ident" ? base.symbol! : base;
      return this.read(this.element(this.constantPlace(key, array, value), at));
    }
    const place = this.framePlace(array, this.allocateFrame(sizeOf(array)));
    this.write(place, value);
    return this.settle(this.read(this.element(place, at)));
  }

  private lane(value: Value, lane: number, type: Type): Value {
    const kind = scalarOf(type) === "f32" ? "f32" : "i32";
    return { type, parts: [this.unmask(type, extract(kind, value.parts[0], lane))] };
  }

  private member(base: Value, name: string, type: Type): Value {
    if (base.type.kind === "struct") {
      const index = base.type.members.findIndex((m) => m.name === name);
      return base.source ? this.read(memberPlace(base.source, base.type.members[index])) : partOf(base, index);
    }
    const lanes = swizzle(name, (base.type as VectorType).size)!;
    if (lanes.length === 1) return this.lane(base, lanes[0], type);
    const [source] = base.parts;
    // A vector just made from scalars is taken apart again at no cost.
    if (source.op === "make" && pure(source)) return { type, parts: [make(lanes.map((lane) => source.args[lane]))] };
    return { type, parts: [shuffle(source, lanes)] };
  }

  private unary(e: UnaryExpr): Value {
    const type = e.type!;
    const [value] = this.expr(e.arg).parts;
    const scalar = scalarOf(type)!;
    const wide = type.kind === "vector";
    let result: Node;
    if (e.op === "!") result = wide ? op("v128.not", value) : op("i32.eqz", value);
    else if (e.op === "~") result = wide ? op("v128.not", value) : op("i32.xor", value, i32(-1));
    else if (isFloat(scalar)) result = op(wide ? "f32x4.neg" : "f32.neg", value);
    else result = wide ? op("i32x4.neg", value) : op("i32.sub", i32(0), value);
    return { type, parts: [result] };
  }

  /** A binary operation; `sides` may be given when they are already known. */
  binary(e: BinaryExpr, sides?: readonly Value[]): Value {
    const type = e.type!;
    if (!sides) return { type, parts: [this.logical(e)] };
    if (isMatrix(e.left.type!) || isMatrix(e.right.type!)) return this.matrixOperation(e.op, type, sides[0], sides[1]);
    const [left, right] = [e.left.type!, e.right.type!];
    // In a shift the sides differ in type, and the left one decides.
    const wide = right.kind === "vector" && left.kind !== "vector" ? right : left;
    const [a, b] = sides.map((side) => this.widen(side, wide));
    return { type, parts: [this.operate(e.op, wide, a, b)] };
  }

  /** `&&` and `||`, which compute the right side only if it matters. */
  private logical(e: BinaryExpr): Node {
    const and = e.op === "&&";
    const left = this.node(e.left);
    const known = constOf(left);
    if (known !== undefined) return (known !== 0) === and ? this.node(e.right) : i32(and ? 0 : 1);
    let right!: Node;
    const statements = this.collect(() => right = this.node(e.right));
    if (statements.length === 0 && pure(right)) return op(and ? "i32.and" : "i32.or", left, right);
    const result = this.newLocal("i32");
    this.set(result, left);
    statements.push({ s: "set", local: result, value: right });
    const get = local("i32", result);
    this.emit({ s: "if", condition: and ? get : op("i32.eqz", get), then: statements, otherwise: [] });
    return get;
  }

  private call(e: CallExpr): Value {
    const target = e.target!;
    if (target.kind === "builtin") return this.builtin(e, target.name);
    if (target.kind === "function") return this.inline(target.decl, e.args);
    return this.construct(target.type, e.args);
  }

  private construct(type: Type, args: readonly Expr[]): Value {
    if (args.length === 0) return this.zero(type);
    const values = this.inOrder(args, (arg) => this.expr(arg));
    if (type.kind === "scalar") return { type, parts: [this.convertNode(values[0].parts[0], args[0].type!, type)] };
    if (!this.small(type)) return this.assemble(type, values);
    // Structs, arrays and matrices: the parts one after the other.
    if (type.kind !== "vector") return { type, parts: values.flatMap((value) => value.parts) };
    const [first] = values;
    if (values.length === 1 && first.type.kind === "vector") {
      return { type, parts: [this.convertNode(first.parts[0], first.type, type)] };
    }
    if (values.length === 1) return { type, parts: [this.widen(first, type)] };
    const kind: Kind = type.scalar === "f32" ? "f32" : "i32";
    const lanes = values.flatMap((value) => {
      const node = value.type.kind === "vector" ? this.once(value.parts[0]) : value.parts[0];
      if (value.type.kind !== "vector") return [type.scalar === "bool" ? op("i32.sub", i32(0), node) : node];
      return Array.from({ length: value.type.size }, (_, lane) => extract(kind, node, lane));
    });
    return { type, parts: [make(lanes)] };
  }

  /** A large struct or array from its parts, in memory. */
  private assemble(type: Type, parts: readonly Value[]): Value {
    const source = this.framePlace(type, this.allocateFrame(sizeOf(type)));
    parts.forEach((part, i) => {
      const place = type.kind === "struct" ? memberPlace(source, type.members[i]) : this.element(source, i32(i));
      this.write(place, part);
    });
    return { type, parts: [], source };
  }

  zero(type: Type): Value {
    if (!this.small(type)) return { type, parts: [] };
    return constantValue(type, zeroValue(type));
  }

  /** `f32(x)`, `i32(x)`, `u32(x)`, `bool(x)` and the same for vectors. */
  convertNode(node: Node, from: Type, to: Type): Node {
    const [a, b] = [scalarOf(from)!, scalarOf(to)!];
    if (a === b) return node;
    const wide = to.kind === "vector";
    if (b === "bool") return this.operate("!=", from, node, this.zero(from).parts[0]);
    if (a === "bool") {
      if (wide) return op("v128.and", node, b === "f32" ? v128(new Array(4).fill(0x3f800000)) : v128([1, 1, 1, 1]));
      return b === "f32" ? op("f32.convert_i32_s", node) : node;
    }
    const sign = (scalar: ScalarName) => scalar === "i32" ? "_s" : "_u";
    if (b === "f32") return op(wide ? `f32x4.convert_i32x4${sign(a)}` : `f32.convert_i32${sign(a)}`, node);
    if (a === "f32") node = this.belowLimit(node, wide, b === "i32" ? 2147483520 : 4294967040);
    if (a === "f32") return op(wide ? `i32x4.trunc_sat_f32x4${sign(b)}` : `i32.trunc_sat_f32${sign(b)}`, node);
    return node;
  }

  /** WGSL clamps a float to the largest integer that f32 can hold, before it becomes an integer. */
  private belowLimit(node: Node, wide: boolean, limit: number): Node {
    return wide ? op("f32x4.pmin", node, splat(f32(limit))) : op("f32.min", node, f32(limit));
  }

  protected bindValue(symbol: Symbol, value: Value): void {
    this.values.set(symbol, { ...this.settle(value), type: symbol.type });
  }

  protected leafKind(type: Type): Kind {
    return kindOfLeaf(type);
  }
}

function memberPlace(base: MemoryPlace, member: Member): MemoryPlace {
  return { ...base, type: member.type, offset: base.offset + member.offset };
}
