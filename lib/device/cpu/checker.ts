import type {
  Block,
  Expr,
  FunctionDecl,
  IfStmt,
  LoopStmt,
  Module,
  Stmt,
  SwitchStmt,
  Symbol,
  VariableDecl,
} from "./ast.ts";
import { ExprChecker } from "./check_expr.ts";
import { didYouMean } from "./hints.ts";
import { Problem } from "./problem.ts";
import {
  BOOL,
  isInteger,
  isMatrix,
  scalarOf,
  sizeOf,
  type Space,
  strideOf,
  type Type,
  typeName,
  VOID,
} from "./types.ts";
import { returns } from "./returns.ts";

/** What to use in the place of an extension. */
const INSTEAD: Readonly<Record<string, string>> = {
  f16: "Use pack2x16float.",
  subgroups: "Use var<workgroup> and workgroupBarrier().",
};

/** A buffer that a kernel binds. */
export interface Bound {
  readonly symbol: Symbol;
  readonly binding: number;
  /** Fewest bytes the binding needs. */
  readonly minBytes: number;
}

/** A module with every type known, and its overrides fixed. */
export interface Checked {
  readonly entry: FunctionDecl;
  readonly workgroupSize: readonly [number, number, number];
  /** Buffers in the module, whether the entry point uses them or not. */
  readonly bound: readonly Bound[];
}

const BUILTIN_INPUTS: Readonly<Record<string, string>> = {
  local_invocation_id: "vec3<u32>",
  local_invocation_index: "u32",
  global_invocation_id: "vec3<u32>",
  workgroup_id: "vec3<u32>",
  num_workgroups: "vec3<u32>",
};

/** Highest number of a binding: kernels have room for 32. */
const MAX_BINDING = 31;

class Checker extends ExprChecker {
  private readonly bound: Bound[] = [];
  private result: Type = VOID;
  private loops = 0;
  private breakable = 0;

  check(entryName: string): Checked {
    for (const { at, name } of this.module.enables) {
      throw new Problem(
        at,
        `the extension ${name} is outside the subset`,
        INSTEAD[name] ?? "Leave the line out if the kernel does not need it.",
      );
    }
    this.checkConstants();
    for (const decl of this.module.decls) {
      if (decl.kind === "assert") this.assertion(decl.condition);
      else if (decl.kind === "variable") this.lookup(decl.name);
    }
    const entry = this.entryPoint(entryName);
    this.checkFunction(entry, entry.at);
    this.checkInputs(entry);
    return { entry, workgroupSize: this.workgroupSize(entry), bound: this.bound };
  }

  private entryPoint(name: string): FunctionDecl {
    const functions = this.module.decls.filter((d): d is FunctionDecl => d.kind === "function");
    const stage = (f: FunctionDecl) =>
      f.attributes.find((a) => a.name === "compute" || a.name === "vertex" || a.name === "fragment")?.name;
    const entry = functions.find((f) => f.name === name);
    if (entry && stage(entry) === "compute") return entry;
    const compute = functions.filter((f) => stage(f) === "compute").map((f) => f.name);
    const found = entry ? [entry] : functions.filter(stage);
    const list = found.map((f) => `${stage(f) ? `@${stage(f)} ` : ""}fn ${f.name}`).join(", ") || "none";
    throw new Problem(
      entry?.at ?? 0,
      `expected the entry point @compute fn ${name} but found ${list}`,
      compute.length > 0
        ? `Choose one with entry: ${compute.map((other) => JSON.stringify(other)).join(" or ")}.`
        : `An entry point looks like this: @compute @workgroup_size(64) fn ${name}(…) { … }`,
    );
  }

  /** Checks all functions of a module without entry point, and lists them. */
  library(): Map<string, FunctionDecl> {
    const decls = this.module.decls.filter((d): d is FunctionDecl => d.kind === "function");
    for (const decl of decls) this.checkFunction(decl, decl.at);
    return new Map(decls.map((decl) => [decl.name, decl]));
  }

