import { extract, make, type Node, splat } from "./ir.ts";
import { OperatorLowering } from "./lower_operator.ts";
import { type ArrayType, isMatrix, type Type, type VectorType } from "./types.ts";
import type { Value } from "./values.ts";

/** Lowers what matrices can do. A matrix is its columns: one node for each. */
export class MatrixLowering extends OperatorLowering {
  /** `a name b` where at least one side is a matrix; `type` is that of the result. */
  protected matrixOperation(name: string, type: Type, a: Value, b: Value): Value {
    if (name !== "*") return this.columnwise(name, type, a, b);
    const [left, right] = [this.settle(a), this.settle(b)];
    if (left.type.kind === "scalar") return this.scaled(right, left.parts[0]);
    if (right.type.kind === "scalar") return this.scaled(left, right.parts[0]);
    if (!isMatrix(left.type)) return { type, parts: [this.rowTimes(left, right)] };
    const columns = right.parts.map((column) => this.combine(left, column));
    return { type, parts: columns };
  }

  /** Sum or difference, column by column. */
  private columnwise(name: string, type: Type, a: Value, b: Value): Value {
    const column = columnType(type);
    return { type, parts: a.parts.map((part, i) => this.operate(name, column, part, b.parts[i])) };
  }

  private scaled(matrix: Value, factor: Node): Value {
    const column = columnType(matrix.type);
    const wide = this.once(splat(factor));
    return { type: matrix.type, parts: matrix.parts.map((part) => this.operate("*", column, part, wide)) };
  }

  /** Matrix times column vector: the sum of the matrix's columns, each times one component. */
  private combine(matrix: Value, vector: Node): Node {
    const column = columnType(matrix.type);
    const terms = matrix.parts.map((part, i) => this.operate("*", column, part, splat(extract("f32", vector, i))));
    return this.once(terms.reduce((sum, term) => this.operate("+", column, sum, term)));
  }

  /** Row vector times matrix: its product with each column. */
  private rowTimes(row: Value, matrix: Value): Node {
    return make(matrix.parts.map((column) => this.once(this.dot(row.type as VectorType, row.parts[0], column))));
  }

  protected transposed(type: Type, value: Value): Value {
    const columns = value.parts.map((part) => this.once(part));
    const rows = (type as ArrayType).count!;
    const turned = Array.from({ length: rows }, (_, row) => make(columns.map((column) => extract("f32", column, row))));
    return this.settle({ type, parts: turned });
  }
}

function columnType(matrix: Type): VectorType {
  return (matrix as ArrayType).element as VectorType;
}
