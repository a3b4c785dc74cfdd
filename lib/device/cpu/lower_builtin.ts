import type { CallExpr } from "./ast.ts";
import { call, extract, i32, load, local, type Node, op, select, splat, type Statement, v128 } from "./ir.ts";
import { GeometryLowering } from "./lower_geometry.ts";
import { Problem } from "./problem.ts";
import type { MemoryPlace, Value } from "./values.ts";
import { type ArrayType, isFloat, scalarOf, type Type, U32, type VectorType, withScalar } from "./types.ts";

const DIRECT: Readonly<Record<string, string>> = {
  ceil: "ceil",
  floor: "floor",
  trunc: "trunc",
  round: "nearest",
  sqrt: "sqrt",
};
/** Builtins written in WGSL in the prelude, on `vec4<f32>`; scalars go through one lane of the same function. */
export const HELPERS = [
  "acos",
  "acosh",
  "asin",
  "asinh",
  "atan",
  "atan2",
  "atanh",
  "cos",
  "cosh",
  "exp",
  "exp2",
  "log",
];
HELPERS.push("log2", "pow", "sin", "sinh", "tan", "tanh", "quantizeToF16", "smoothstep");
/** Integer and packing builtins written in WGSL in the prelude, inlined as ordinary functions. */
const RMW: Readonly<Record<string, string>> = {
  atomicAdd: "add",
  atomicSub: "sub",
  atomicAnd: "and",
  atomicOr: "or",
  atomicXor: "xor",
  atomicExchange: "xchg",
};

/** Lowers calls of builtin functions. */
export abstract class BuiltinLowering extends GeometryLowering {
  /** Names of the helpers used, to be put into the module. */
  readonly helpers = new Set<string>();

  protected abstract inlineHelper(name: string, args: readonly Value[]): Value;

  protected builtin(e: CallExpr, name: string): Value {
    const type = e.type!;
    if (name.endsWith("Barrier")) {
      this.emit({ s: "barrier", at: e.at });
      return { type, parts: [] };
    }
    if (name === "workgroupUniformLoad") {
      this.emit({ s: "barrier", at: e.at });
      const value = this.settle(this.read({ ...this.place(e.args[0]) as MemoryPlace, steady: true }));
      this.emit({ s: "barrier", at: e.at });
      return value;
    }
    if (name === "arrayLength") return { type, parts: [this.runtimeLength(e)] };
    if (name.startsWith("atomic")) return this.atomic(e, name);
    const args = this.inOrder(e.args, (arg) => this.expr(arg));
    if (name === "transpose") return this.transposed(type, args[0]);
    if (name === "frexp" || name === "modf") return this.taken(name, type, args[0]);
    if (name === "determinant") return this.determinant(args[0]);
    const nodes = args.map((arg) => arg.parts[0]);
    const node = this.compute(name, args[0].type, type, nodes, args);
    return node ? { type, parts: [node] } : this.inlineHelper(name, args);
  }

  /** A number taken apart: `frexp` into fraction and exponent, `modf` into fraction and whole part. */
  private taken(name: "frexp" | "modf", type: Type, value: Value): Value {
    const x = this.once(value.parts[0]);
    if (name === "frexp") {
      const parts = ["frexp_fract", "frexp_exp"].map((part) => this.helper(part, value.type, [x]));
      return { type, parts };
    }
    const shape = value.type.kind === "vector" ? "f32x4" : "f32";
    const whole = this.once(op(`${shape}.trunc`, x));
    return { type, parts: [op(`${shape}.sub`, x, whole), whole] };
  }

  private determinant(matrix: Value): Value {
    const type = (matrix.type as ArrayType).element;
    return this.inlineHelper(
      `determinant${matrix.parts.length}`,
      matrix.parts.map((part) => ({ type, parts: [part] })),
    );
  }

