import type { CallExpr, Expr, TypeExpr } from "./ast.ts";
import { Problem } from "./problem.ts";
import { TokenReader } from "./token_reader.ts";

/** Names after which `<` opens a list of types, not a comparison. */
const TEMPLATES = new Set(["array", "vec2", "vec3", "vec4", "atomic", "ptr", "bitcast", "mat2x2", "mat2x3", "mat2x4"]);
for (const name of ["mat3x2", "mat3x3", "mat3x4", "mat4x2", "mat4x3", "mat4x4"]) TEMPLATES.add(name);

/** Binary operators, loosest first. Each row binds tighter than the row before it. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** The half of the parser that reads types and expressions. */
export class ExprParser extends TokenReader {
  private inTemplate = false;

  type(): TypeExpr {
    const name = this.ident("a type");
    return { at: name.at, name: name.text, args: this.is("<") ? this.templateArgs() : [] };
  }

  private templateArgs(): (TypeExpr | Expr)[] {
    this.expect("<");
    return this.list(">", () => this.templateArg());
  }

  private templateArg(): TypeExpr | Expr {
    const following = this.peek(1).text;
    if (this.token.kind === "ident" && (following === "," || following === ">" || following === "<")) {
      return this.type();
    }
    return this.within(true, () => this.binary(0));
  }

  /** Reads a part in which `>` ends a list of template arguments, or in brackets, where it does not. */
  private within<T>(template: boolean, read: () => T): T {
    const outer = this.inTemplate;
    this.inTemplate = template;
    const result = read();
    this.inTemplate = outer;
    return result;
  }

  expression(): Expr {
    return this.within(false, () => this.binary(0));
  }

  /** The binary operator that starts here, joined from single `>` and `=` tokens, and how many tokens it takes. */
  private operator(): { op: string; tokens: number } {
    const text = this.token.text;
    if (text === ">" && this.inTemplate) return { op: "end of the list", tokens: 0 };
    if (text !== ">" || this.token.kind !== "punct") return { op: text, tokens: 1 };
    if (this.peek(1).text === ">" && this.touches(1)) {
      const assigns = (this.peek(2).text === "=" || this.peek(2).text === "==") && this.touches(2);
      return assigns ? { op: ">>=", tokens: 3 } : { op: ">>", tokens: 2 };
    }
    return this.peek(1).text === "=" && this.touches(1) ? { op: ">=", tokens: 2 } : { op: ">", tokens: 1 };
  }

  private binary(level: number): Expr {
    if (level === LEVELS.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const { op, tokens } = this.operator();
      if (this.token.kind !== "punct" || !LEVELS[level].includes(op)) return left;
      const at = this.token.at;
      for (let i = 0; i < tokens; i++) this.next();
      left = { kind: "binary", at, op, left, right: this.binary(level + 1) };
    }
  }

  protected unary(): Expr {
    const at = this.token.at;
    // `&&x` is read as two tokens in WGSL only with a blank; `--x` likewise.
    for (const op of ["-", "!", "~", "&", "*"]) {
      if (this.accept(op)) return { kind: "unary", at, op, arg: this.unary() };
    }
    return this.postfix(this.primary());
  }

  private postfix(base: Expr): Expr {
    for (;;) {
      const at = this.token.at;
      if (this.accept("[")) {
        const index = this.expression();
        this.expect("]");
        base = { kind: "index", at, base, index };
      } else if (this.accept(".")) {
        base = { kind: "member", at, base, name: this.ident("a member's name").text };
      } else return base;
    }
  }

  private primary(): Expr {
    const token = this.token;
    if (this.accept("(")) {
      const inner = this.expression();
      this.expect(")");
      return inner;
    }
    if (token.kind === "number") {
      this.next();
      return { kind: "number", at: token.at, text: token.text };
    }
    if (token.kind !== "ident") throw new Problem(token.at, `expected an expression but found ${this.found()}`);
    if (token.text === "true" || token.text === "false") {
      this.next();
      return { kind: "bool", at: token.at, truth: token.text === "true" };
    }
    if (this.peek(1).text === "(" || (TEMPLATES.has(token.text) && this.peek(1).text === "<")) return this.call();
    this.next();
    return { kind: "ident", at: token.at, name: token.text };
  }

  protected call(): CallExpr {
    const callee = TEMPLATES.has(this.token.text) ? this.type() : this.plainName();
    this.expect("(", "A type name can only be used here to make a value: vec4<f32>(…).");
    return { kind: "call", at: callee.at, callee, args: this.list(")", () => this.expression()) };
  }

  private plainName(): TypeExpr {
    const name = this.ident("a name");
    return { at: name.at, name: name.text, args: [] };
  }
}