  private checkConstants(): void {
    const overrides = this.module.decls.filter((d): d is VariableDecl =>
      d.kind === "variable" && d.form === "override"
    );
    const keys = overrides.map((d) => {
      const id = d.attributes.find((a) => a.name === "id")?.args[0];
      return id ? String(this.constant(id, "an id")) : d.name;
    });
    for (const name of Object.keys(this.constants)) {
      if (!keys.includes(name)) {
        throw new Problem(
          0,
          `the constant ${name} has no override in this kernel; it has ${keys.join(", ") || "none"}`,
        );
      }
    }
  }

  private checkInputs(entry: FunctionDecl): void {
    for (const param of entry.params) {
      const type = param.symbol!.type;
      const builtin = param.attributes.find((a) => a.name === "builtin")?.args[0];
      const inputs = type.kind === "struct" && !builtin
        ? type.members.map((m) => ({ name: m.builtin, type: m.type }))
        : [{ name: builtin?.kind === "ident" ? builtin.name : undefined, type }];
      for (const input of inputs) {
        const names = Object.keys(BUILTIN_INPUTS);
        if (!names.includes(input.name ?? "")) {
          const found = input.name ? `but found ${input.name}` : "";
          throw new Problem(
            param.at,
            `an input needs @builtin(…), one of ${names.join(", ")}${found && `, ${found}`}`,
            input.name ? didYouMean(input.name, names) : undefined,
          );
        }
        const wanted = BUILTIN_INPUTS[input.name!];
        if (typeName(input.type) !== wanted) throw new Problem(param.at, `${input.name} is ${wanted}`);
      }
    }
  }

  private workgroupSize(entry: FunctionDecl): [number, number, number] {
    const attribute = entry.attributes.find((a) => a.name === "workgroup_size");
    if (!attribute) {
      throw new Problem(entry.at, `${entry.name} needs @workgroup_size`, "Write @workgroup_size(64) before fn.");
    }
    if (attribute.args.length < 1 || attribute.args.length > 3) {
      throw new Problem(attribute.at, `expected 1 to 3 workgroup sizes but found ${attribute.args.length}`);
    }
    const [x, y = 1, z = 1] = attribute.args.map((arg) => this.constant(arg, "a workgroup size"));
    if (Math.min(x, y, z) < 1) {
      throw new Problem(attribute.at, `a workgroup size is at least 1, but this is ${x}, ${y}, ${z}`);
    }
    return [x, y, z];
  }

  protected constant(e: Expr, what: string): number {
    const type = this.concrete(e);
    if (e.value === undefined || type.kind !== "scalar" || !isInteger(type.scalar)) {
      throw new Problem(e.at, `${what} must be an integer known at compile time`);
    }
    return e.value as number;
  }

  private assertion(condition: Expr): void {
    this.convert(condition, BOOL, "const_assert");
    if (condition.value === undefined) {
      throw new Problem(condition.at, "const_assert needs a value known at compile time");
    }
    if (!condition.value) throw new Problem(condition.at, "this const_assert does not hold");
  }

  /** Type and value of a declared name, from what is written. */
  private declared(decl: VariableDecl): { type: Type; value: Expr["value"] } {
    const written = decl.typeExpr ? this.type(decl.typeExpr) : undefined;
    if (decl.form === "override") {
      const given = this.overrideValue(decl, written ?? (decl.init ? this.concrete(decl.init) : undefined));
      if (given) return given;
      if (!decl.init) {
        throw new Problem(decl.at, `the override ${decl.name} has no value`, "Give it among the constants.");
      }
    }
    if (decl.init && written) this.convert(decl.init, written, decl.name);
    else if (decl.init && decl.form === "const") this.expr(decl.init);
    else if (decl.init) this.concrete(decl.init);
    const type = written ?? decl.init?.type;
    if (!type || type.kind === "void") throw new Problem(decl.at, `${decl.name} needs a type or a value`);
    const known = decl.form === "const" || decl.form === "override";
    if (known && decl.init?.value === undefined) {
      throw new Problem(
        decl.at,
        `the value of ${decl.name} is not known at compile time`,
        decl.form === "const" ? "Use let." : undefined,
      );
    }
    return { type, value: known ? decl.init!.value : undefined };
  }

