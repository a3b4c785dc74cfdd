import type { CallExpr } from "./ast.ts";
import {
  ATOMIC,
  ELEMENTWISE,
  exchangeResult,
  FIXED,
  GEOMETRIC,
  inDomain,
  type Signature,
  specialSignature,
  splitResult,
} from "./builtins.ts";
import type { ExprChecker } from "./check_expr.ts";
import { matrixBuiltin } from "./check_matrix.ts";
import { FOLDS } from "./const_builtin.ts";
import { mapValue, wrap, zipValues } from "./const_eval.ts";
import { Problem } from "./problem.ts";
import {
  BOOL,
  F32,
  isFloat,
  isInteger,
  isMatrix,
  sameType,
  scalarOf,
  type Type,
  typeName,
  U32,
  vector,
  type VectorType,
  withScalar,
} from "./types.ts";

function count(e: CallExpr, wanted: number): void {
  if (e.args.length !== wanted) {
    throw new Problem(
      e.at,
      `${e.callee.name} takes ${wanted} argument${wanted === 1 ? "" : "s"} but gets ${e.args.length}`,
    );
  }
}

/** Types a call of a builtin function, and evaluates it where all is known. */
export function callBuiltin(checker: ExprChecker, e: CallExpr): Type {
  const type = builtinType(checker, e);
  const fold = FOLDS[e.callee.name];
  if (!fold || e.args.some((arg) => arg.value === undefined)) return type;
  const scalar = scalarOf(isMatrix(type) ? type.element : type);
  const value = fold(e.args.map((arg) => arg.value!), scalar ?? "abstract-float");
  e.value = scalar ? mapValue(value, (x) => wrap(scalar, x)) : value;
  return type;
}

function builtinType(checker: ExprChecker, e: CallExpr): Type {
  const name = e.callee.name;
  for (const arg of e.args) checker.expr(arg);
  if (name in ELEMENTWISE) return elementwise(checker, e);
  if (name in FIXED) return apply(checker, e, FIXED[name]);
  if (name in GEOMETRIC) return geometric(checker, e);
  if (name in ATOMIC) return atomic(checker, e);
  switch (name) {
    case "bitcast":
      return bitcast(checker, e);
    case "select":
      return select(checker, e);
    case "mix":
      return mix(checker, e);
    case "transpose":
    case "determinant":
      count(e, 1);
      return matrixBuiltin(e);
    case "frexp":
    case "modf": {
      count(e, 1);
      const first = checker.concrete(e.args[0]);
      const wanted = withScalar(first, "f32");
      if (first.kind !== "scalar" && first.kind !== "vector") throw new Problem(e.at, `${name} needs f32`);
      checker.convert(e.args[0], wanted, name);
      return splitResult(name, wanted);
    }
    case "arrayLength":
      count(e, 1);
      return runtimeLength(e);
    case "workgroupUniformLoad": {
      count(e, 1);
      const pointer = e.args[0].type!;
      if (pointer.kind !== "pointer" || pointer.space !== "workgroup") {
        throw new Problem(e.at, "workgroupUniformLoad needs a pointer to a workgroup variable");
      }
      return pointer.target.kind === "atomic" ? withScalar(U32, pointer.target.scalar) : pointer.target;
    }
  }
  if (e.args.length === 0) throw new Problem(e.at, `${name} needs an argument`);
  return apply(checker, e, specialSignature(name, checker.concrete(e.args[0]))!);
}

function apply(checker: ExprChecker, e: CallExpr, signature: Signature): Type {
  count(e, signature.params.length);
  signature.params.forEach((param, i) => checker.convert(e.args[i], param, `argument ${i + 1} of ${e.callee.name}`));
  const name = e.callee.name;
  const first = scalarOf(signature.params[0] ?? BOOL);
  if ((name === "all" || name === "any") && first !== "bool") throw new Problem(e.at, `${name} needs booleans`);
  if ((name === "extractBits" || name === "insertBits") && !isInteger(first)) {
    throw new Problem(e.at, `${name} needs integers`);
  }
  return signature.result;
}

function elementwise(checker: ExprChecker, e: CallExpr): Type {
  const name = e.callee.name;
  const rule = ELEMENTWISE[name];
  count(e, rule.arity);
  for (const arg of e.args) {
    if (!inDomain(arg.type!, rule.domain)) throw new Problem(arg.at, `${name} does not take ${typeName(arg.type!)}`);
  }
  let scalar = checker.unify(e.args, name);
  if (rule.domain === "float" && scalar === "abstract-int") scalar = "abstract-float";
  if (rule.concrete && scalar.startsWith("abstract")) scalar = rule.domain === "integer" ? "i32" : "f32";
  const result = withScalar(e.args[0].type!, scalar);
  for (const arg of e.args) checker.convert(arg, result, name);
  if (e.args.every((arg) => arg.value !== undefined)) {
    e.value = zipValues(e.args.map((arg) => arg.value!), (...x) => wrap(scalar, rule.fold(...x)));
  }
  return result;
}

