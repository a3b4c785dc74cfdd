/** Random WGSL expressions, and what every program has around it. */
import type { Stream } from "../../../lib/random.ts";

type Scalar = "i32" | "u32" | "f32" | "bool";
export interface Type {
  scalar: Scalar;
  /** 1 for a scalar. */
  size: number;
}
export interface Variable {
  name: string;
  type: Type;
  mutable: boolean;
}

export const LANES = 8;
/** Words of random input that each program reads. */
export const INPUTS = 64;

/**
 * Floats are kept whole and small, so that sums and products are exact whether or not they are fused: `q` does it.
 */
export const HEAD = `
@group(0) @binding(0) var<storage, read> data: array<u32, ${INPUTS}>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
var<workgroup> board: array<u32, ${LANES}>;
var<workgroup> count: atomic<u32>;
var<workgroup> total: u32;
var<private> hidden: i32 = 3;
struct Pair { a: i32, v: vec3<f32>, b: array<u32, 3> }
fn q(x: f32) -> f32 { return floor(clamp(x, -1000.0, 1000.0)); }
fn q2(x: vec2<f32>) -> vec2<f32> { return floor(clamp(x, vec2(-1000.0), vec2(1000.0))); }
fn q3(x: vec3<f32>) -> vec3<f32> { return floor(clamp(x, vec3(-1000.0), vec3(1000.0))); }
fn q4(x: vec4<f32>) -> vec4<f32> { return floor(clamp(x, vec4(-1000.0), vec4(1000.0))); }
fn number(i: u32) -> f32 { return f32(i32(data[i] % 401u) - 200); }
fn fbits(x: f32) -> u32 { return select(bitcast<u32>(x), 0u, x == 0.0); }
fn mixin(h: u32, x: u32) -> u32 { return (h ^ x) * 16777619u + (h >> 15u); }
fn twist(p: ptr<function, i32>, by: i32) -> i32 { let old = *p; *p = old * 3 + by; return old ^ by; }
fn turned(p: Pair) -> Pair { var r = p; r.a = i32(p.b[1] % 100u) - p.a; r.b[2] ^= u32(p.a); r.v = p.v.zyx; return r; }
fn bump(list: ptr<function, array<u32, 3>>, i: u32) -> u32 { let p = &(*list)[i % 3u]; *p = *p * 5u + i; return (*list)[(i + 1u) % 3u]; }
fn early(x: u32) -> u32 { if (x % 3u == 0u) { return x / 3u; } for (var i = 0u; i < 4u; i++) { if ((x >> i) % 5u == 1u) { return i + x; } } return ~x; }
`;

export const show = (type: Type) => type.size === 1 ? type.scalar : `vec${type.size}<${type.scalar}>`;

/** What the programs of a fuzz run may use. */
export interface FuzzOptions {
  /** Barriers and exchange over workgroup memory. */
  readonly barriers: boolean;
  /** `%` of negative i32 operands. */
  readonly signedRemainder: boolean;
}

/** Writes expressions over the variables in scope. */
export class ExprWriter {
  protected readonly scope: Variable[] = [];
  protected names = 0;
  protected lines: string[] = [];
  protected indent = "  ";
  /** False inside control flow that may differ between invocations: no barrier there. */
  protected uniform = true;
  protected loops = 0;
  protected depth = 0;

  constructor(
    protected readonly random: Stream,
    protected readonly index: number,
    protected readonly options: FuzzOptions,
  ) {}

  protected below(n: number): number {
    return this.random.below(n);
  }
  protected pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
  protected line(text: string): void {
    this.lines.push(this.indent + text);
  }
  protected fresh(): string {
    return `v${this.names++}`;
  }

  protected type(): Type {
    return { scalar: this.pick(["i32", "u32", "f32", "f32", "bool"]), size: this.pick([1, 1, 1, 2, 3, 4, 4]) };
  }

  protected input(type: Type): string {
    const one = () => {
      const at = `${this.below(INPUTS)}u`;
      const word = `data[${this.below(2) ? at : `(lane * ${1 + this.below(7)}u + ${at}) % ${INPUTS}u`}]`;
      switch (type.scalar) {
        case "i32":
          return this.below(3) ? `i32(${word} % 21u) - 10` : `bitcast<i32>(${word})`;
        case "u32":
          return this.below(3) ? `${word} % 17u` : word;
        case "f32":
          return `number(${this.below(2) ? at : `(lane + ${at}) % ${INPUTS}u`})`;
        case "bool":
          return `(${word} & 1u) == 1u`;
      }
    };
    return type.size === 1 ? `(${one()})` : `${show(type)}(${Array.from({ length: type.size }, one).join(", ")})`;
  }

