import { ShapeError } from "../errors.ts";
import { broadcastShapes, broadcastStrides, formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { constant, type ElementwiseGradient, map } from "./elementwise.ts";
import { sumTo } from "./sum_to.ts";

/** A tensor, or a number that stands for a tensor of any shape filled with it. */
export type Operand = Tensor | number;

/** a + b, with broadcasting. */
export function add(a: Operand, b: Operand): Tensor {
  return binary("add", "$0 + $1", a, b, ({ gradient }) => [gradient, gradient]);
}

/** a − b, with broadcasting. */
export function subtract(a: Operand, b: Operand): Tensor {
  return binary("subtract", "$0 - $1", a, b, ({ gradient, needs }) => [gradient, needs[1] ? negate(gradient) : null]);
}

/** a · b element by element, with broadcasting. */
export function multiply(a: Operand, b: Operand): Tensor {
  return binary("multiply", "$0 * $1", a, b, ({ operands: [a, b], gradient, needs }) => [
    needs[0] ? multiply(gradient, b) : null,
    needs[1] ? multiply(gradient, a) : null,
  ]);
}

/** a / b, with broadcasting. Integers: truncated, and x / 0 = x, as WGSL has it. */
export function divide(a: Operand, b: Operand): Tensor {
  return binary("divide", "$0 / $1", a, b, ({ operands: [a, b], gradient, needs }) => [
    needs[0] ? divide(gradient, b) : null,
    needs[1] ? negate(divide(multiply(gradient, a), multiply(b, b))) : null,
  ]);
}

/** The larger of a and b. The gradient goes to the larger; to a where they are equal. */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary("maximum", "max($0, $1)", a, b, ({ operands: [a, b], gradient, needs }) => [
    needs[0] ? multiply(gradient, greaterEqual(a, b)) : null,
    needs[1] ? multiply(gradient, less(a, b)) : null,
  ]);
}

/** The smaller of a and b. The gradient goes to the smaller; to a where they are equal. */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary("minimum", "min($0, $1)", a, b, ({ operands: [a, b], gradient, needs }) => [
    needs[0] ? multiply(gradient, lessEqual(a, b)) : null,
    needs[1] ? multiply(gradient, greater(a, b)) : null,
  ]);
}

/** −x of f32 or i32. */
export function negate(x: Tensor): Tensor {
  if (x.dtype === "u32") throw new TypeError("negate: expected f32 or i32, but found u32; use cast()");
  return map("negate", "-$0", [x], x.shape, x.dtype, ({ gradient }) => [negate(gradient)]);
}

/** 1 where a = b, else 0 (f32). No gradient. */
export function equal(a: Operand, b: Operand): Tensor {
  return comparison("equal", "==", a, b);
}
/** 1 where a ≠ b, else 0 (f32). No gradient. */
export function notEqual(a: Operand, b: Operand): Tensor {
  return comparison("notEqual", "!=", a, b);
}
/** 1 where a < b, else 0 (f32). No gradient. */
export function less(a: Operand, b: Operand): Tensor {
  return comparison("less", "<", a, b);
}
/** 1 where a ≤ b, else 0 (f32). No gradient. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return comparison("lessEqual", "<=", a, b);
}
/** 1 where a > b, else 0 (f32). No gradient. */
export function greater(a: Operand, b: Operand): Tensor {
  return comparison("greater", ">", a, b);
}
/** 1 where a ≥ b, else 0 (f32). No gradient. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return comparison("greaterEqual", ">=", a, b);
}

/** `condition ? a : b` element by element; every non-zero condition counts. No gradient to the condition. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  if (a.dtype !== b.dtype) {
    throw new TypeError(`where: expected two tensors of one type, but found ${a.dtype} and ${b.dtype}; use cast()`);
  }
  const inner = broadcastOrThrow("where", a, b);
  const shape = broadcastShapes(condition.shape, inner);
  if (!shape) throw mismatch("where", condition, a);
  const [zero, type] = condition.dtype === "f32" ? ["0.0", "F"] : ["0", condition.dtype === "i32" ? "I" : "U"];
  return map(
    "where",
    `select($2, $1, $0 != ${type}(${zero}))`,
    [condition, a, b],
    shape,
    a.dtype,
    ({ inputs, gradient, needs }) => [
      null,
      needs[1] ? sumTo(multiply(gradient, notEqual(inputs[0], 0)), a.shape) : null,
      needs[2] ? sumTo(multiply(gradient, equal(inputs[0], 0)), b.shape) : null,
    ],
    [condition, a, b].map((t) => ({ strides: broadcastStrides(t.shape, shape), offset: 0 })),
  );
}

type OperandGradient = (
  use: { operands: readonly [Operand, Operand]; gradient: Tensor; needs: readonly boolean[] },
) => (Tensor | null)[];

function comparison(name: string, operator: string, a: Operand, b: Operand): Tensor {
  return binary(name, `select(F(0.0), F(1.0), $0 ${operator} $1)`, a, b, null, true);
}

/** Two operands under broadcasting; numbers become literals of the other operand's type. */
function binary(
  name: string,
  expression: string,
  a: Operand,
  b: Operand,
  gradient: OperandGradient | null,
  truth = false,
): Tensor {
  const tensors = [a, b].filter((x): x is Tensor => typeof x !== "number");
  if (tensors.length === 0) throw new TypeError(`${name}: expected at least one tensor, but found two numbers`);
  const { dtype } = tensors[0];
  if (tensors.length === 2 && tensors[1].dtype !== dtype) {
    throw new TypeError(
      `${name}: expected two tensors of one type, but found ${dtype} and ${tensors[1].dtype}; use cast()`,
    );
  }
  const shape = tensors.length === 2 ? broadcastOrThrow(name, tensors[0], tensors[1]) : tensors[0].shape;
  let index = 0;
  const text = [a, b].map((x) => typeof x === "number" ? constant(x, dtype) : `$${index++}`);
  const rule: ElementwiseGradient | null = gradient && (({ gradient: g, needs }) => {
    let next = 0;
    const wanted = [a, b].map((x) => typeof x === "number" ? false : needs[next++]);
    const both = gradient({ operands: [a, b], gradient: g, needs: wanted });
    return [a, b].flatMap((x, i) =>
      typeof x === "number" ? [] : [wanted[i] && both[i] ? sumTo(both[i]!, x.shape) : null]
    );
  });
  return map(
    name,
    expression.replace(/\$([01])/g, (_, i) => text[Number(i)]),
    tensors,
    shape,
    truth ? "f32" : dtype,
    rule,
    tensors.map((t) => ({ strides: broadcastStrides(t.shape, shape), offset: 0 })),
  );
}

function broadcastOrThrow(name: string, a: Tensor, b: Tensor): number[] {
  const shape = broadcastShapes(a.shape, b.shape);
  if (!shape) throw mismatch(name, a, b);
  return shape;
}

function mismatch(name: string, a: Tensor, b: Tensor): ShapeError {
  return new ShapeError(
    name,
    `expected shapes that broadcast (equal sizes or 1, counted from the last axis), but found ${
      formatShape(a.shape)
    } and ${formatShape(b.shape)}`,
  );
}
