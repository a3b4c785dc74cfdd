import type {
  AliasDecl,
  AssertStmt,
  Attribute,
  Block,
  FunctionDecl,
  IfStmt,
  LoopStmt,
  Module,
  Param,
  Stmt,
  StructDecl,
  SwitchStmt,
  VariableDecl,
} from "./ast.ts";
import { ExprParser } from "./parse_expr.ts";
import { Problem } from "./problem.ts";

const ASSIGNMENTS = ["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<="];
/** Language extensions that may stand after `requires` (WGSL §4.1.2). */
const LANGUAGE_FEATURES = [
  "packed_4x8_integer_dot_product",
  "pointer_composite_access",
  "readonly_and_readwrite_storage_textures",
  "unrestricted_pointer_parameters",
];

/** Reads WGSL text by recursive descent; one method per rule of the grammar. */
class Parser extends ExprParser {
  module(): Module {
    const decls: Module["decls"][number][] = [];
    const enables: { at: number; name: string }[] = [];
    for (;;) {
      while (this.accept(";"));
      if (this.token.kind === "end") return { decls, enables };
      if (this.is("enable") || this.is("requires") || this.is("diagnostic")) this.directive(enables);
      else decls.push(this.declaration());
    }
  }

  /** `enable a, b;`, `requires a, b;` or `diagnostic(…);`, which changes no result. */
  private directive(enables: { at: number; name: string }[]): void {
    const kind = this.next().text;
    if (kind === "diagnostic") {
      this.expect("(");
      this.list(")", () => this.expression());
      this.expect(";");
      return;
    }
    for (const { at, text } of this.list(";", () => this.ident("the name of an extension"))) {
      if (kind === "enable") enables.push({ at, name: text });
      else if (!LANGUAGE_FEATURES.includes(text)) {
        throw new Problem(
          at,
          `the language feature ${text} is outside the subset, which has ${LANGUAGE_FEATURES.join(", ")}`,
        );
      }
    }
  }

  private attributes(): Attribute[] {
    const found: Attribute[] = [];
    while (this.is("@")) {
      const at = this.next().at;
      const name = this.ident("an attribute's name").text;
      found.push({ at, name, args: this.accept("(") ? this.list(")", () => this.expression()) : [] });
    }
    return found;
  }

  private declaration(): Module["decls"][number] {
    const attributes = this.attributes();
    switch (this.token.text) {
      case "fn":
        return this.functionDecl(attributes);
      case "struct":
        return this.struct();
      case "alias":
        return this.alias();
      case "const_assert":
        return this.assertion();
      case "var":
      case "const":
      case "override": {
        const decl = this.variable(attributes);
        this.expect(";");
        return decl;
      }
    }
    throw new Problem(
      this.token.at,
      `expected a declaration but found ${this.found()}`,
      this.is("let")
        ? "Outside functions, use const or override."
        : "One begins with fn, struct, var, const, override or alias.",
    );
  }

  private alias(): AliasDecl {
    const at = this.next().at;
    const name = this.newName().text;
    this.expect("=");
    const typeExpr = this.type();
    this.expect(";");
    return { kind: "alias", at, name, typeExpr };
  }

  private param(): Param {
    const attributes = this.attributes();
    const name = this.newName();
    this.expect(":");
    return { at: name.at, name: name.text, typeExpr: this.type(), attributes };
  }

  private struct(): StructDecl {
    this.next();
    const name = this.newName();
    this.expect("{");
    return { kind: "struct", at: name.at, name: name.text, members: this.list("}", () => this.param()) };
  }

  private functionDecl(attributes: Attribute[]): FunctionDecl {
    this.next();
    const name = this.newName("a function's name");
    this.expect("(");
    const params = this.list(")", () => this.param());
    let resultExpr;
    if (this.accept("->")) {
      this.attributes();
      resultExpr = this.type();
    }
    return { kind: "function", at: name.at, name: name.text, attributes, params, resultExpr, body: this.block() };
  }

  private variable(attributes: Attribute[]): VariableDecl {
    const form = this.next().text as VariableDecl["form"];
    let space, access;
    if (form === "var" && this.accept("<")) {
      [space, access] = this.list(">", () => this.ident("an address space and an access mode").text);
    }
    const name = this.newName();
    const typeExpr = this.accept(":") ? this.type() : undefined;
    const init = this.accept("=") ? this.expression() : undefined;
    return { kind: "variable", at: name.at, form, name: name.text, space, access, typeExpr, init, attributes };
  }

  private assertion(): AssertStmt {
    const at = this.next().at;
    const condition = this.expression();
    this.expect(";");
    return { kind: "assert", at, condition };
  }

  private block(): Block {
    this.attributes();
    const at = this.expect("{").at;
    const body: Stmt[] = [];
    while (!this.accept("}")) {
      if (this.token.kind === "end") throw new Problem(at, "this block has no end", "Close it with }.");
      if (!this.accept(";")) body.push(this.statement());
    }
    return { kind: "block", at, body };
  }

