/**
 * The form between WGSL and WebAssembly: expression trees and structured statements over local variables.
 *
 * An `op` is the name of a WebAssembly instruction, or one of these:
 * `sum` (addition of any number of i32), `make` (a v128 of four-byte lanes from 2 to 4 scalars), `call` (a helper function).
 */

export type Kind = "i32" | "f32" | "v128";

export interface Node {
  readonly op: string;
  readonly kind: Kind;
  readonly args: readonly Node[];
  /** Value of a constant, number of a local or lane, or offset of a memory access. */
  readonly imm?: number;
  /** Four lanes of a `v128.const` as unsigned words, or 16 bytes of a shuffle. */
  readonly lanes?: readonly number[];
  /** Name of the helper that `call` calls. */
  readonly callee?: string;
  /** Set on loads from memory that no kernel writes while this one runs. */
  readonly steady?: boolean;
}

export type Statement =
  | { readonly s: "set"; readonly local: number; value: Node }
  | {
    readonly s: "store";
    readonly op: string;
    readonly offset: number;
    readonly lane?: number;
    address: Node;
    value: Node;
  }
  | { readonly s: "fill"; address: Node; bytes: Node }
  /** Copies bytes; the two ranges may overlap. */
  | { readonly s: "copy"; to: Node; from: Node; readonly bytes: number }
  | { readonly s: "if"; condition: Node; then: Statement[]; otherwise: Statement[] }
  /** A jump to its label goes behind it. */
  | { readonly s: "block"; readonly label: number; body: Statement[] }
  /** A jump to its label starts it again; its end leaves it. */
  | { readonly s: "loop"; readonly label: number; body: Statement[] }
  | { readonly s: "jump"; readonly label: number; condition?: Node }
  /** `at`: where it stands in the text, for errors. */
  | { readonly s: "barrier"; readonly at: number }
  /** Ends the kernel with an error. */
  | { readonly s: "trap" };

/** A function in this form. Locals `0 … params.length-1` are its parameters. */
export interface Func {
  readonly name: string;
  readonly params: readonly Kind[];
  readonly result?: Kind;
  readonly locals: Kind[];
  body: Statement[];
  /** What the function gives back; undefined if nothing. */
  value?: Node;
}

const scratch = new DataView(new ArrayBuffer(4));

/** Bits of a constant scalar node as an unsigned word. */
export function wordOf(node: Node): number {
  if (node.kind === "i32") return node.imm! >>> 0;
  scratch.setFloat32(0, node.imm!);
  return scratch.getUint32(0);
}

function fromWord(kind: Kind, word: number): Node {
  if (kind === "i32") return i32(word);
  scratch.setUint32(0, word);
  return f32(scratch.getFloat32(0));
}

export const i32 = (value: number): Node => ({ op: "i32.const", kind: "i32", args: [], imm: value | 0 });
export const f32 = (value: number): Node => ({ op: "f32.const", kind: "f32", args: [], imm: Math.fround(value) });
export const v128 = (lanes: readonly number[]): Node => ({ op: "v128.const", kind: "v128", args: [], lanes });
export const local = (kind: Kind, index: number): Node => ({ op: "local.get", kind, args: [], imm: index });
export const isConst = (node: Node): boolean => node.op.endsWith(".const");

/** Integer value of a constant i32 node; undefined for any other node. */
export const constOf = (node: Node): number | undefined => node.op === "i32.const" ? node.imm : undefined;