  protected known(type: Type): string | undefined {
    const found = this.scope.filter((v) => v.type.scalar === type.scalar);
    if (found.length === 0) return undefined;
    const v = this.pick(found);
    if (v.type.size === type.size) return v.name;
    if (v.type.size > 1 && type.size === 1) {
      return this.below(2)
        ? `${v.name}.${"xyzw"[this.below(v.type.size)]}`
        : `${v.name}[${this.expr({ scalar: "u32", size: 1 }, 0)} % ${v.type.size}u]`;
    }
    if (v.type.size > 1) {
      return `${v.name}.${Array.from({ length: type.size }, () => "xyzw"[this.below(v.type.size)]).join("")}`;
    }
    return `${show(type)}(${v.name})`;
  }

  protected quantised(type: Type, text: string): string {
    return type.size === 1 ? `q(${text})` : `q${type.size}(${text})`;
  }

  expr(type: Type, depth: number): string {
    if (depth <= 0 || this.below(3) === 0) return (this.below(4) && this.known(type)) || this.input(type);
    const sub = () => this.expr(type, depth - 1);
    if (this.below(6) === 0 && type.size > 1) {
      const part = { scalar: type.scalar, size: 1 };
      return `${show(type)}(${Array.from({ length: type.size }, () => this.expr(part, depth - 2)).join(", ")})`;
    }
    if (this.below(7) === 0) {
      return `select(${sub()}, ${sub()}, ${
        this.expr({ scalar: "bool", size: this.below(2) ? 1 : type.size }, depth - 1)
      })`;
    }
    switch (type.scalar) {
      case "bool":
        return this.condition(type, depth);
      case "f32":
        return this.float(type, depth, sub);
      default:
        return this.integer(type, depth, sub);
    }
  }

  protected condition(type: Type, depth: number): string {
    const sub = () => this.expr(type, depth - 1);
    const operand: Type = { scalar: this.pick(["i32", "u32", "f32"]), size: type.size };
    const compare = () =>
      `(${this.expr(operand, depth - 1)} ${this.pick(["<", "<=", ">", ">=", "==", "!="])} ${
        this.expr(operand, depth - 1)
      })`;
    if (type.size > 1) {
      return this.pick([
        compare,
        compare,
        () => `(!${sub()})`,
        () => `(${sub()} | ${sub()})`,
        () => `(${sub()} & ${sub()})`,
      ])();
    }
    const wide = () =>
      `${this.pick(["all", "any"])}(${this.expr({ scalar: "bool", size: 2 + this.below(3) }, depth - 1)})`;
    return this.pick([
      compare,
      compare,
      wide,
      () => `(!${sub()})`,
      () => `(${sub()} && ${sub()})`,
      () => `(${sub()} || ${sub()})`,
    ])();
  }

  protected float(type: Type, depth: number, sub: () => string): string {
    const q = (text: string) => this.quantised(type, text);
    const size = type.size;
    const dot = () =>
      `dot(${this.expr({ scalar: "f32", size: 3 }, depth - 1)}, ${this.expr({ scalar: "f32", size: 3 }, depth - 1)})`;
    return this.pick([
      () => q(`${sub()} ${this.pick(["+", "-", "*"])} ${sub()}`),
      () => q(`${sub()} * ${sub()} + ${sub()}`),
      () => q(`fma(${sub()}, ${sub()}, ${sub()})`),
      () => q(`${sub()} * ${this.expr({ scalar: "f32", size: 1 }, depth - 1)}`),
      // Not divided: WGSL lets a quotient be 2.5 units in the last place off, and `floor` would show that.
      () => q(`${sub()} * ${this.pick(["0.5", "0.25", "-0.125"])}`),
      () => q(`modf(${sub()} * 0.25).fract * 4.0 + modf(${sub()} * 0.5).whole`),
      () => q(`frexp(${sub()}).fract * 1024.0`),
      () => q(`ldexp(${sub()}, ${show({ scalar: "i32", size })}(${this.pick(["-2", "1", "3"])}))`),
      () => `${this.pick(["min", "max"])}(${sub()}, ${sub()})`,
      () => `${this.pick(["abs", "sign", "trunc", "-"])}(${sub()})`,
      () => q(`round(${sub()} * 0.5) + ceil(${sub()} * 0.25) + fract(${sub()} * 0.25) * 4.0`),
      () => `${show(type)}(${this.expr({ scalar: "bool", size }, depth - 1)})`,
      () =>
        q(`${show(type)}(${this.expr({ scalar: this.pick(["i32", "u32"]), size }, depth - 1)} % ${
          show({ scalar: "i32", size })
        }(77))`.replace(/% (vec.<i32>|i32)\(77\)/, "")),
      () => size === 1 ? q(dot()) : sub(),
      () => size === 3 ? q3(`cross(${sub()}, ${sub()})`) : sub(),
    ])();
  }

