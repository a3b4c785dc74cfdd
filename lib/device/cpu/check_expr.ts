import type { BinaryExpr, CallExpr, Expr, FunctionDecl, IndexExpr, MemberExpr, NumberExpr, UnaryExpr } from "./ast.ts";
import { callBuiltin } from "./check_builtin.ts";
import { construct } from "./check_construct.ts";
import { literal } from "./literals.ts";
import { matrixBinary } from "./check_matrix.ts";
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
  zipValues,
} from "./const_eval.ts";
import { didYouMean, functionHint } from "./hints.ts";
import { Problem } from "./problem.ts";
import { Scope } from "./scope.ts";
import {
  type ArrayType,
  BOOL,
  type ConstValue,
  isAbstract,
  isFloat,
  isInteger,
  isMatrix,
  sameType,
  type ScalarName,
  scalarOf,
  type Type,
  typeName,
  type VectorType,
  withScalar,
} from "./types.ts";

const COMPARISONS = ["==", "!=", "<", "<=", ">", ">="];
const LANES = ["xyzw", "rgba"];

/** How to get from one type to another. */
function conversion(from: Type, to: Type): string | undefined {
  if (from.kind === "atomic") return "Read it with atomicLoad(&…).";
  if (to.kind === "atomic") return "Write it with atomicStore(&…, value).";
  if (to.kind === "pointer" && sameType(from, to.target)) return "Pass its address: &….";
  if (from.kind === "pointer" && sameType(from.target, to)) return "Take what it points at: *….";
  return scalarOf(to) && scalarOf(from) && from.kind === to.kind ? `Convert it: ${typeName(to)}(…).` : undefined;
}

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
        if (!symbol) throw new Problem(e.at, `there is no ${e.name} here`, didYouMean(e.name, this.visible()));
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
    const { type, value } = literal(e.text, e.at);
    e.value = value;
    return type;
  }

  /** Turns an expression of abstract type into one of a given type. @throws Problem if it does not fit. */
  convert(e: Expr, type: Type, what: string): void {
    const from = this.expr(e);
    if (sameType(from, type)) return;
    if (!isAbstract(from) || !this.convertible(from, type)) {
      throw new Problem(e.at, `${what} needs ${typeName(type)} but this is ${typeName(from)}`, conversion(from, type));
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
      if (!e.arg.place) {
        throw new Problem(e.at, "& needs a variable", "Declare it with var; let and const have no address.");
      }
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
    if (isMatrix(left.type!) || isMatrix(right.type!)) return matrixBinary(this, e);
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
    const index = this.concrete(e.index);
    // Which element it is shows only at run time, when no abstract numbers exist.
    const base = e.index.value === undefined ? this.concrete(e.base) : e.base.type!;
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
      return callBuiltin(this, e);
    }
    if (!symbol && typeArgs.length === 0 && !/^(vec[234][a-z]?|mat.*|array|bool|[iuf](16|32))$/.test(name)) {
      throw new Problem(e.at, `there is no function ${name} here`, functionHint(name, this.visible()));
    }
    if (symbol && symbol.kind !== "type") throw new Problem(e.at, `${name} is not a function`);
    return construct(this, e, (type) => this.type(type));
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

  /** Bits of a constant seen as another type. */
  reinterpret(value: ConstValue, from: ScalarName, to: ScalarName): ConstValue {
    return zipValues([value], (x) => {
      const bits = from === "f32" ? f32Bits(x) : x >>> 0;
      return to === "f32" ? bitsF32(bits) : wrap(to, bits);
    });
  }
}