const I = (f: (a: number, b: number) => number) => f;
/** Folding of i32 instructions. Division is left out where it would trap. */
const FOLD_I32: Readonly<Record<string, (a: number, b: number) => number>> = {
  "i32.add": I((a, b) => a + b),
  "i32.sub": I((a, b) => a - b),
  "i32.mul": Math.imul,
  "i32.and": I((a, b) => a & b),
  "i32.or": I((a, b) => a | b),
  "i32.xor": I((a, b) => a ^ b),
  "i32.shl": I((a, b) => a << b),
  "i32.shr_s": I((a, b) => a >> b),
  "i32.shr_u": I((a, b) => a >>> b),
  "i32.div_s": I((a, b) => a / b),
  "i32.div_u": I((a, b) => (a >>> 0) / (b >>> 0)),
  "i32.rem_s": I((a, b) => a % b),
  "i32.rem_u": I((a, b) => (a >>> 0) % (b >>> 0)),
  "i32.eq": I((a, b) => +(a === b)),
  "i32.ne": I((a, b) => +(a !== b)),
  "i32.lt_s": I((a, b) => +(a < b)),
  "i32.le_s": I((a, b) => +(a <= b)),
  "i32.gt_s": I((a, b) => +(a > b)),
  "i32.ge_s": I((a, b) => +(a >= b)),
  "i32.lt_u": I((a, b) => +(a >>> 0 < b >>> 0)),
  "i32.le_u": I((a, b) => +(a >>> 0 <= b >>> 0)),
  "i32.gt_u": I((a, b) => +(a >>> 0 > b >>> 0)),
  "i32.ge_u": I((a, b) => +(a >>> 0 >= b >>> 0)),
};
const FOLD_F32: Readonly<Record<string, (a: number, b: number) => number>> = {
  "f32.add": I((a, b) => a + b),
  "f32.sub": I((a, b) => a - b),
  "f32.mul": I((a, b) => a * b),
  "f32.div": I((a, b) => a / b),
};
const FOLD_UNARY: Readonly<Record<string, (a: number) => Node>> = {
  "i32.eqz": (a) => i32(+(a === 0)),
  "f32.neg": (a) => f32(-a),
  "f32.abs": (a) => f32(Math.abs(a)),
  "f32.convert_i32_s": (a) => f32(a),
  "f32.convert_i32_u": (a) => f32(a >>> 0),
  "f32.reinterpret_i32": (a) => fromWord("f32", a),
  "i32.reinterpret_f32": (a) => i32(wordOf(f32(a))),
};

/** What an instruction gives, from its name. */
export function kindOf(op: string): Kind {
  const [type, name] = op.split(".");
  if (name.startsWith("extract_lane")) return type === "f32x4" ? "f32" : "i32";
  if (/all_true|any_true|bitmask/.test(name)) return "i32";
  if (type === "f32" && /^(eq|ne|lt|le|gt|ge)$/.test(name)) return "i32";
  return type === "i32" || type === "f32" ? type : "v128";
}

function simplify(op: string, args: readonly Node[]): Node | undefined {
  const [a, b] = args;
  if (args.length === 2 && isConst(a) && isConst(b)) {
    if (op in FOLD_I32) {
      const zero = (op.startsWith("i32.div") || op.startsWith("i32.rem")) && (b.imm === 0 || b.imm === -1);
      return zero ? undefined : i32(FOLD_I32[op](a.imm!, b.imm!));
    }
    if (op in FOLD_F32) return f32(FOLD_F32[op](a.imm!, b.imm!));
  }
  if (args.length === 1 && isConst(a) && op in FOLD_UNARY) return FOLD_UNARY[op](a.imm!);
  if (op === "i32.add" && constOf(b) === 0) return a;
  if (op === "i32.add" && constOf(a) === 0) return b;
  if (op === "i32.sub" && constOf(b) === 0) return a;
  if (op === "i32.mul" && constOf(b) === 1) return a;
  if (op === "i32.mul" && constOf(a) === 1) return b;
  if (op === "i32.mul" && (constOf(a) === 0 || constOf(b) === 0) && pure(a) && pure(b)) return i32(0);
  if ((op === "i32.shl" || op === "i32.shr_u" || op === "i32.or") && constOf(b) === 0) return a;
  return undefined;
}

