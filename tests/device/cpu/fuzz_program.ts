/** Random WGSL programs of the CPU device's subset. Every program is valid, ends, and has one right answer. */
import { Stream } from "../../../lib/random.ts";
import { ExprWriter, HEAD, INPUTS, LANES, show, type Type, type Variable } from "./fuzz_expr.ts";

export { INPUTS, LANES };

/** Writes statements around expressions. */
class Generator extends ExprWriter {
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
      if (v.type.size > 1 && this.below(2)) {
        this.line(
          `${v.name}.${"xyzw"[this.below(v.type.size)]} ${this.pick(["+=", "*=", "|="])} ${this.expr(part, 2)};`,
        );
      } else this.line(`${v.name} ${this.pick(["+=", "-=", "*=", "^=", "|=", "&="])} ${this.expr(v.type, 2)};`);
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

  /** `loop` with `continuing` and `break if`, or `while`. */
  private bareLoop(): void {
    if (this.loops >= 2) return this.assign();
    this.loops++;
    const before = this.uniform;
    this.uniform = false;
    const name = this.fresh();
    const limit = 1 + this.below(4);
    this.line(`var ${name} = ${this.below(2)};`);
    const leave = () => {
      if (this.below(2)) {
        this.line(`if (${this.expr({ scalar: "bool", size: 1 }, 2)}) { ${this.pick(["break", "continue"])}; }`);
      }
    };
    if (this.below(2)) {
      this.line(`while (${name} < ${limit}) {`);
      this.nested(() => {
        this.line(`${name}++;`);
        this.statements(1);
        leave();
        this.assign();
      });
    } else {
      this.line("loop {");
      this.nested(() => {
        const first = this.fresh();
        this.line(`let ${first} = ${name} * 3;`);
        this.scope.push({ name: first, type: { scalar: "i32", size: 1 }, mutable: false });
        leave();
        this.statements(1);
        this.line("continuing {");
        this.line(`  hidden += ${first};`);
        this.line(`  ${name}++;`);
        this.line(`  break if ${name} >= ${limit};`);
        this.line("}");
      });
    }
    this.line("}");
    this.uniform = before;
    this.loops--;
  }

  /** A matrix of small whole numbers: parts of it change, then it is multiplied. */
  private matrix(): void {
    const [name, columns, rows] = [this.fresh(), 2 + this.below(3), 2 + this.below(3)];
    const f = { scalar: "f32", size: 1 } as const;
    const [column, row] = [{ scalar: "f32", size: rows }, { scalar: "f32", size: columns }] as const;
    const index = (size: number) =>
      this.below(2) ? `${this.below(size)}` : `${this.expr({ scalar: "u32", size: 1 }, 1)} % ${size}u`;
    const part = () => this.quantised(column, this.expr(column, 1));
    this.line(`var ${name} = mat${columns}x${rows}<f32>(${Array.from({ length: columns }, part).join(", ")});`);
    for (let i = this.below(3); i > 0; i--) {
      this.pick([
        () => this.line(`${name}[${index(columns)}] = ${part()};`),
        () => this.line(`${name}[${index(columns)}][${index(rows)}] = ${this.quantised(f, this.expr(f, 1))};`),
        () => this.line(`${name}[${index(columns)}].${"xy"[this.below(2)]} = ${this.quantised(f, this.expr(f, 1))};`),
        () => this.line(`${name} *= ${this.pick(["2.0", "-0.5"])};`),
        () => this.line(`${name} = ${name} + ${name} * 0.25 - ${name};`),
      ])();
    }
    const keep = (type: Type, text: string) => {
      const result = this.fresh();
      this.line(`let ${result} = ${this.quantised(type, text)};`);
      this.scope.push({ name: result, type, mutable: false });
    };
    keep(column, `${name} * ${this.quantised(row, this.expr(row, 1))}`);
    keep(row, `${this.quantised(column, this.expr(column, 1))} * ${name}`);
    keep(column, `(${name} * transpose(${name}))[${this.below(rows)}]`);
    keep(f, columns === 2 && rows === 2 ? `determinant(${name})` : `${name}[${index(columns)}][${index(rows)}]`);
  }