function geometric(checker: ExprChecker, e: CallExpr): Type {
  const name = e.callee.name;
  const rule = GEOMETRIC[name];
  count(e, rule.arity);
  const vectors = e.args.slice(0, rule.vectors ?? rule.arity);
  let scalar = checker.unify(e.args, name);
  if (name !== "dot" && scalar === "abstract-int") scalar = "abstract-float";
  const first = withScalar(e.args[0].type!, scalar);
  const scalarAllowed = name === "length" || name === "distance";
  if (first.kind !== "vector" && !(scalarAllowed && first.kind === "scalar")) {
    throw new Problem(e.at, `${name} needs vectors`);
  }
  if (name !== "dot" && !isFloat(scalarOf(first))) throw new Problem(e.at, `${name} needs f32`);
  if (name === "cross" && (first as VectorType).size !== 3) throw new Problem(e.at, "cross needs vec3<f32>");
  for (const arg of vectors) checker.convert(arg, first, name);
  for (const arg of e.args.slice(vectors.length)) checker.convert(arg, withScalar(F32, scalar), name);
  return rule.scalarResult ? { kind: "scalar", scalar: scalarOf(first)! } : first;
}

function atomic(checker: ExprChecker, e: CallExpr): Type {
  const name = e.callee.name;
  const rule = ATOMIC[name];
  count(e, rule.values + 1);
  const pointer = e.args[0].type!;
  if (pointer.kind !== "pointer" || pointer.target.kind !== "atomic") {
    throw new Problem(
      e.args[0].at,
      `${name} needs a pointer to an atomic`,
      `Write ${name}(&x, …) with x of type atomic<u32> or atomic<i32>.`,
    );
  }
  if (!pointer.write) {
    throw new Problem(e.args[0].at, "this atomic is read-only", "Declare it var<storage, read_write>.");
  }
  const value = withScalar(U32, pointer.target.scalar);
  for (const arg of e.args.slice(1)) checker.convert(arg, value, name);
  if (name === "atomicCompareExchangeWeak") return exchangeResult(pointer.target.scalar as "i32" | "u32");
  return rule.result ? value : { kind: "void" };
}

function bitcast(checker: ExprChecker, e: CallExpr): Type {
  count(e, 1);
  if (e.callee.args.length !== 1) throw new Problem(e.at, "bitcast needs a type: bitcast<u32>(x)");
  const to = checker.typeArgument(e.callee, 0);
  const from = checker.concrete(e.args[0]);
  const [a, b] = [scalarOf(from), scalarOf(to)];
  if (!a || !b || a === "bool" || b === "bool" || !sameType(from, withScalar(to, a))) {
    throw new Problem(e.at, `bitcast from ${typeName(from)} to ${typeName(to)} is not possible here`);
  }
  if (e.args[0].value !== undefined) e.value = checker.reinterpret(e.args[0].value, a, b);
  return to;
}

function select(checker: ExprChecker, e: CallExpr): Type {
  count(e, 3);
  const [no, yes, condition] = e.args;
  if (scalarOf(no.type!)) checker.unify([no, yes], "select");
  const result = no.type!;
  const wanted = result.kind === "vector" && condition.type!.kind === "vector" ? vector(result.size, "bool") : BOOL;
  if (!scalarOf(result)) throw new Problem(e.at, "select takes scalars and vectors", "Use if.");
  checker.convert(yes, result, "select");
  checker.convert(condition, wanted, "the condition of select");
  if (e.args.every((arg) => arg.value !== undefined)) {
    e.value = zipValues([no.value!, yes.value!, condition.value!], (a, b, c) => c ? b : a);
  } else {
    checker.concrete(no);
    checker.concrete(yes);
  }
  return no.type!;
}

function mix(checker: ExprChecker, e: CallExpr): Type {
  count(e, 3);
  const scalar = checker.unify(e.args, "mix");
  const first = withScalar(e.args[0].type!, scalar.startsWith("abstract") ? "f32" : scalar);
  if (!isFloat(scalarOf(first))) throw new Problem(e.at, "mix needs f32");
  const weight = e.args[2].type!.kind === "scalar" ? withScalar(U32, "f32") : first;
  [first, first, weight].forEach((wanted, i) => checker.convert(e.args[i], wanted, "mix"));
  return first;
}

function runtimeLength(e: CallExpr): Type {
  const pointer = e.args[0].type!;
  if (pointer.kind !== "pointer" || pointer.target.kind !== "array" || pointer.target.count !== null) {
    throw new Problem(e.at, "arrayLength needs a pointer to an array sized by its binding");
  }
  return U32;
}