  protected globalVariable(decl: VariableDecl): Symbol {
    const { type, value } = this.declared(decl);
    const base = { name: decl.name, at: decl.at, type, decl };
    if (decl.form !== "var") return decl.symbol = { ...base, kind: "const", value };
    const space = decl.space as Space | undefined;
    if (!space || !["private", "workgroup", "uniform", "storage"].includes(space)) {
      throw new Problem(
        decl.at,
        `${decl.name} needs an address space: var<storage>, var<uniform>, var<workgroup> or var<private>`,
      );
    }
    const write = space === "private" || space === "workgroup" || decl.access === "read_write";
    decl.symbol = { ...base, kind: "var", space, write };
    if (space === "storage" || space === "uniform") this.bind(decl, decl.symbol);
    return decl.symbol;
  }

  private bind(decl: VariableDecl, symbol: Symbol): void {
    const find = (name: string) => decl.attributes.find((a) => a.name === name)?.args[0];
    const [group, binding] = [find("group"), find("binding")];
    if (!group || !binding) throw new Problem(decl.at, `${decl.name} needs @group(0) and @binding(…)`);
    if (this.constant(group, "a group") !== 0) {
      throw new Problem(group.at, "all buffers are in @group(0)", "Move it there, with a binding of its own.");
    }
    const index = this.constant(binding, "a binding");
    if (index < 0 || index > MAX_BINDING) {
      throw new Problem(binding.at, `expected a binding of 0 to ${MAX_BINDING} but found ${index}`);
    }
    this.checkHostType(decl, symbol.type);
    this.bound.push({ symbol, binding: index, minBytes: sizeOf(symbol.type) });
  }

  private checkHostType(decl: VariableDecl, type: Type): void {
    if (scalarOf(type) === "bool") throw new Problem(decl.at, "a buffer cannot hold bool", "Use u32.");
    if (type.kind === "struct") { for (const member of type.members) this.checkHostType(decl, member.type); }
    if (type.kind !== "array") return;
    if (decl.space === "uniform" && !isMatrix(type) && strideOf(type) % 16 !== 0) {
      throw new Problem(
        decl.at,
        `in a uniform, elements of an array lie 16 bytes apart, but these lie ${strideOf(type)} apart`,
        "Use vec4 elements, or var<storage>.",
      );
    }
    this.checkHostType(decl, type.element);
  }

  protected checkFunction(decl: FunctionDecl, at: number): void {
    if (decl.state === "done") return;
    if (decl.state === "busy") throw new Problem(at, `${decl.name} calls itself; WGSL has no recursion`);
    decl.state = "busy";
    const saved = { result: this.result, loops: this.loops, breakable: this.breakable };
    decl.result = decl.resultExpr ? this.type(decl.resultExpr) : VOID;
    Object.assign(this, { result: decl.result, loops: 0, breakable: 0 });
    this.outside(() =>
      this.enter(() => {
        for (const param of decl.params) {
          param.symbol = this.declare({ kind: "let", name: param.name, at: param.at, type: this.type(param.typeExpr) });
        }
        this.statements(decl.body);
      })
    );
    if (decl.result.kind !== "void" && !returns(decl.body)) {
      throw new Problem(decl.at, `${decl.name} must return a ${typeName(decl.result)}, but its end can be reached`);
    }
    Object.assign(this, saved);
    decl.state = "done";
  }

  private block(block: Block): void {
    this.enter(() => this.statements(block));
  }

  private statements(block: Block): void {
    for (const stmt of block.body) this.statement(stmt);
  }

  private statement(stmt: Stmt): void {
    switch (stmt.kind) {
      case "variable":
        return this.local(stmt);
      case "block":
        return this.block(stmt);
      case "assign":
        return this.assign(stmt);
      case "if":
        return this.ifStmt(stmt);
      case "switch":
        return this.switchStmt(stmt);
      case "loop":
        return this.loop(stmt);
      case "call":
        this.expr(stmt.call);
        if (stmt.call.target!.kind === "construct") throw new Problem(stmt.at, "this value is not used");
        return;
      case "assert":
        return this.assertion(stmt.condition);
      case "return":
        if (stmt.value) this.convert(stmt.value, this.result, "return");
        else if (this.result.kind !== "void") throw new Problem(stmt.at, `return needs a ${typeName(this.result)}`);
        return;
      case "discard":
        throw new Problem(stmt.at, "discard has no meaning in a compute shader", "Use return.");
      default:
        if ((stmt.kind === "continue" ? this.loops : this.breakable) === 0) {
          throw new Problem(stmt.at, `${stmt.kind} outside a loop`);
        }
    }
  }

