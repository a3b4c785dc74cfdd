/** Types and values of matrix expressions: products, sums, and matrices made from their parts. */
import type { BinaryExpr, CallExpr } from "./ast.ts";
import type { ExprChecker } from "./check_expr.ts";
import { evalBinary } from "./const_eval.ts";
import { Problem } from "./problem.ts";
import {
  type ArrayType,
  type ConstValue,
  F32,
  isMatrix,
  matrix,
  sameType,
  type Type,
  typeName,
  vector,
  type VectorType,
} from "./types.ts";

const columnsOf = (type: ArrayType): number => type.count!;
const rowsOf = (type: ArrayType): number => (type.element as VectorType).size;

/** Types `a op b` where at least one side is a matrix, and evaluates it if both are known. */
export function matrixBinary(checker: ExprChecker, e: BinaryExpr): Type {
  const { left, right, op } = e;
  // A scalar or vector beside a matrix becomes f32, as the matrix is.
  for (const side of [left, right]) {
    const type = side.type!;
    if (type.kind === "vector") checker.convert(side, vector(type.size, "f32"), `the operator ${op}`);
    else if (type.kind === "scalar") checker.convert(side, F32, `the operator ${op}`);
  }
  const type = productType(op, left.type!, right.type!);
  if (!type) {
    const hint = op === "*" ? "The columns of the left side must be as many as the rows of the right side." : undefined;
    const sides = `${typeName(left.type!)} and ${typeName(right.type!)}`;
    throw new Problem(e.at, `the operator ${op} does not take ${sides}`, hint);
  }
  if (left.value !== undefined && right.value !== undefined) {
    e.value = evalMatrix(op, left.type!, left.value, right.type!, right.value);
  }
  return type;
}

function productType(op: string, a: Type, b: Type): Type | undefined {
  if (op === "+" || op === "-") return sameType(a, b) ? a : undefined;
  if (op !== "*") return undefined;
  if (a.kind === "scalar") return b;
  if (b.kind === "scalar") return a;
  if (isMatrix(a) && isMatrix(b)) return columnsOf(a) === rowsOf(b) ? matrix(columnsOf(b), rowsOf(a)) : undefined;
  if (isMatrix(a)) return b.kind === "vector" && b.size === columnsOf(a) ? a.element : undefined;
  const rows = isMatrix(b) && a.kind === "vector" && a.size === rowsOf(b);
  return rows ? vector(columnsOf(b), "f32") : undefined;
}

type Columns = readonly (readonly number[])[];

function evalMatrix(op: string, a: Type, x: ConstValue, b: Type, y: ConstValue): ConstValue {
  if (op !== "*" || a.kind === "scalar" || b.kind === "scalar") return evalBinary(F32, op, x, y);
  const dot = (row: readonly number[], column: readonly number[]) =>
    row.reduce((sum, value, i) => Math.fround(sum + Math.fround(value * column[i])), 0);
  const columns = y as Columns;
  if (!isMatrix(a)) return columns.map((column) => dot(x as readonly number[], column));
  const rows = turned(x as Columns);
  const times = (column: readonly number[]) => rows.map((row) => dot(row, column));
  return isMatrix(b) ? columns.map(times) : times(y as readonly number[]);
}

/** The transpose of a constant matrix. */
export function turned(columns: Columns): number[][] {
  return columns[0].map((_, row) => columns.map((column) => column[row]));
}

/** `matCxR(…)`: from a matrix, from columns, or from all components, column after column. */
export function fillMatrix(checker: ExprChecker, e: CallExpr, type: ArrayType): Type {
  const [count, rows] = [columnsOf(type), rowsOf(type)];
  if (e.args.length === 0) return type;
  if (e.args.length === 1 && sameType(e.args[0].type!, type)) return type;
  if (e.args.length === count * rows && e.args.every((arg) => arg.type!.kind === "scalar")) {
    e.args = Array.from({ length: count }, (_, i): CallExpr => ({
      kind: "call",
      at: e.at,
      callee: { at: e.at, name: `vec${rows}`, args: [{ at: e.at, name: "f32", args: [] }] },
      args: e.args.slice(i * rows, (i + 1) * rows),
    }));
    for (const column of e.args) checker.expr(column);
    return type;
  }
  if (e.args.length !== count) {
    throw new Problem(
      e.at,
      `${typeName(type)} is made from ${count} columns or ${count * rows} components, not from ${e.args.length} parts`,
    );
  }
  e.args.forEach((arg, i) => checker.convert(arg, type.element, `column ${i + 1} of ${typeName(type)}`));
  return type;
}

/** The type of `transpose(m)` and `determinant(m)`. */
export function matrixBuiltin(e: CallExpr): Type {
  const name = e.callee.name;
  const type = e.args[0].type!;
  if (!isMatrix(type)) throw new Problem(e.at, `${name} needs a matrix but gets ${typeName(type)}`);
  if (name === "transpose") return matrix(rowsOf(type), columnsOf(type));
  if (rowsOf(type) !== columnsOf(type)) {
    throw new Problem(e.at, `determinant needs a square matrix but gets ${typeName(type)}`);
  }
  return F32;
}
