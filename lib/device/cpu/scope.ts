import type { Expr, FunctionDecl, Module, StructDecl, Symbol, TypeExpr, VariableDecl } from "./ast.ts";
import { convertScalar } from "./const_eval.ts";
import { didYouMean, typeHint } from "./hints.ts";
import { Problem } from "./problem.ts";
import {
  alignOf,
  type ArrayType,
  BOOL,
  F32,
  I32,
  isInteger,
  matrix,
  type Member,
  roundUp,
  type ScalarName,
  scalarOf,
  sizeOf,
  type Space,
  type Type,
  typeName,
  U32,
  vector,
} from "./types.ts";

const SCALARS: Readonly<Record<string, Type>> = { bool: BOOL, i32: I32, u32: U32, f32: F32 };
const SHORT: Readonly<Record<string, ScalarName>> = { f: "f32", i: "i32", u: "u32" };

const SPACES: readonly Space[] = ["function", "private", "workgroup", "uniform", "storage"];

/** Finds what names mean: module-level declarations (in any order), local scopes, and types. */
export abstract class Scope {
  private readonly globals = new Map<string, Symbol>();
  private readonly waiting = new Map<string, Module["decls"][number]>();
  private readonly locals: Map<string, Symbol>[] = [];
  private readonly busy = new Set<string>();

  constructor(protected readonly module: Module, protected readonly constants: Readonly<Record<string, number>>) {
    for (const decl of module.decls) {
      if (decl.kind === "assert") continue;
      if (this.waiting.has(decl.name)) throw new Problem(decl.at, `${decl.name} is declared twice`);
      this.waiting.set(decl.name, decl);
    }
  }

  protected abstract constant(expr: Expr, what: string): number;
  protected abstract globalVariable(decl: VariableDecl): Symbol;

  protected enter<T>(body: () => T): T {
    this.locals.push(new Map());
    try {
      return body();
    } finally {
      this.locals.pop();
    }
  }

  /** Runs `body` as if no local name existed; for module-level declarations met in the middle of a function. */
  protected outside<T>(body: () => T): T {
    const hidden = this.locals.splice(0);
    try {
      return body();
    } finally {
      this.locals.push(...hidden);
    }
  }

  protected declare(symbol: Symbol): Symbol {
    const scope = this.locals[this.locals.length - 1];
    if (scope.has(symbol.name)) throw new Problem(symbol.at, `${symbol.name} is declared twice in this block`);
    scope.set(symbol.name, symbol);
    return symbol;
  }

  protected lookup(name: string): Symbol | undefined {
    for (let i = this.locals.length - 1; i >= 0; i--) {
      const found = this.locals[i].get(name);
      if (found) return found;
    }
    return this.global(name);
  }

  /** Names that can be seen from here, for advice. */
  protected visible(): string[] {
    return [...this.locals.flatMap((scope) => [...scope.keys()]), ...this.waiting.keys()];
  }

  private global(name: string): Symbol | undefined {
    const known = this.globals.get(name);
    if (known) return known;
    const decl = this.waiting.get(name);
    if (!decl || decl.kind === "assert") return undefined;
    if (this.busy.has(name)) throw new Problem(decl.at, `${name} is declared by itself`);
    this.busy.add(name);
    const symbol = this.outside(() => this.resolve(decl));
    this.busy.delete(name);
    this.globals.set(name, symbol);
    return symbol;
  }

  private resolve(
    decl: VariableDecl | FunctionDecl | StructDecl | Exclude<Module["decls"][number], { kind: "assert" }>,
  ): Symbol {
    switch (decl.kind) {
      case "variable":
        return this.globalVariable(decl);
      case "function":
        return { kind: "function", name: decl.name, at: decl.at, type: { kind: "void" }, decl };
      case "struct":
        return { kind: "type", name: decl.name, at: decl.at, type: this.struct(decl) };
      case "alias":
        return { kind: "type", name: decl.name, at: decl.at, type: this.type(decl.typeExpr) };
    }
  }

  private struct(decl: StructDecl): Type {
    const members: Member[] = [];
    let end = 0;
    for (const member of decl.members) {
      const type = this.type(member.typeExpr);
      let [align, size] = [alignOf(type), sizeOf(type)];
      let builtin: string | undefined;
      for (const { name, args } of member.attributes) {
        if (name === "align") align = this.constant(args[0], "an alignment");
        if (name === "size") size = this.constant(args[0], "a size");
        if (name === "builtin" && args[0]?.kind === "ident") builtin = args[0].name;
      }
      const offset = roundUp(end, align);
      members.push({ name: member.name, type, offset, align, size, builtin });
      end = offset + size;
    }
    return { kind: "struct", name: decl.name, members };
  }