/** An instruction, folded if all it needs is known. */
export function op(name: string, ...args: Node[]): Node {
  return simplify(name, args) ?? { op: name, kind: kindOf(name), args };
}

export function select(yes: Node, no: Node, condition: Node): Node {
  const known = constOf(condition);
  if (known !== undefined) return known ? yes : no;
  return { op: "select", kind: yes.kind, args: [yes, no, condition] };
}

export function call(callee: string, kind: Kind, args: readonly Node[]): Node {
  return { op: "call", kind, args, callee };
}

/** A load of one value. Loads are not moved over stores, because they stay where they are first written down. */
export function load(name: string, kind: Kind, address: Node, offset: number, steady = false): Node {
  return { op: name, kind, args: [address], imm: offset, steady };
}

/** A vector from its components. */
export function make(parts: readonly Node[]): Node {
  if (parts.every(isConst)) {
    const lanes = parts.map(wordOf);
    while (lanes.length < 4) lanes.push(lanes[0]);
    return v128(lanes);
  }
  return { op: "make", kind: "v128", args: parts };
}

/** One component of a vector. */
export function extract(kind: Kind, vector: Node, lane: number): Node {
  if (vector.op === "v128.const") return fromWord(kind, vector.lanes![lane]);
  if (vector.op === "make" && lane < vector.args.length && vector.args.every(pure)) return vector.args[lane];
  return { op: kind === "f32" ? "f32x4.extract_lane" : "i32x4.extract_lane", kind, args: [vector], imm: lane };
}

/** The same component in all four lanes. */
export function splat(scalar: Node): Node {
  if (scalar.op.endsWith("x4.extract_lane")) return shuffle(scalar.args[0], new Array(4).fill(scalar.imm!));
  if (scalar.op === "f32.load" || scalar.op === "i32.load") return { ...scalar, op: "v128.load32_splat", kind: "v128" };
  return make([scalar, scalar, scalar, scalar]);
}

/** Lanes of one vector in another order. */
export function shuffle(vector: Node, lanes: readonly number[]): Node {
  const order = [...lanes];
  while (order.length < 4) order.push(order[order.length - 1]);
  if (order.every((lane, i) => lane === i)) return vector;
  if (vector.op === "v128.const") return v128(order.map((lane) => vector.lanes![lane]));
  const bytes = order.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
  return { op: "i8x16.shuffle", kind: "v128", args: [vector], lanes: bytes };
}

export const isLoad = (node: Node): boolean => /load/.test(node.op);
export const isAtomic = (node: Node): boolean => /atomic/.test(node.op);

/** True if the value depends on nothing but locals and constants. */
export function pure(node: Node): boolean {
  return !isLoad(node) && !isAtomic(node) && node.args.every(pure);
}

/** Calls `f` on a node and all below it. */
export function visit(node: Node, f: (node: Node) => void): void {
  f(node);
  for (const arg of node.args) visit(arg, f);
}

/** The nodes that a statement evaluates itself (not those of statements inside it). */
export function nodesOf(statement: Statement): Node[] {
  switch (statement.s) {
    case "set":
      return [statement.value];
    case "store":
      return [statement.address, statement.value];
    case "fill":
      return [statement.address, statement.bytes];
    case "copy":
      return [statement.to, statement.from];
    case "if":
      return [statement.condition];
    case "jump":
      return statement.condition ? [statement.condition] : [];
    default:
      return [];
  }
}

/** The lists of statements inside a statement. */
export function bodiesOf(statement: Statement): Statement[][] {
  if (statement.s === "if") return [statement.then, statement.otherwise];
  return statement.s === "block" || statement.s === "loop" ? [statement.body] : [];
}

/** Calls `f` on each statement of a list, outer ones first. */
export function walk(body: readonly Statement[], f: (statement: Statement) => void): void {
  for (const statement of body) {
    f(statement);
    for (const inner of bodiesOf(statement)) walk(inner, f);
  }
}