  private compute(name: string, first: Type, type: Type, nodes: Node[], args: readonly Value[]): Node | undefined {
    const wide = first.kind === "vector";
    const float = isFloat(scalarOf(first));
    const shape = float ? (wide ? "f32x4" : "f32") : wide ? "i32x4" : "i32";
    const [a, b, c] = nodes;
    if (name in DIRECT) return op(`${shape}.${DIRECT[name]}`, a);
    if (HELPERS.includes(name)) return this.helper(name, first, nodes);
    switch (name) {
      case "abs":
        if (scalarOf(first) === "u32") return a;
        if (float || wide) return op(`${shape}.abs`, a);
        return this.absolute(this.once(a));
      case "min":
      case "max":
        return this.extreme(name, first, a, b);
      case "clamp":
        return this.extreme("min", first, this.extreme("max", first, a, b), c);
      case "saturate":
        return this.extreme("min", first, this.extreme("max", first, a, this.fill(first, 0)), this.fill(first, 1));
      case "fract": {
        const x = this.once(a);
        return op(`${shape}.sub`, x, op(`${shape}.floor`, x));
      }
      case "fma":
        if (wide && this.options.relaxed) return op("f32x4.relaxed_madd", a, b, c);
        return op(`${shape}.add`, op(`${shape}.mul`, a, b), c);
      case "inverseSqrt":
        return op(`${shape}.div`, this.fill(first, 1), op(`${shape}.sqrt`, a));
      case "degrees":
        return op(`${shape}.mul`, a, this.fill(first, 180 / Math.PI));
      case "radians":
        return op(`${shape}.mul`, a, this.fill(first, Math.PI / 180));
      case "sign":
        return this.sign(first, this.once(a));
      case "step":
        return this.choose(first, this.fill(first, 1), this.fill(first, 0), this.operate("<=", first, a, b));
      case "mix": {
        const [x, y] = [this.once(a), b];
        const weight = this.widen(args[2], first);
        return this.operate("+", first, this.operate("*", first, this.operate("-", first, y, x), weight), x);
      }
      case "select":
        return this.choose(type, b, a, args[2].type.kind === "vector" || !wide ? c : splat(op("i32.sub", i32(0), c)));
      case "bitcast":
        return this.reinterpret(first, type, a);
      case "all":
      case "any":
        return this.allAny(name, first, a);
      case "countLeadingZeros":
      case "countTrailingZeros":
      case "countOneBits": {
        const code = { countLeadingZeros: "i32.clz", countTrailingZeros: "i32.ctz", countOneBits: "i32.popcnt" }[name];
        return wide ? this.perLane(first as VectorType, a, undefined, (x) => op(code, x)) : op(code, a);
      }
    }
    return this.geometric(name, first, nodes);
  }

  private absolute(x: Node): Node {
    return select(op("i32.sub", i32(0), x), x, op("i32.lt_s", x, i32(0)));
  }

  private extreme(name: "min" | "max", type: Type, a: Node, b: Node): Node {
    const scalar = scalarOf(type);
    const sign = scalar === "i32" ? "_s" : "_u";
    if (type.kind === "vector") return scalar === "f32" ? op(`f32x4.p${name}`, a, b) : op(`i32x4.${name}${sign}`, a, b);
    if (scalar === "f32") return op(`f32.${name}`, a, b);
    const [x, y] = [this.once(a), this.once(b)];
    return select(x, y, op(`i32.${name === "min" ? "lt" : "gt"}${sign}`, x, y));
  }

  private sign(type: Type, x: Node): Node {
    const zero = this.fill(type, 0);
    const below = scalarOf(type) === "u32"
      ? zero
      : this.choose(type, this.fill(type, -1), zero, this.operate("<", type, x, zero));
    return this.choose(type, this.fill(type, 1), below, this.operate(">", type, x, zero));
  }

  private reinterpret(from: Type, to: Type, a: Node): Node {
    if (to.kind === "vector" || isFloat(scalarOf(from)) === isFloat(scalarOf(to))) return a;
    return op(isFloat(scalarOf(to)) ? "f32.reinterpret_i32" : "i32.reinterpret_f32", a);
  }

  private allAny(name: string, type: Type, a: Node): Node {
    if (type.kind !== "vector") return a;
    const live = v128([0, 1, 2, 3].map((lane) => lane < type.size ? 0xffffffff : 0));
    const kept = type.size === 4
      ? a
      : name === "any"
      ? op("v128.and", a, live)
      : op("v128.or", a, op("v128.not", live));
    return op(name === "any" ? "v128.any_true" : "i32x4.all_true", kept);
  }