  /** The type that a template argument names. */
  typeArgument(expr: TypeExpr, index: number): Type {
    const arg = expr.args[index];
    if (!arg || "kind" in arg) {
      throw new Problem(arg?.at ?? expr.at, `expected a type between the < and > of ${expr.name}`);
    }
    return this.type(arg);
  }

  /** The component named by a template argument. */
  private component(expr: TypeExpr): ScalarName {
    const type = expr.args.length === 1 ? this.typeArgument(expr, 0) : undefined;
    if (type?.kind !== "scalar") {
      throw new Problem(
        expr.at,
        `${expr.name} needs one scalar type between < and >`,
        `For instance ${expr.name}<${expr.name === "atomic" ? "u32" : "f32"}>.`,
      );
    }
    return type.scalar;
  }

  protected type(expr: TypeExpr): Type {
    const { name, at } = expr;
    if (name === undefined) throw new Problem(at, "expected a type but found a value");
    // A name of the module may hide that of a predeclared type.
    const own = expr.args.length === 0 ? this.lookup(name) : undefined;
    if (own?.kind === "type") return own.type;
    if (Object.hasOwn(SCALARS, name)) return SCALARS[name];
    const short = /^vec([234])([fiu])$/.exec(name);
    if (short) return vector(Number(short[1]), SHORT[short[2]]);
    const long = /^vec([234])$/.exec(name);
    if (long) return vector(Number(long[1]), this.component(expr));
    if (name === "array") return this.arrayType(expr);
    if (name === "atomic") {
      const component = this.component(expr);
      if (!isInteger(component)) {
        throw new Problem(at, `atomic<${component}> does not exist`, "Use atomic<u32> or atomic<i32>.");
      }
      return { kind: "atomic", scalar: component };
    }
    if (name === "ptr") return this.pointerType(expr);
    if (name === "f16" || /^vec[234]h$/.test(name)) {
      throw new Problem(at, "f16 is outside the subset", "Store halves in u32 with pack2x16float and unpack2x16float.");
    }
    const size = /^mat([234])x([234])(f?)$/.exec(name);
    if (size) {
      const component = size[3] ? "f32" : this.component(expr);
      if (component !== "f32") {
        throw new Problem(at, `${name}<${component}> does not exist`, `Use ${name}<f32> or ${name}f.`);
      }
      return matrix(Number(size[1]), Number(size[2]));
    }
    if (/^(texture|sampler)/.test(name)) {
      throw new Problem(at, `${name} is outside the subset`, "Use a storage buffer.");
    }
    throw new Problem(at, `there is no type ${name}`, typeHint(name) ?? didYouMean(name, this.visible()));
  }

  private arrayType(expr: TypeExpr): ArrayType {
    if (expr.args.length < 1 || expr.args.length > 2) throw new Problem(expr.at, "array needs a type: array<f32, 4>");
    const element = this.typeArgument(expr, 0);
    if (expr.args.length === 1) return { kind: "array", element, count: null };
    const size = expr.args[1];
    const value = this.constant(
      "kind" in size ? size : { kind: "ident", at: size.at, name: size.name },
      "an array's length",
    );
    if (value < 1) throw new Problem(expr.at, `an array needs at least one element, but this has ${value}`);
    return { kind: "array", element, count: value };
  }

  private pointerType(expr: TypeExpr): Type {
    const [space, target, access] = expr.args as TypeExpr[];
    if (!space || !target) throw new Problem(expr.at, "ptr needs a space and a type: ptr<function, f32>");
    if (!SPACES.includes(space.name as Space)) {
      throw new Problem(space.at, `expected one of ${SPACES.join(", ")} but found ${space.name}`);
    }
    const write = space.name !== "uniform" && (space.name !== "storage" || access?.name === "read_write");
    return { kind: "pointer", space: space.name as Space, write, target: this.typeArgument(expr, 1) };
  }

  /** The value that the caller gave for an override, by its name or its `@id`; undefined if none. */
  protected overrideValue(decl: VariableDecl, type: Type | undefined): { type: Type; value: number } | undefined {
    const id = decl.attributes.find((attribute) => attribute.name === "id");
    const key = id ? String(this.constant(id.args[0], "an id")) : decl.name;
    if (!Object.hasOwn(this.constants, key)) return undefined;
    const given = this.constants[key];
    const known = type ?? (Number.isInteger(given) ? I32 : F32);
    const scalar = scalarOf(known)!;
    const value = convertScalar(scalar, "abstract-float", Number(given));
    if (isInteger(scalar) && value !== Number(given)) {
      throw new Problem(decl.at, `the constant ${decl.name} is ${typeName(known)}, but its value is ${given}`);
    }
    if (!Number.isFinite(value)) {
      throw new Problem(decl.at, `the constant ${decl.name} is ${typeName(known)}, which cannot hold ${given}`);
    }
    return { type: known, value };
  }
}
