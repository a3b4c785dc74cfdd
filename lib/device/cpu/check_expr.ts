import type { BinaryExpr, CallExpr, Expr, FunctionDecl, IndexExpr, MemberExpr, NumberExpr, UnaryExpr } from "./ast.ts";
import { callBuiltin } from "./check_builtin.ts";
import { isBuiltin } from "./builtins.ts";
import {
  bitsF32,
  convertScalar,
  evalBinary,
  evalUnary,
  f32Bits,
  fits,
  mapValue,
  wrap,
  zeroValue,
  zipValues,
} from "./const_eval.ts";
import { Problem } from "./problem.ts";
import { Scope } from "./scope.ts";
import {
  ABSTRACT_FLOAT,
  ABSTRACT_INT,
  type ArrayType,
  BOOL,
  type ConstValue,
  F32,
  I32,
  isAbstract,
  isFloat,
  isInteger,
  sameType,
  type ScalarName,
  scalarOf,
  type Type,
  typeName,
  U32,
  type VectorType,
  withScalar,
} from "./types.ts";

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="];
const LANES = ["xyzw", "rgba"];

/** Lane numbers of a swizzle such as `xyz`, or undefined if the name is none. */
export function swizzle(name: string, size: number): number[] | undefined {
  for (const set of LANES) {
    const lanes = [...name].map((c) => set.indexOf(c));
    if (lanes.length <= 4 && lanes.every((lane) => lane >= 0 && lane < size)) return lanes;
  }
  return undefined;
}

/** Gives every expression its type, and its value where that is known at compile time. */
export abstract class ExprChecker extends Scope {
  protected abstract checkFunction(decl: FunctionDecl, at: number): void;

  /** Checks an expression and returns its type; the type may be abstract. */
  expr(e: Expr): Type {
    if (e.type) return e.type;
    e.type = this.typeOf(e);
    return e.type;
  }

  private typeOf(e: Expr): Type {
    switch (e.kind) {
      case "number":
        return this.number(e);
      case "bool":
        e.value = +e.truth;
        return BOOL;
      case "ident": {
        const symbol = this.lookup(e.name);
        if (!symbol) throw new Problem(e.at, `there is no ${e.name} here`);
        if (symbol.kind === "function" || symbol.kind === "type") {
          throw new Problem(e.at, `${e.name} is a ${symbol.kind}, not a value`);
        }
        e.symbol = symbol;
        e.value = symbol.value;
        if (symbol.space) e.place = { space: symbol.space, write: symbol.write ?? false };
        return symbol.type;
      }
      case "unary":
        return this.unaryExpr(e);
      case "binary":
        return this.binaryExpr(e);
      case "index":
        return this.indexExpr(e);
      case "member":
        return this.memberExpr(e);
      case "call":
        return this.callExpr(e);
    }
  }

  private number(e: NumberExpr): Type {
    const hex = /^0x/i.test(e.text);
    const suffix = /[iu]$/.exec(e.text)?.[0] ?? (hex ? undefined : /[fh]$/.exec(e.text)?.[0]);
    if (suffix === "h") throw new Problem(e.at, "f16 is outside the subset", "Write an f32 literal.");
    const digits = suffix ? e.text.slice(0, -1) : e.text;
    if (hex && /[.pP]/.test(digits)) {
      throw new Problem(e.at, "hexadecimal floats are outside the subset", "Write it in decimal.");
    }
    const value = Number(digits);
    const whole = hex || /^[0-9]+$/.test(digits);
    const type = suffix === "i"
      ? I32
      : suffix === "u"
      ? U32
      : suffix === "f"
      ? F32
      : whole
      ? ABSTRACT_INT
      : ABSTRACT_FLOAT;
    if (!fits(scalarOf(type)!, value)) throw new Problem(e.at, `${e.text} does not fit into ${typeName(type)}`);
    if (type === ABSTRACT_INT && !Number.isSafeInteger(value)) throw new Problem(e.at, `${e.text} is too large`);
    e.value = wrap(scalarOf(type)!, value);
    return type;
  }

  /** Turns an expression of abstract type into one of a given type. @throws Problem if it does not fit. */
  convert(e: Expr, type: Type, what: string): void {
    const from = this.expr(e);
    if (sameType(from, type)) return;
    if (!isAbstract(from) || !this.convertible(from, type)) {
      const hint = scalarOf(type) && scalarOf(from) ? `Convert it: ${typeName(type)}(…).` : undefined;
      throw new Problem(e.at, `${what} needs ${typeName(type)} but this is ${typeName(from)}`, hint);
    }
    const [to, old] = [this.leafScalar(type), this.leafScalar(from)];
    e.value = mapValue(e.value!, (x) => {
      if (!fits(to, x)) throw new Problem(e.at, `${x} does not fit into ${to}`);
      return convertScalar(to, old, x);
    });
    e.type = type;
  }

