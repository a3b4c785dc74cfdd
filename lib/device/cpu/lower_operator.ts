import { constOf, extract, f32, i32, type Kind, make, type Node, op, select, splat } from "./ir.ts";
import { MemoryLowering } from "./lower_memory.ts";
import { isFloat, type ScalarName, scalarOf, type Type, type VectorType } from "./types.ts";
import type { Value } from "./values.ts";

const COMPARE: Readonly<Record<string, string>> = {
  "==": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
};
const ARITHMETIC: Readonly<Record<string, string>> = { "+": "add", "-": "sub", "*": "mul", "/": "div" };
const BITS: Readonly<Record<string, string>> = { "&": "and", "|": "or", "^": "xor" };

/** Lowers the operators of scalars and vectors: two nodes become one. */
export class OperatorLowering extends MemoryLowering {
  /** A scalar in every lane, if the other side is a vector. */
  protected widen(value: Value, to: Type): Node {
    const [node] = value.parts;
    if (to.kind !== "vector" || value.type.kind === "vector") return node;
    return splat(scalarOf(to) === "bool" ? op("i32.sub", i32(0), node) : node);
  }

  /** `a name b`, both of this type. */
  operate(name: string, type: Type, a: Node, b: Node): Node {
    const scalar = scalarOf(type)!;
    if (type.kind === "vector") return this.operateVector(name, type, scalar, a, b);
    const float = isFloat(scalar);
    const sign = scalar === "i32" ? "_s" : "_u";
    if (name in COMPARE) {
      const code = COMPARE[name];
      return op(float ? `f32.${code}` : code === "eq" || code === "ne" ? `i32.${code}` : `i32.${code}${sign}`, a, b);
    }
    if (name in BITS) return op(`i32.${BITS[name]}`, a, b);
    if (name === "<<") return op("i32.shl", a, b);
    if (name === ">>") return op(`i32.shr${sign}`, a, b);
    if (float) return name === "%" ? this.floatRemainder("f32", a, b) : op(`f32.${ARITHMETIC[name]}`, a, b);
    if (name === "/" || name === "%") return this.divide(name, sign, a, b);
    return op(`i32.${ARITHMETIC[name]}`, a, b);
  }

  /** `x / 0` is x and `x % 0` is 0, as WGSL says; the smallest integer divided by -1 is itself. */
  private divide(name: string, sign: string, a: Node, b: Node): Node {
    const code = `i32.${name === "/" ? "div" : "rem"}${sign}`;
    const known = constOf(b);
    if (known !== undefined && known !== 0 && known !== -1) return op(code, a, b);
    const [x, y] = [this.once(a), this.once(b)];
    if (sign === "_u") return op(code, x, op("i32.or", y, op("i32.eqz", y)));
    // 0 and -1 both become 1: then x / 1 = x, which has to be negated for -1, and x % 1 = 0, which is right for both.
    const odd = op("i32.lt_u", op("i32.add", y, i32(1)), i32(2));
    const quotient = op(code, x, select(i32(1), y, odd));
    return name === "%" ? quotient : select(op("i32.sub", i32(0), x), quotient, op("i32.eq", y, i32(-1)));
  }

  private floatRemainder(shape: string, a: Node, b: Node): Node {
    const [x, y] = [this.once(a), this.once(b)];
    const whole = op(`${shape}.trunc`, op(`${shape}.div`, x, y));
    return op(`${shape}.sub`, x, op(`${shape}.mul`, y, whole));
  }

  private operateVector(name: string, type: VectorType, scalar: ScalarName, a: Node, b: Node): Node {
    const sign = scalar === "i32" ? "_s" : "_u";
    const shape = isFloat(scalar) ? "f32x4" : "i32x4";
    if (name in COMPARE) {
      const code = COMPARE[name];
      return op(`${shape}.${code}${isFloat(scalar) || code === "eq" || code === "ne" ? "" : sign}`, a, b);
    }
    if (name in BITS) return op(`v128.${BITS[name]}`, a, b);
    if (name === "<<" || name === ">>") return this.shiftVector(name, type, sign, a, b);
    if (isFloat(scalar)) return name === "%" ? this.floatRemainder(shape, a, b) : this.floatVector(name, a, b);
    if (name === "/" || name === "%") return this.perLane(type, a, b, (x, y) => this.divide(name, sign, x, y));
    return op(`i32x4.${ARITHMETIC[name]}`, a, b);
  }

  /** Sums of products become fused multiply-adds where the engine has them. */
  private floatVector(name: string, a: Node, b: Node): Node {
    const product = (node: Node) => this.options.relaxed && node.op === "f32x4.mul";
    if (name === "+" && product(a)) return op("f32x4.relaxed_madd", a.args[0], a.args[1], b);
    if (name === "+" && product(b)) return op("f32x4.relaxed_madd", b.args[0], b.args[1], a);
    if (name === "-" && product(b)) return op("f32x4.relaxed_nmadd", b.args[0], b.args[1], a);
    return op(`f32x4.${ARITHMETIC[name]}`, a, b);
  }

  private shiftVector(name: string, type: VectorType, sign: string, a: Node, b: Node): Node {
    const code = name === "<<" ? "shl" : `shr${sign}`;
    const uniform = b.op === "make" && b.args.every((arg) => arg === b.args[0]) ? b.args[0] : undefined;
    const lanes = b.op === "v128.const" && b.lanes!.slice(0, type.size).every((lane) => lane === b.lanes![0]);
    if (uniform || lanes) return op(`i32x4.${code}`, a, uniform ?? i32(b.lanes![0]));
    return this.perLane(type, a, b, (x, y) => op(`i32.${code}`, x, y));
  }

  /** Does a vector operation lane by lane, on scalars. */
  perLane(type: VectorType, a: Node, b: Node | undefined, f: (x: Node, y: Node) => Node): Node {
    const kind: Kind = type.scalar === "f32" ? "f32" : "i32";
    const x = this.once(a);
    const y = b ? this.once(b) : x;
    return make(Array.from({ length: type.size }, (_, lane) => f(extract(kind, x, lane), extract(kind, y, lane))));
  }

  /** Sum of the products of the components, added pairwise. */
  protected dot(type: VectorType, a: Node, b: Node): Node {
    const kind: Kind = type.scalar === "f32" ? "f32" : "i32";
    const product = this.once(op(kind === "f32" ? "f32x4.mul" : "i32x4.mul", a, b));
    const lanes = Array.from({ length: type.size }, (_, lane) => extract(kind, product, lane));
    const add = (x: Node, y: Node) => op(`${kind}.add`, x, y);
    if (lanes.length === 4) return add(add(lanes[0], lanes[1]), add(lanes[2], lanes[3]));
    return lanes.reduce(add);
  }

  /** The same number in every component. */
  protected fill(type: Type, x: number): Node {
    const scalar = scalarOf(type) === "f32" ? f32(x) : i32(x);
    return type.kind === "vector" ? splat(scalar) : scalar;
  }

  /** `yes` where the condition holds, else `no`. */
  protected choose(type: Type, yes: Node, no: Node, condition: Node): Node {
    return type.kind === "vector" ? op("v128.bitselect", yes, no, condition) : select(yes, no, condition);
  }
}