  protected integer(type: Type, depth: number, sub: () => string): string {
    const signed = type.scalar === "i32";
    const amount = () =>
      this.below(2)
        ? this.expr({ scalar: "u32", size: type.size }, depth - 1)
        : `${show({ scalar: "u32", size: type.size })}(${this.below(31)}u)`;
    const shift = () =>
      `(${sub()} ${this.pick(["<<", ">>"])} (${amount()} & ${show({ scalar: "u32", size: type.size })}(31u)))`;
    const bits = [
      "countOneBits",
      "countLeadingZeros",
      "countTrailingZeros",
      "reverseBits",
      "firstLeadingBit",
      "firstTrailingBit",
    ];
    const from: Type = { scalar: this.pick(["bool", signed ? "u32" : "i32"]), size: type.size };
    return this.pick([
      () => `(${sub()} ${this.pick(["+", "-", "*", "&", "|", "^"])} ${sub()})`,
      () => `(${sub()} ${this.pick(["+", "-", "*"])} ${this.expr({ scalar: type.scalar, size: 1 }, depth - 1)})`,
      () => `(${sub()} / ${sub()})`,
      () => this.remainder(type, sub(), sub()),
      shift,
      () => `(${this.pick(signed ? ["-", "~"] : ["~"])}${sub()})`,
      () => `${this.pick(["min", "max"])}(${sub()}, ${sub()})`,
      () => `${this.pick(bits)}(${sub()})`,
      () => `clamp(${sub()}, ${show(type)}(${signed ? "-9" : "2u"}), ${show(type)}(${signed ? "40" : "77u"}))`,
      () => `${show(type)}(${this.expr(from, depth - 1)})`,
      () =>
        signed
          ? `${show(type)}(${this.expr({ scalar: "f32", size: type.size }, depth - 1)})`
          : `${show(type)}(abs(${this.expr({ scalar: "f32", size: type.size }, depth - 1)}))`,
      () =>
        `bitcast<${show(type)}>(${this.expr({ scalar: "f32", size: type.size }, depth - 1)} + ${
          show({ scalar: "f32", size: type.size })
        }(0.5))`,
      () => `${signed ? "abs" : ""}(${sub()})`,
      () => `extractBits(${sub()}, ${this.below(20)}u, ${this.below(12)}u)`,
      () => `insertBits(${sub()}, ${sub()}, ${this.below(20)}u, ${this.below(12)}u)`,
      () => type.size === 1 && !signed ? `early(${sub()})` : sub(),
      () => signed ? `frexp(${this.expr({ scalar: "f32", size: type.size }, depth - 1)}).exp` : sub(),
      () => type.size === 1 && !signed ? this.bytes(depth) : sub(),
    ])();
  }

  /** `a % b`; without `signedRemainder`, of numbers whose sign bit is cleared. */
  private remainder(type: Type, a: string, b: string): string {
    if (type.scalar === "u32" || this.options.signedRemainder) return `(${a} % ${b})`;
    const positive = (x: string) => `(${x} & ${show(type)}(0x7fffffff))`;
    return `(${positive(a)} % ${positive(b)})`;
  }

  private bytes(depth: number): string {
    const word = () => this.expr({ scalar: "u32", size: 1 }, depth - 1);
    return this.pick([
      () => `pack4xU8(${this.expr({ scalar: "u32", size: 4 }, depth - 1)})`,
      () => `pack4xI8Clamp(${this.expr({ scalar: "i32", size: 4 }, depth - 1)})`,
      () => `dot4U8Packed(${word()}, ${word()})`,
      () => `bitcast<u32>(dot4I8Packed(${word()}, ${word()}))`,
      () => `unpack4xU8(${word()}).${this.pick(["x", "y", "z", "w"])}`,
    ])();
  }
}

function q3(text: string): string {
  return `q3(${text})`;
}