  private leafScalar(type: Type): ScalarName {
    return type.kind === "array" ? this.leafScalar(type.element) : scalarOf(type)!;
  }

  private convertible(from: Type, to: Type): boolean {
    if (from.kind === "array") {
      return to.kind === "array" && from.count === to.count && this.convertible(from.element, to.element);
    }
    if (from.kind !== to.kind) return false;
    if (from.kind === "vector" && from.size !== (to as VectorType).size) return false;
    const [a, b] = [scalarOf(from), scalarOf(to)];
    return a === "abstract-int" ? isInteger(b) || isFloat(b) : a === "abstract-float" ? isFloat(b) : a === b;
  }

  /** Gives an abstract expression its default type. */
  concrete(e: Expr): Type {
    const type = this.expr(e);
    if (!isAbstract(type)) return type;
    this.convert(e, this.concreteType(type), "this");
    return e.type!;
  }

  private concreteType(type: Type): Type {
    if (type.kind === "array") return { ...type, element: this.concreteType(type.element) };
    return withScalar(type, scalarOf(type) === "abstract-int" ? "i32" : "f32");
  }

  /** Brings the components of several expressions to one scalar type, each keeping its shape. */
  unify(parts: readonly Expr[], what: string): ScalarName {
    const scalars = parts.map((part) => scalarOf(this.expr(part)));
    const fixed = scalars.find((s) => s && !s.startsWith("abstract"));
    const common = fixed ?? (scalars.includes("abstract-float") ? "abstract-float" : scalars[0]);
    parts.forEach((part, i) => {
      if (!scalars[i]) throw new Problem(part.at, `${what} does not take ${typeName(part.type!)}`);
      if (scalars[i] !== common) this.convert(part, withScalar(part.type!, common!), what);
    });
    return common!;
  }

  private unaryExpr(e: UnaryExpr): Type {
    if (e.op === "&") {
      const target = this.expr(e.arg);
      if (!e.arg.place) throw new Problem(e.at, "& needs a variable");
      return { kind: "pointer", ...e.arg.place, target };
    }
    const type = this.expr(e.arg);
    if (e.op === "*") {
      if (type.kind !== "pointer") throw new Problem(e.at, `* needs a pointer but this is ${typeName(type)}`);
      e.place = { space: type.space, write: type.write };
      return type.target;
    }
    const scalar = scalarOf(type);
    const good = e.op === "!"
      ? scalar === "bool"
      : e.op === "~"
      ? isInteger(scalar)
      : isFloat(scalar) || isInteger(scalar);
    if (!good || type.kind === "atomic") throw new Problem(e.at, `${e.op} does not take ${typeName(type)}`);
    if (e.arg.value !== undefined) e.value = evalUnary(type, e.op, e.arg.value);
    return type;
  }

  private binaryExpr(e: BinaryExpr): Type {
    const { op, left, right } = e;
    const what = `the operator ${op}`;
    const fail = (): never => {
      throw new Problem(e.at, `${what} does not take ${typeName(left.type!)} and ${typeName(right.type!)}`);
    };
    this.expr(left);
    this.expr(right);
    for (const side of [left, right]) if (side.type!.kind !== "scalar" && side.type!.kind !== "vector") fail();
    if (op === "<<" || op === ">>") return this.shift(e);
    const scalar = this.unify([left, right], what);
    const [a, b] = [left.type!, right.type!];
    const comparison = COMPARISONS.includes(op);
    const arithmetic = "+-*/%".includes(op);
    const wide = a.kind === "vector" ? a : b;
    if (!sameType(a, b) && !(arithmetic && (a.kind === "scalar" || b.kind === "scalar"))) fail();
    if (arithmetic && scalar === "bool") fail();
    if ((op === "&" || op === "|" || op === "^") && isFloat(scalar)) fail();
    if (op === "^" && scalar === "bool") fail();
    if (comparison && scalar === "bool" && op !== "==" && op !== "!=") fail();
    if ((op === "&&" || op === "||") && typeName(a) !== "bool") fail();
    if (left.value !== undefined && right.value !== undefined) e.value = evalBinary(wide, op, left.value, right.value);
    return comparison ? withScalar(wide, "bool") : wide;
  }