  /** Structs in an array, with arrays in them, reached by indices and pointers. */
  private pairs(): void {
    const [name, count] = [this.fresh(), 2 + this.below(2)];
    const u = { scalar: "u32", size: 1 } as const;
    const at = (size: number) => this.below(2) ? `${this.below(size)}` : `${this.expr(u, 1)} % ${size}u`;
    this.line(`var ${name}: array<Pair, ${count}>;`);
    this.line(
      `for (var i = 0u; i < ${count}u; i++) { ${name}[i].a = i32(i) * ${this.expr({ scalar: "i32", size: 1 }, 1)};`,
    );
    this.line(
      `  ${name}[i].b[i] = ${this.expr(u, 1)}; ${name}[i].v[i] = ${this.expr({ scalar: "f32", size: 1 }, 1)}; }`,
    );
    const pointer = this.fresh();
    this.line(`let ${pointer} = &${name}[${at(count)}];`);
    this.line(`(*${pointer}).b[${at(3)}] += ${this.expr(u, 2)};`);
    this.line(`(*${pointer}).v.y = ${this.expr({ scalar: "f32", size: 1 }, 1)};`);
    if (this.below(2)) this.line(`${name}[${at(count)}] = turned(${name}[${at(count)}]);`);
    if (this.below(2)) this.line(`${name}[0] = ${name}[${at(count)}];`);
    const [copy, list, word] = [this.fresh(), this.fresh(), this.fresh()];
    this.line(`let ${copy} = turned(${name}[${at(count)}]);`);
    this.line(`var ${list} = ${copy}.b;`);
    this.line(`let ${word} = bump(&${list}, ${this.expr(u, 1)}) ^ ${list}[${at(3)}];`);
    this.scope.push(
      { name: word, type: u, mutable: false },
      { name: `${copy}.a`, type: { scalar: "i32", size: 1 }, mutable: false },
      { name: `${copy}.v`, type: { scalar: "f32", size: 3 }, mutable: false },
    );
  }

  /** A constant of small numbers. */
  private constant(): void {
    const name = this.fresh();
    const n = () => `${this.below(20)}`;
    const size = 1 + this.below(4);
    const sum = () => `(${n()} + ${n()} * ${n()}) % ${1 + this.below(30)} - ${n()}`;
    const parts = Array.from({ length: size }, sum);
    this.line(`const ${name} = ${size === 1 ? parts[0] : `vec${size}(${parts.join(", ")}) * ${n()}`};`);
    const result = this.fresh();
    this.line(`let ${result} = ${name};`);
    this.scope.push({ name: result, type: { scalar: "i32", size }, mutable: false });
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
      this.line("case 0u: {");
      this.nested(() => {
        if (this.loops > 0 && !this.uniform) {
          this.line(`if (${this.expr({ scalar: "bool", size: 1 }, 1)}) { ${this.pick(["break", "continue"])}; }`);
        }
        this.statements(2);
      });
      this.line("}");
      this.block("case 1u, 3u:", same, 1);
      this.block("default:", same, 1);
    });
    this.line("}");
    this.uniform = before;
  }

  /** Lanes exchange values over workgroup memory. */
  private exchange(): void {
    if (!this.uniform || !this.options.barriers) return this.assign();
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
        () => this.bareLoop(),
        () => this.matrix(),
        () => this.pairs(),
        () => this.constant(),
      ])();
    }
  }

  program(): string {
    this.line("hidden = 3;");
    this.statements(1 + this.below(2));
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

/**
 * `count` programs in one shader. They use only what WGSL promises to be the same everywhere: floats that are whole and
 * small, so that no rounding, contraction or denormal shows, and neither infinities nor NaN.
 * With `signedRemainder` false, no `%` has a negative operand.
 *
 * Result i of lane l in workgroup g goes to `out[(g * ${LANES} + l) * count + i]`.
 */
export function programs(seed: number, count: number, signedRemainder = true): { code: string; bodies: string[] } {
  const random = Stream.named(seed, "fuzz");
  // Barriers make llvmpipe slow to compile, so only every fifth shader has them.
  const barriers = seed % 5 === 0;
  const options = { barriers, signedRemainder };
  const bodies = Array.from({ length: count }, (_, i) => new Generator(random, i, options).program());
  const calls = bodies.map((_, i) => `  out[at + ${i}u] = p${i}(lane, group.x);`).join(
    barriers ? "\n  workgroupBarrier();\n" : "\n",
  );
  const main = `@compute @workgroup_size(${LANES})
fn main(@builtin(local_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = id.x;
  let at = (group.x * ${LANES}u + lane) * ${count}u;
${calls}
}`;
  return { code: HEAD + bodies.join("\n") + main, bodies };
}