  private local(decl: VariableDecl): void {
    if (decl.form === "override") throw new Problem(decl.at, "override stands outside functions", "Use const or let.");
    const { type, value } = this.declared(decl);
    if (decl.form === "let" && !decl.init) throw new Problem(decl.at, `let ${decl.name} needs a value`);
    const base = { name: decl.name, at: decl.at, type, decl };
    if (decl.form === "const") decl.symbol = { ...base, kind: "const", value };
    else if (decl.form === "let") decl.symbol = { ...base, kind: "let" };
    else decl.symbol = { ...base, kind: "var", space: "function", write: true };
    this.declare(decl.symbol);
  }

  private assign(stmt: Extract<Stmt, { kind: "assign" }>): void {
    if (!stmt.target) {
      this.concrete(stmt.value);
      return;
    }
    const type = this.expr(stmt.target);
    if (!stmt.target.place) {
      const hint = stmt.target.kind === "member"
        ? "Set components one at a time: v.x = …; v.y = …;"
        : "Only a var can be set.";
      throw new Problem(stmt.at, "this cannot be assigned to", hint);
    }
    if (!stmt.target.place.write) {
      throw new Problem(stmt.at, "this buffer is read-only", "Declare it var<storage, read_write>.");
    }
    if (stmt.op) {
      stmt.value = {
        kind: "binary",
        at: stmt.at,
        op: stmt.op,
        left: { ...stmt.target, value: undefined },
        right: stmt.value,
      };
    }
    this.convert(stmt.value, type, "this variable");
  }

  private ifStmt(stmt: IfStmt): void {
    this.convert(stmt.condition, BOOL, "if");
    this.block(stmt.then);
    if (stmt.otherwise?.kind === "if") this.ifStmt(stmt.otherwise);
    else if (stmt.otherwise) this.block(stmt.otherwise);
  }

  private switchStmt(stmt: SwitchStmt): void {
    const selectors = stmt.cases.flatMap((c) => c.selectors).filter((s): s is Expr => s !== "default");
    this.unify([stmt.selector, ...selectors], "switch");
    const type = this.concrete(stmt.selector);
    if (!isInteger(scalarOf(type))) throw new Problem(stmt.at, `switch needs an integer but this is ${typeName(type)}`);
    for (const selector of selectors) {
      this.convert(selector, type, "case");
      if (selector.value === undefined) throw new Problem(selector.at, "case needs a value known at compile time");
    }
    this.breakable++;
    for (const { body } of stmt.cases) this.block(body);
    this.breakable--;
  }

  private loop(stmt: LoopStmt): void {
    this.enter(() => {
      if (stmt.init) this.statement(stmt.init);
      if (stmt.condition) this.convert(stmt.condition, BOOL, "the condition of this loop");
      if (stmt.update) this.statement(stmt.update);
      this.loops++;
      this.breakable++;
      this.enter(() => {
        this.statements(stmt.body);
        // `continuing` sees the names of the body.
        if (stmt.continuing) this.statements(stmt.continuing);
        if (stmt.breakIf) this.convert(stmt.breakIf, BOOL, "break if");
      });
      this.loops--;
      this.breakable--;
    });
  }
}

/** Checks the types of what the entry point uses. @throws Problem */
export function check(module: Module, constants: Readonly<Record<string, number>>, entry: string): Checked {
  return new Checker(module, constants).check(entry);
}

/** Checks a module that holds only functions, and lists them by name. @throws Problem */
export function checkLibrary(module: Module): Map<string, FunctionDecl> {
  return new Checker(module, {}).library();
}