  private shift(e: BinaryExpr): Type {
    const { left, right } = e;
    const [a, b] = [left.type!, right.type!];
    if (!isInteger(scalarOf(a)) || !isInteger(scalarOf(b)) || a.kind !== b.kind) {
      throw new Problem(e.at, `the operator ${e.op} does not take ${typeName(a)} and ${typeName(b)}`);
    }
    if (right.value === undefined && isAbstract(a)) this.concrete(left);
    if (left.value === undefined || !isAbstract(left.type!) || !isAbstract(b)) {
      this.convert(right, withScalar(b, "u32"), `the right side of ${e.op}`);
    }
    if (left.value !== undefined && right.value !== undefined) {
      e.value = evalBinary(left.type!, e.op, left.value, right.value);
    }
    return left.type!;
  }

  /** Follows a pointer where WGSL allows to leave out the `*`. */
  private follow(base: Expr): Expr {
    if (this.expr(base).kind !== "pointer") return base;
    const star: UnaryExpr = { kind: "unary", at: base.at, op: "*", arg: base };
    this.expr(star);
    return star;
  }

  private indexExpr(e: IndexExpr): Type {
    e.base = this.follow(e.base);
    const base = e.base.type!;
    const index = this.concrete(e.index);
    if (!isInteger(scalarOf(index)) || index.kind !== "scalar") {
      throw new Problem(e.index.at, `an index is i32 or u32 but this is ${typeName(index)}`);
    }
    if (base.kind !== "array" && base.kind !== "vector") throw new Problem(e.at, `${typeName(base)} has no elements`);
    const count = base.kind === "array" ? base.count : base.size;
    const known = e.index.value as number | undefined;
    if (known !== undefined && (known < 0 || (count !== null && known >= count))) {
      throw new Problem(e.index.at, `the index ${known} is outside ${typeName(base)}`);
    }
    if (e.base.value !== undefined && known !== undefined) e.value = (e.base.value as readonly ConstValue[])[known];
    e.place = e.base.place;
    return base.kind === "array"
      ? (base as ArrayType).element
      : withScalar({ kind: "scalar", scalar: "f32" }, base.scalar);
  }

  private memberExpr(e: MemberExpr): Type {
    e.base = this.follow(e.base);
    const base = e.base.type!;
    if (base.kind === "struct") {
      const index = base.members.findIndex((member) => member.name === e.name);
      if (index < 0) {
        const names = base.members.map((member) => member.name).join(", ");
        throw new Problem(e.at, `${base.name} has no member ${e.name}; it has ${names}`);
      }
      if (e.base.value !== undefined) e.value = (e.base.value as readonly ConstValue[])[index];
      e.place = e.base.place;
      return base.members[index].type;
    }
    if (base.kind !== "vector") throw new Problem(e.at, `${typeName(base)} has no members`);
    const lanes = swizzle(e.name, base.size);
    if (!lanes) throw new Problem(e.at, `${typeName(base)} has no component ${e.name}`);
    const value = e.base.value as readonly ConstValue[] | undefined;
    if (value) e.value = lanes.length === 1 ? value[lanes[0]] : lanes.map((lane) => value[lane]);
    if (lanes.length === 1) {
      e.place = e.base.place;
      return { kind: "scalar", scalar: base.scalar };
    }
    return { kind: "vector", size: lanes.length, scalar: base.scalar };
  }

  private callExpr(e: CallExpr): Type {
    const { name, args: typeArgs } = e.callee;
    const symbol = typeArgs.length === 0 ? this.lookup(name) : undefined;
    if (symbol?.kind === "function") return this.callFunction(e, symbol.decl as FunctionDecl);
    if (!symbol && isBuiltin(name)) {
      e.target = { kind: "builtin", name };
      return callBuiltin(this, e, (type) => this.type(type));
    }
    if (symbol && symbol.kind !== "type") throw new Problem(e.at, `${name} is not a function`);
    return this.construct(e);
  }

  private callFunction(e: CallExpr, decl: FunctionDecl): Type {
    this.checkFunction(decl, e.at);
    e.target = { kind: "function", decl };
    if (e.args.length !== decl.params.length) {
      throw new Problem(e.at, `${decl.name} takes ${decl.params.length} arguments but gets ${e.args.length}`);
    }
    e.args.forEach((arg, i) => this.convert(arg, decl.params[i].symbol!.type, `argument ${i + 1} of ${decl.name}`));
    return decl.result!;
  }

  /** `T(…)`: zero value, conversion, or a value from its parts. */
  private construct(e: CallExpr): Type {
    const type = this.constructed(e);
    e.target = { kind: "construct", type };
    const known = e.args.every((arg) => arg.value !== undefined);
    if (known) e.value = this.constructValue(type, e.args);
    return type;
  }

