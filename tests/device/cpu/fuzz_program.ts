/** Random WGSL programs of the CPU device's subset. Every program is valid, ends, and has one right answer. */
import { Stream } from "../../../lib/random.ts";

type Scalar = "i32" | "u32" | "f32" | "bool";
interface Type {
  scalar: Scalar;
  /** 1 for a scalar. */
  size: number;
}
interface Variable {
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
fn early(x: u32) -> u32 { if (x % 3u == 0u) { return x / 3u; } for (var i = 0u; i < 4u; i++) { if ((x >> i) % 5u == 1u) { return i + x; } } return ~x; }
`;

const show = (type: Type) => type.size === 1 ? type.scalar : `vec${type.size}<${type.scalar}>`;

class Generator {
  private readonly scope: Variable[] = [];
  private names = 0;
  private lines: string[] = [];
  private indent = "  ";
  /** False inside control flow that may differ between invocations: no barrier there. */
  private uniform = true;
  private loops = 0;
  private depth = 0;

  constructor(private readonly random: Stream, private readonly index: number) {}

  private below(n: number): number {
    return this.random.below(n);
  }
  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
  private line(text: string): void {
    this.lines.push(this.indent + text);
  }
  private fresh(): string {
    return `v${this.names++}`;
  }

  private type(): Type {
    return { scalar: this.pick(["i32", "u32", "f32", "f32", "bool"]), size: this.pick([1, 1, 1, 2, 3, 4, 4]) };
  }

  private input(type: Type): string {
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

  private known(type: Type): string | undefined {
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

  private quantised(type: Type, text: string): string {
    return type.size === 1 ? `q(${text})` : `q${type.size}(${text})`;
  }

  expr(type: Type, depth: number): string {
    if (depth <= 0 || this.below(6) === 0) return (this.below(4) && this.known(type)) || this.input(type);
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

  private condition(type: Type, depth: number): string {
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

  private float(type: Type, depth: number, sub: () => string): string {
    const q = (text: string) => this.quantised(type, text);
    const size = type.size;
    const dot = () =>
      `dot(${this.expr({ scalar: "f32", size: 3 }, depth - 1)}, ${this.expr({ scalar: "f32", size: 3 }, depth - 1)})`;
    return this.pick([
      () => q(`${sub()} ${this.pick(["+", "-", "*"])} ${sub()}`),
      () => q(`${sub()} * ${sub()} + ${sub()}`),
      () => q(`fma(${sub()}, ${sub()}, ${sub()})`),
      () => q(`${sub()} * ${this.expr({ scalar: "f32", size: 1 }, depth - 1)}`),
      () => q(`${sub()} / ${this.pick(["2.0", "4.0", "-8.0"])}`),
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

  private integer(type: Type, depth: number, sub: () => string): string {
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
      () => `(${sub()} ${this.pick(["/", "%"])} ${sub()})`,
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
    ])();
  }

  private declare(mutable: boolean): void {
    const type = this.type();
    const text = this.expr(type, 2);
    const name = this.fresh();
    this.line(`${mutable ? "var" : "let"} ${name}${this.below(2) ? `: ${show(type)}` : ""} = ${text};`);
    this.scope.push({ name, type, mutable });
  }

  private assign(): void {
    const found = this.scope.filter((v) => v.mutable);
    if (found.length === 0) return this.declare(true);
    const v = this.pick(found);
    const part = { scalar: v.type.scalar, size: 1 };
    if (v.type.size > 1 && this.below(2)) {
      const at = this.below(2)
        ? `.${"xyzw"[this.below(v.type.size)]}`
        : `[${this.expr({ scalar: "u32", size: 1 }, 1)} % ${v.type.size}u]`;
      this.line(`${v.name}${at} = ${this.expr(part, 2)};`);
    } else if (this.below(3) === 0 && v.type.scalar !== "bool" && v.type.scalar !== "f32") {
      this.line(`${v.name} ${this.pick(["+=", "-=", "*=", "^=", "|=", "&="])} ${this.expr(v.type, 2)};`);
    } else this.line(`${v.name} = ${this.expr(v.type, 2)};`);
  }

  private nested(body: () => void): void {
    const [depth, indent] = [this.scope.length, this.indent];
    this.indent += "  ";
    this.depth++;
    body();
    this.depth--;
    this.indent = indent;
    this.scope.length = depth;
  }

  private block(open: string, uniform: boolean, size: number): void {
    const before = this.uniform;
    this.uniform &&= uniform;
    this.line(`${open} {`);
    this.nested(() => this.statements(size));
    this.line("}");
    this.uniform = before;
  }

  private branch(): void {
    const same = this.below(3) === 0;
    this.block(
      `if (${same ? `(group + ${this.below(3)}u) % 2u == 0u` : this.expr({ scalar: "bool", size: 1 }, 2)})`,
      same,
      3,
    );
    if (this.below(2)) this.block("else", same, 2);
  }

  private loop(): void {
    if (this.loops >= 2) return this.assign();
    this.loops++;
    const name = this.fresh();
    const limit = 1 + this.below(5);
    const same = this.below(2) === 0;
    const bound = same ? `${limit}` : `i32(data[(lane + ${this.below(9)}u) % ${INPUTS}u] % ${limit + 1}u)`;
    const before = this.uniform;
    this.uniform &&= same;
    this.line(
      this.below(2)
        ? `for (var ${name} = 0; ${name} < ${bound}; ${name}++) {`
        : `for (var ${name} = ${limit}; ${name} > ${limit} - ${bound}; ${name} -= 1) {`,
    );
    this.nested(() => {
      this.scope.push({ name, type: { scalar: "i32", size: 1 }, mutable: false });
      this.statements(2);
      // A jump that not all take: no barrier may follow it in this loop, so it comes last before plain statements.
      if (!this.uniform && this.below(2)) {
        this.line(`if (${this.expr({ scalar: "bool", size: 1 }, 2)}) { ${this.pick(["break", "continue"])}; }`);
      }
      this.assign();
    });
    this.line("}");
    this.uniform = before;
    this.loops--;
  }

  private array(): void {
    const name = this.fresh();
    const size = 2 + this.below(4);
    const index = (depth: number) => `${this.expr({ scalar: "u32", size: 1 }, depth)} % ${size}u`;
    const element = this.pick<Type>([
      { scalar: "i32", size: 1 },
      { scalar: "f32", size: 4 },
      { scalar: "u32", size: 2 },
      { scalar: "f32", size: 3 },
    ]);
    this.line(`var ${name}: array<${show(element)}, ${size}>;`);
    const constant = this.below(2) === 0;
    this.line(`for (var i = 0u; i < ${size}u; i++) { ${name}[i] = ${this.expr(element, 2)}; }`);
    this.line(`${name}[${constant ? this.below(size) : index(1)}] = ${this.expr(element, 2)};`);
    const result = this.fresh();
    this.line(`let ${result} = ${name}[${constant ? this.below(size) : index(1)}];`);
    this.scope.push({ name: result, type: element, mutable: false });
  }

  private struct(): void {
    const name = this.fresh();
    const i = { scalar: "i32", size: 1 } as const;
    const u = { scalar: "u32", size: 1 } as const;
    const v = { scalar: "f32", size: 3 } as const;
    this.line(
      `var ${name} = Pair(${this.expr(i, 1)}, ${this.expr(v, 2)}, array<u32, 3>(${this.expr(u, 1)}, ${
        this.expr(u, 1)
      }, 5u));`,
    );
    this.line(`${name}.b[${this.below(2) ? this.below(3) : `${this.expr(u, 1)} % 3u`}] = ${this.expr(u, 2)};`);
    this.line(`${name}.v.${this.pick(["x", "y", "z"])} = ${this.expr({ scalar: "f32", size: 1 }, 1)};`);
    // naga 29 (Deno 2.9.6) cannot take the address of a member as an argument, so a variable stands in between.
    this.line(`var ${name}_a = ${name}.a;`);
    this.line(`hidden += twist(&${name}_a, ${this.expr(i, 1)});`);
    this.line(`${name}.a = ${name}_a;`);
    this.scope.push({ name: `${name}.a`, type: i, mutable: true }, { name: `${name}.v`, type: v, mutable: true }, {
      name: `${name}.b[1]`,
      type: u,
      mutable: true,
    });
  }

  private choice(): void {
    const same = this.below(3) === 0;
    const before = this.uniform;
    this.uniform &&= same;
    this.line(`switch (${same ? "group" : this.expr({ scalar: "u32", size: 1 }, 1)} % 4u) {`);
    this.nested(() => {
      this.block("case 0u:", same, 2);
      this.block("case 1u, 3u:", same, 1);
      this.block("default:", same, 1);
    });
    this.line("}");
    this.uniform = before;
  }

  /** Lanes exchange values over workgroup memory. */
  private exchange(): void {
    if (!this.uniform) return this.assign();
    const name = this.fresh();
    this.line(`board[lane] = ${this.expr({ scalar: "u32", size: 1 }, 2)};`);
    this.line(`if (lane == 0u) { atomicStore(&count, ${this.below(9)}u); total = board[0]; }`);
    this.line("workgroupBarrier();");
    this.line(`var ${name} = board[(lane + ${1 + this.below(LANES - 1)}u) % ${LANES}u];`);
    this.line(
      `${this.pick(["atomicAdd", "atomicMax", "atomicXor", "atomicMin"])}(&count, ${
        this.expr({ scalar: "u32", size: 1 }, 1)
      });`,
    );
    this.line("workgroupBarrier();");
    this.line(`${name} += ${this.pick(["atomicLoad(&count)", "workgroupUniformLoad(&total)"])};`);
    this.line("workgroupBarrier();");
    this.scope.push({ name, type: { scalar: "u32", size: 1 }, mutable: true });
  }

  private statements(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.depth >= 2) {
        this.assign();
        continue;
      }
      this.pick([
        () => this.declare(true),
        () => this.declare(false),
        () => this.assign(),
        () => this.assign(),
        () => this.branch(),
        () => this.loop(),
        () => this.array(),
        () => this.struct(),
        () => this.choice(),
        () => this.exchange(),
      ])();
    }
  }

  program(): string {
    this.line("hidden = 3;");
    this.statements(1 + this.below(3));
    const bits = (v: Variable) => {
      const one = (text: string) =>
        v.type.scalar === "bool"
          ? `u32(${text})`
          : v.type.scalar === "f32"
          ? `fbits(${text})`
          : `bitcast<u32>(${text})`;
      return v.type.size === 1
        ? [one(v.name)]
        : Array.from({ length: v.type.size }, (_, i) => one(`${v.name}.${"xyzw"[i]}`));
    };
    this.line("var h = bitcast<u32>(hidden);");
    for (const text of this.scope.flatMap(bits)) this.line(`h = mixin(h, ${text});`);
    return `fn p${this.index}(lane: u32, group: u32) -> u32 {\n${this.lines.join("\n")}\n  return h;\n}\n`;
  }
}

function q3(text: string): string {
  return `q3(${text})`;
}

/** `count` programs in one shader. Result i of lane l in workgroup g goes to `out[(g * ${LANES} + l) * count + i]`. */
export function programs(seed: number, count: number): { code: string; bodies: string[] } {
  const random = Stream.named(seed, "fuzz");
  const bodies = Array.from({ length: count }, (_, i) => new Generator(random, i).program());
  const calls = bodies.map((_, i) => `  out[at + ${i}u] = p${i}(lane, group.x);`).join("\n  workgroupBarrier();\n");
  const main = `@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = id.x;
  let at = (group.x * ${LANES}u + lane) * ${count}u;
${calls}
}`;
  return { code: HEAD + bodies.join("\n") + main, bodies };
}