  private helper(name: string, type: Type, nodes: readonly Node[]): Node {
    this.helpers.add(name);
    const wide = type.kind === "vector";
    const result = call(name, "v128", wide ? nodes : nodes.map((node) => splat(node)));
    return wide ? result : extract(name === "frexp_exp" ? "i32" : "f32", result, 0);
  }

  private runtimeLength(e: CallExpr): Node {
    const place = this.place(e.args[0]) as MemoryPlace;
    const array = this.element(place, local("i32", 0)) as MemoryPlace;
    return array.steps[array.steps.length - 1].limit;
  }

  private atomic(e: CallExpr, name: string): Value {
    const place = this.place(e.args[0]);
    if (place.at !== "memory") throw new Problem(e.at, "an atomic must be in a buffer or in workgroup memory");
    const values = this.inOrder(e.args.slice(1), (arg) => this.expr(arg)).map((value) => this.once(value.parts[0]));
    const address = this.once(this.wordAddress(place));
    const type = withScalar(U32, scalarOf(place.type)!);
    const pointer = e.args[0].type!;
    if (pointer.kind === "pointer" && pointer.space === "workgroup") return this.alone(e, name, type, address, values);
    if (name === "atomicStore") {
      this.emit({ s: "store", op: "i32.atomic.store", offset: 0, address, value: values[0] });
      return { type: e.type!, parts: [] };
    }
    const atom = (code: string, ...args: Node[]): Node => ({
      op: `i32.atomic.${code}`,
      kind: "i32",
      args: [address, ...args],
      imm: 0,
    });
    const result = (node: Node): Node => {
      const index = this.newLocal("i32");
      this.set(index, node);
      return local("i32", index);
    };
    if (name === "atomicLoad") return { type, parts: [result(atom("load"))] };
    if (name in RMW) return { type, parts: [result(atom(`rmw.${RMW[name]}`, values[0]))] };
    if (name === "atomicCompareExchangeWeak") {
      const old = result(atom("rmw.cmpxchg", values[0], values[1]));
      return { type: e.type!, parts: [old, op("i32.eq", old, values[0])] };
    }
    return { type, parts: [this.atomicExtreme(name === "atomicMin" ? "min" : "max", type, atom, values[0])] };
  }

  /** An atomic of a workgroup needs no atomic instruction: one thread runs all its invocations, one after the other. */
  private alone(e: CallExpr, name: string, type: Type, address: Node, values: readonly Node[]): Value {
    const old = this.once(load("i32.load", "i32", address, 0));
    const put = (value: Node) => this.emit({ s: "store", op: "i32.store", offset: 0, address, value });
    const [value] = values;
    switch (name) {
      case "atomicLoad":
        break;
      case "atomicStore":
      case "atomicExchange":
        put(value);
        break;
      case "atomicMin":
      case "atomicMax":
        put(this.extreme(name === "atomicMin" ? "min" : "max", type, old, value));
        break;
      case "atomicCompareExchangeWeak": {
        const equal = this.once(op("i32.eq", old, value));
        put(select(values[1], old, equal));
        return { type: e.type!, parts: [old, equal] };
      }
      default:
        put(op(`i32.${RMW[name]}`, old, value));
    }
    return name === "atomicStore" ? { type: e.type!, parts: [] } : { type, parts: [old] };
  }

  /** WebAssembly has no atomic minimum and maximum: compare and exchange until it holds. */
  private atomicExtreme(
    name: "min" | "max",
    type: Type,
    atom: (code: string, ...args: Node[]) => Node,
    value: Node,
  ): Node {
    const [old, seen] = [this.newLocal("i32"), this.newLocal("i32")];
    const [getOld, getSeen] = [local("i32", old), local("i32", seen)];
    const label = this.newLabel();
    this.set(old, atom("load"));
    const body: Statement[] = this.collect(() => {
      const best = this.extreme(name, type, getOld, value);
      this.set(seen, atom("rmw.cmpxchg", getOld, best));
      const again = this.newLocal("i32");
      this.set(again, op("i32.ne", getSeen, getOld));
      this.set(old, getSeen);
      this.emit({ s: "jump", label, condition: local("i32", again) });
    });
    this.emit({ s: "loop", label, body });
    return getOld;
  }
}