  private constructed(e: CallExpr): Type {
    const { name, args: typeArgs } = e.callee;
    for (const arg of e.args) this.expr(arg);
    const bare = typeArgs.length === 0 && /^vec([234])$/.exec(name);
    if (bare && e.args.length === 0) throw new Problem(e.at, `${name} needs a component type: ${name}<f32>()`);
    if (bare) return this.fillVector(e, { kind: "vector", size: Number(bare[1]), scalar: this.unify(e.args, name) });
    if (name === "array" && typeArgs.length === 0) return this.inferArray(e);
    const type = this.type(e.callee);
    if (type.kind === "vector") return this.fillVector(e, type);
    if (type.kind === "scalar") {
      if (e.args.length > 1) throw new Problem(e.at, `${name} takes one argument but gets ${e.args.length}`);
      if (e.args[0] && e.args[0].type!.kind !== "scalar") throw new Problem(e.at, `${name} needs a scalar`);
      return type;
    }
    const parts = type.kind === "struct"
      ? type.members.map((m) => m.type)
      : type.kind === "array" && type.count !== null
      ? new Array<Type>(type.count).fill(type.element)
      : undefined;
    if (!parts) throw new Problem(e.at, `a value of ${typeName(type)} cannot be made`);
    if (e.args.length === 0) return type;
    if (type.kind === "array" && type.matrix && e.args.length > parts.length) return this.fillMatrix(e, type);
    if (e.args.length !== parts.length) {
      throw new Problem(e.at, `${typeName(type)} has ${parts.length} parts, not ${e.args.length}`);
    }
    e.args.forEach((arg, i) => this.convert(arg, parts[i], `part ${i + 1} of ${typeName(type)}`));
    return type;
  }

  /** A matrix from its components, column after column. */
  private fillMatrix(e: CallExpr, type: ArrayType): Type {
    const rows = (type.element as VectorType).size;
    if (e.args.length !== type.count! * rows) {
      throw new Problem(e.at, `${typeName(type)} does not have ${e.args.length} components`);
    }
    const columns = Array.from({ length: type.count! }, (_, i): CallExpr => ({
      kind: "call",
      at: e.at,
      callee: { at: e.at, name: `vec${rows}f`, args: [] },
      args: e.args.slice(i * rows, (i + 1) * rows),
    }));
    e.args = columns;
    for (const column of columns) this.expr(column);
    return type;
  }

  private inferArray(e: CallExpr): Type {
    if (e.args.length === 0) throw new Problem(e.at, "array() needs a type: array<f32, 4>()");
    if (scalarOf(e.args[0].type!)) this.unify(e.args, "array");
    return { kind: "array", element: e.args[0].type!, count: e.args.length };
  }

  private fillVector(e: CallExpr, type: VectorType): Type {
    if (e.args.length === 0) return type;
    const width = (part: Type) => part.kind === "vector" ? part.size : part.kind === "scalar" ? 1 : NaN;
    const sizes = e.args.map((arg) => width(arg.type!));
    const single = sizes.length === 1;
    const total = sizes.reduce((a, b) => a + b, 0);
    if (total !== type.size && !(single && total === 1)) {
      throw new Problem(
        e.at,
        `${typeName(type)} has ${type.size} components but gets ${Number.isNaN(total) ? "other things" : total}`,
      );
    }
    // One vector converts its components; parts must already have the right one.
    if (!(single && sizes[0] > 1)) {
      for (const arg of e.args) this.convert(arg, withScalar(arg.type!, type.scalar), typeName(type));
    }
    return type;
  }

  private constructValue(type: Type, args: readonly Expr[]): ConstValue {
    if (args.length === 0) return zeroValue(type);
    const scalar = scalarOf(type);
    if (type.kind === "scalar") return convertScalar(scalar!, scalarOf(args[0].type!)!, args[0].value as number);
    if (type.kind !== "vector") return args.map((arg) => arg.value!);
    if (args.length === 1 && typeof args[0].value === "number") return new Array(type.size).fill(args[0].value);
    const from = scalarOf(args[0].type!)!;
    if (args.length === 1) return mapValue(args[0].value!, (x) => convertScalar(type.scalar, from, x));
    return args.flatMap((arg) => arg.value as ConstValue);
  }

  /** Bits of a constant seen as another type. */
  reinterpret(value: ConstValue, from: ScalarName, to: ScalarName): ConstValue {
    return zipValues([value], (x) => {
      const bits = from === "f32" ? f32Bits(x) : x >>> 0;
      return to === "f32" ? bitsF32(bits) : wrap(to, bits);
    });
  }
}