  private statement(): Stmt {
    this.attributes();
    const at = this.token.at;
    switch (this.token.text) {
      case "{":
        return this.block();
      case "if":
        return this.ifStmt();
      case "for":
        return this.forStmt();
      case "while": {
        this.next();
        return { kind: "loop", at, condition: this.expression(), body: this.block() };
      }
      case "loop":
        return this.loopStmt();
      case "switch":
        return this.switchStmt();
      case "const_assert":
        return this.assertion();
    }
    const simple = this.simple();
    this.expect(";");
    return simple;
  }

  /** A statement that ends with a semicolon. */
  private simple(): Stmt {
    const at = this.token.at;
    if (this.is("return")) {
      this.next();
      return { kind: "return", at, value: this.is(";") ? undefined : this.expression() };
    }
    if (this.is("break") || this.is("continue") || this.is("discard")) {
      return { kind: this.next().text as "break" | "continue" | "discard", at };
    }
    if (this.is("var") || this.is("let") || this.is("const")) return this.variable([]);
    return this.update();
  }

  /** Assignment, `++`, `--` or a call. */
  private update(): Stmt {
    const at = this.token.at;
    if (this.is("_") && this.peek(1).text === "=") {
      this.position += 2;
      return { kind: "assign", at, value: this.expression() };
    }
    const target = this.unary();
    const where = this.token.at;
    if (target.kind === "call" && (this.is(";") || this.is(")") || this.is("{"))) {
      return { kind: "call", at, call: target };
    }
    const text = this.token.text;
    if (this.accept("++") || this.accept("--")) {
      return { kind: "assign", at: where, target, op: text[0], value: { kind: "number", at: where, text: "1" } };
    }
    if (this.accept("=")) return { kind: "assign", at: where, target, value: this.expression() };
    if (ASSIGNMENTS.includes(text)) {
      this.next();
      return { kind: "assign", at: where, target, op: text.slice(0, -1), value: this.expression() };
    }
    if (text === ">" && this.peek(1).text === ">" && this.peek(2).text === "=") {
      this.position += 3;
      return { kind: "assign", at: where, target, op: ">>", value: this.expression() };
    }
    throw new Problem(
      where,
      `expected an assignment or a call but found ${this.found()}`,
      target.kind === "ident" && this.token.kind === "ident"
        ? `To declare ${this.token.text}, write var ${this.token.text} = …; or let ${this.token.text} = …;`
        : undefined,
    );
  }

  private ifStmt(): IfStmt {
    const at = this.next().at;
    const condition = this.expression();
    const then = this.block();
    const otherwise = this.accept("else") ? this.is("if") ? this.ifStmt() : this.block() : undefined;
    return { kind: "if", at, condition, then, otherwise };
  }

  private forStmt(): LoopStmt {
    const at = this.next().at;
    this.expect("(");
    const init = this.is(";") ? undefined : this.simple();
    this.expect(";");
    const condition = this.is(";") ? undefined : this.expression();
    this.expect(";");
    const update = this.is(")") ? undefined : this.update();
    this.expect(")");
    return { kind: "loop", at, init, condition, update, body: this.block() };
  }

  private loopStmt(): LoopStmt {
    const at = this.next().at;
    this.attributes();
    const start = this.expect("{").at;
    const { body, tail } = this.loopBody(start);
    if (!tail) return { kind: "loop", at, body: { kind: "block", at: start, body } };
    this.expect("}", "Nothing may follow `continuing` in a loop.");
    return { kind: "loop", at, body: { kind: "block", at: start, body }, ...tail };
  }

  private loopBody(start: number) {
    const body: Stmt[] = [];
    while (!this.accept("}")) {
      if (this.token.kind === "end") throw new Problem(start, "this block has no end", "Close it with }.");
      if (this.accept("continuing")) return { body, tail: this.continuing() };
      if (!this.accept(";")) body.push(this.statement());
    }
    return { body };
  }

  private continuing(): { continuing: Block; breakIf?: LoopStmt["breakIf"] } {
    this.attributes();
    const at = this.expect("{").at;
    const body: Stmt[] = [];
    while (!this.accept("}")) {
      if (this.token.kind === "end") throw new Problem(at, "this block has no end", "Close it with }.");
      if (this.is("break") && this.peek(1).text === "if") {
        this.position += 2;
        const breakIf = this.expression();
        this.expect(";");
        this.expect("}", "`break if` is the last statement of `continuing`.");
        return { continuing: { kind: "block", at, body }, breakIf };
      }
      if (!this.accept(";")) body.push(this.statement());
    }
    return { continuing: { kind: "block", at, body } };
  }

  private switchStmt(): SwitchStmt {
    const at = this.next().at;
    const selector = this.expression();
    this.attributes();
    this.expect("{");
    const cases: SwitchStmt["cases"][number][] = [];
    while (!this.accept("}")) {
      const selectors: SwitchStmt["cases"][number]["selectors"][number][] = [];
      if (this.accept("default")) selectors.push("default");
      else {
        this.expect("case");
        do {
          if (this.is(":") || this.is("{")) break;
          selectors.push(this.accept("default") ? "default" : this.expression());
        } while (this.accept(","));
      }
      this.accept(":");
      cases.push({ selectors, body: this.block() });
    }
    return { kind: "switch", at, selector, cases };
  }
}

/** Reads a WGSL module. @throws Problem at the first token that does not fit the grammar. */
export function parse(code: string): Module {
  return new Parser(code).module();
}
