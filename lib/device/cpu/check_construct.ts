/** Checks calls that make values: `vec4f(…)`, `array(…)`, `u32(…)`, structs and matrices. */
import type { CallExpr, Expr, TypeExpr } from "./ast.ts";
import type { ExprChecker } from "./check_expr.ts";
import { convertScalar, mapValue, zeroValue } from "./const_eval.ts";
import { fillMatrix } from "./check_matrix.ts";
import { Problem } from "./problem.ts";
import {
  type ConstValue,
  isMatrix,
  matrix,
  scalarOf,
  type Type,
  typeName,
  vector,
  type VectorType,
  withScalar,
} from "./types.ts";

/** `T(…)`: zero value, conversion, or a value from its parts. */
export function construct(checker: ExprChecker, e: CallExpr, resolve: (expr: TypeExpr) => Type): Type {
  const type = constructed(checker, e, resolve);
  e.target = { kind: "construct", type };
  const known = e.args.every((arg) => arg.value !== undefined);
  if (known) e.value = constructValue(type, e.args);
  return type;
}

function constructed(checker: ExprChecker, e: CallExpr, resolve: (expr: TypeExpr) => Type): Type {
  const { name, args: typeArgs } = e.callee;
  for (const arg of e.args) checker.expr(arg);
  const bare = typeArgs.length === 0 && /^vec([234])$/.exec(name);
  if (bare && e.args.length === 0) return vector(Number(bare[1]), "abstract-int");
  if (bare) {
    return fillVector(checker, e, { kind: "vector", size: Number(bare[1]), scalar: checker.unify(e.args, name) });
  }
  if (name === "array" && typeArgs.length === 0) return inferArray(checker, e);
  const plain = typeArgs.length === 0 && /^mat([234])x([234])$/.exec(name);
  if (plain) return fillMatrix(checker, e, matrix(Number(plain[1]), Number(plain[2])));
  const type = resolve(e.callee);
  if (isMatrix(type)) return fillMatrix(checker, e, type);
  if (type.kind === "vector") return fillVector(checker, e, type);
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
  if (e.args.length !== parts.length) {
    throw new Problem(e.at, `${typeName(type)} has ${parts.length} parts, not ${e.args.length}`);
  }
  e.args.forEach((arg, i) => checker.convert(arg, parts[i], `part ${i + 1} of ${typeName(type)}`));
  return type;
}

function inferArray(checker: ExprChecker, e: CallExpr): Type {
  if (e.args.length === 0) throw new Problem(e.at, "array() needs a type: array<f32, 4>()");
  if (scalarOf(e.args[0].type!)) checker.unify(e.args, "array");
  return { kind: "array", element: e.args[0].type!, count: e.args.length };
}

function fillVector(checker: ExprChecker, e: CallExpr, type: VectorType): Type {
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
    for (const arg of e.args) checker.convert(arg, withScalar(arg.type!, type.scalar), typeName(type));
  }
  return type;
}

function constructValue(type: Type, args: readonly Expr[]): ConstValue {
  if (args.length === 0) return zeroValue(type);
  const scalar = scalarOf(type);
  if (type.kind === "scalar") return convertScalar(scalar!, scalarOf(args[0].type!)!, args[0].value as number);
  if (isMatrix(type) && args.length === 1) return args[0].value!;
  if (type.kind !== "vector") return args.map((arg) => arg.value!);
  if (args.length === 1 && typeof args[0].value === "number") return new Array(type.size).fill(args[0].value);
  const from = scalarOf(args[0].type!)!;
  if (args.length === 1) return mapValue(args[0].value!, (x) => convertScalar(type.scalar, from, x));
  return args.flatMap((arg) => arg.value as ConstValue);
}
