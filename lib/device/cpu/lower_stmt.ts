import type { Block, Expr, FunctionDecl, IfStmt, LoopStmt, Stmt, SwitchStmt, Symbol, VariableDecl } from "./ast.ts";
import { constOf, type Node, op, type Statement } from "./ir.ts";
import { BuiltinLowering } from "./lower_builtin.ts";
import { leafCount, type Place, type Value } from "./values.ts";
import { changes, cost, indexesLocals, leaves, MAX_COST, MAX_PASSES, SMALL_COST } from "./unroll.ts";
import { sizeOf } from "./types.ts";

/** Arrays with more leaves than this live in memory from the start. */
const MAX_SLOT_LEAVES = 96;

/** Where a function leaves its result: in locals or, if it is large, in memory. */
type Result = { readonly locals: readonly number[] } | { readonly place: Place };

interface Target {
  readonly label: number;
  uses: number;
}

/** Lowers statements. Functions are written out where they are called: WGSL has no recursion. */
export abstract class StmtLowering extends BuiltinLowering {
  /** Variables that were found to need an address. */
  abstract readonly inMemory: ReadonlySet<Symbol>;
  private breaks: Target[] = [];
  private continues: Target[] = [];
  private returns: { target: Target; result: Result }[] = [];

  /** Runs `body` and puts a block around what it emits, if something jumps out of it. */
  protected around(body: (target: Target) => void): void {
    const target = { label: this.newLabel(), uses: 0 };
    const statements = this.collect(() => body(target));
    const last = statements[statements.length - 1];
    if (last?.s === "jump" && last.label === target.label && !last.condition) {
      // A jump from the end to the end.
      statements.pop();
      target.uses--;
    }
    if (target.uses > 0) this.emit({ s: "block", label: target.label, body: statements });
    else for (const statement of statements) this.emit(statement);
  }

  private jump(target: Target, condition?: Node): void {
    target.uses++;
    this.emit({ s: "jump", label: target.label, condition });
  }

  /** Lowers a function's body; `return` leads to its end. */
  protected body(decl: FunctionDecl): Value {
    const type = decl.result!;
    const last = decl.body.body[decl.body.body.length - 1];
    const before = decl.body.body.slice(0, -1);
    if (last?.kind === "return" && last.value && !before.some(leaves)) {
      before.forEach((stmt) => this.statement(stmt));
      return this.expr(last.value);
    }
    const large = type.kind !== "void" && !this.small(type);
    const slot = type.kind === "void" || large ? undefined : this.newSlot(type);
    const place = this.framePlace(type, large ? this.allocateFrame(sizeOf(type)) : 0);
    const result = large ? { place } : { locals: slot ? this.slotLocals(slot) : [] };
    const [breaks, continues] = [this.breaks, this.continues];
    [this.breaks, this.continues] = [[], []];
    this.around((target) => {
      this.returns.push({ target, result });
      this.statements(decl.body);
      this.returns.pop();
    });
    [this.breaks, this.continues] = [breaks, continues];
    return large ? this.read(place) : { type, parts: slot ? this.slotValue(slot) : [] };
  }

  protected inline(decl: FunctionDecl, args: readonly Expr[]): Value {
    const plain = args.filter((arg) => arg.type!.kind !== "pointer");
    const values = this.inOrder(plain, (arg) => this.settle(this.expr(arg)));
    args.forEach((arg, i) => {
      if (arg.type!.kind === "pointer") this.bindPointer(decl.params[i].symbol!, arg);
    });
    let next = 0;
    for (const param of decl.params) {
      if (param.symbol!.type.kind !== "pointer") this.values.set(param.symbol!, values[next++]);
    }
    return this.body(decl);
  }

  protected inlineValues(decl: FunctionDecl, args: readonly Value[]): Value {
    decl.params.forEach((param, i) => this.values.set(param.symbol!, this.settle(args[i])));
    return this.body(decl);
  }

  protected statements(block: Block): void {
    for (const stmt of block.body) {
      this.statement(stmt);
      // What follows a jump is never reached.
      const last = this.current[this.current.length - 1];
      if (last?.s === "jump" && !last.condition) return;
    }
  }

  private statement(stmt: Stmt): void {
    switch (stmt.kind) {
      case "variable":
        return this.variable(stmt);
      case "block":
        return this.statements(stmt);
      case "assign":
        return this.assign(stmt);
      case "if":
        return this.ifStmt(stmt);
      case "switch":
        return this.switchStmt(stmt);
      case "loop":
        return this.loopStmt(stmt);
      case "call":
        this.expr(stmt.call);
        return;
      case "return":
        return this.returnStmt(stmt.value);
      case "break":
        return this.jump(this.breaks[this.breaks.length - 1]);
      case "continue":
        return this.jump(this.continues[this.continues.length - 1]);
    }
  }

  private returnStmt(value?: Expr): void {
    const { target, result } = this.returns[this.returns.length - 1];
    if (value && "place" in result) this.write(result.place, this.expr(value));
    else if (value && "locals" in result) this.setAll(result.locals, this.expr(value).parts);
    this.jump(target);
  }

  private variable(decl: VariableDecl): void {
    const symbol = decl.symbol!;
    if (decl.form === "const") return;
    if (decl.form === "let") {
      if (symbol.type.kind === "pointer") return this.bindPointer(symbol, decl.init!);
      return this.bindValue(symbol, this.expr(decl.init!));
    }
    const value = decl.init && this.expr(decl.init);
    const place = this.newVariable(symbol);
    this.write(place, value ?? this.zero(symbol.type));
  }

  /** Room for a variable of this invocation: locals if that is possible, else memory. */
  protected newVariable(symbol: Symbol): Place {
    const type = symbol.type;
    let place: Place;
    if (this.inMemory.has(symbol) || leafCount(type) > MAX_SLOT_LEAVES) {
      place = this.framePlace(type, this.allocateFrame(sizeOf(type)));
    } else place = { at: "slot", type, slot: this.newSlot(type) };
    this.places.set(symbol, place);
    return place;
  }

  private assign(stmt: Extract<Stmt, { kind: "assign" }>): void {
    if (!stmt.target) {
      if (stmt.value.type!.kind === "pointer") this.place(stmt.value);
      else this.expr(stmt.value);
      return;
    }
    if (stmt.op && stmt.value.kind === "binary") {
      const place = this.place(stmt.target);
      const { right } = stmt.value;
      const fixed = place.at === "memory" ? this.pinned(place) : place;
      const binary = stmt.value;
      const sides = this.inOrder([0, 1], (side) => side === 0 ? this.read(fixed) : this.expr(right));
      return this.write(fixed, this.binary(binary, sides));
    }
    const place = this.place(stmt.target);
    const kept = place.at === "memory" && !this.simpleRight(stmt.value) ? this.pinned(place) : place;
    this.write(kept, this.expr(stmt.value));
  }

  /** True if computing the expression cannot change a variable. */
  private simpleRight(e: Expr): boolean {
    let simple = true;
    const look = (x: Expr): void => {
      if (x.kind === "call" && (x.target!.kind === "function" || x.callee.name.startsWith("atomic"))) simple = false;
      if (x.kind === "call") x.args.forEach(look);
      else if (x.kind === "binary") [x.left, x.right].forEach(look);
      else if (x.kind === "unary") look(x.arg);
      else if (x.kind === "index") [x.base, x.index].forEach(look);
      else if (x.kind === "member") look(x.base);
    };
    look(e);
    return simple;
  }

  private ifStmt(stmt: IfStmt): void {
    const condition = this.node(stmt.condition);
    const known = constOf(condition);
    const otherwise = () => {
      if (stmt.otherwise?.kind === "if") this.ifStmt(stmt.otherwise);
      else if (stmt.otherwise) this.statements(stmt.otherwise);
    };
    if (known !== undefined) return known ? this.statements(stmt.then) : otherwise();
    this.emit({
      s: "if",
      condition,
      then: this.collect(() => this.statements(stmt.then)),
      otherwise: this.collect(otherwise),
    });
  }

  private switchStmt(stmt: SwitchStmt): void {
    const selector = this.once(this.node(stmt.selector));
    const other = stmt.cases.find((c) => c.selectors.includes("default"));
    const chosen = stmt.cases.filter((c) => c !== other);
    const from = (i: number): void => {
      if (i === chosen.length) {
        if (other) this.statements(other.body);
        return;
      }
      const tests = chosen[i].selectors.map((s) => op("i32.eq", selector, this.node(s as Expr)));
      const condition = tests.reduce((a, b) => op("i32.or", a, b));
      const known = constOf(condition);
      if (known !== undefined) return known ? this.statements(chosen[i].body) : from(i + 1);
      const then = this.collect(() => this.statements(chosen[i].body));
      this.emit({ s: "if", condition, then, otherwise: this.collect(() => from(i + 1)) });
    };
    this.around((target) => {
      this.breaks.push(target);
      from(0);
      this.breaks.pop();
    });
  }

  private loopStmt(stmt: LoopStmt): void {
    const passes = this.passes(stmt);
    if (passes) return this.writeOut(stmt, passes);
    if (stmt.init) this.statement(stmt.init);
    this.around((exit) => {
      const label = this.newLabel();
      const body = this.collect(() => {
        if (stmt.condition) this.jump(exit, op("i32.eqz", this.node(stmt.condition)));
        this.pass(stmt, exit);
        if (stmt.continuing) this.statements(stmt.continuing);
        if (stmt.update) this.statement(stmt.update);
        if (stmt.breakIf) this.jump(exit, this.node(stmt.breakIf));
        this.emit({ s: "jump", label });
      });
      this.emit({ s: "loop", label, body });
    });
  }

  /** One pass of a loop's body. */
  private pass(stmt: LoopStmt, exit: Target): void {
    this.around((target) => {
      this.breaks.push(exit);
      this.continues.push(target);
      this.statements(stmt.body);
      this.breaks.pop();
      this.continues.pop();
    });
  }

  /** Values that the variable of a `for` takes, if they are known and the loop is worth writing out. */
  private passes(stmt: LoopStmt): Value[] | undefined {
    const { init, condition, update, body } = stmt;
    if (init?.kind !== "variable" || init.form !== "var" || !init.init || !condition || update?.kind !== "assign") {
      return undefined;
    }
    const symbol = init.symbol!;
    if (update.target?.kind !== "ident" || update.target.symbol !== symbol || changes(body, symbol)) return undefined;
    const size = cost(body);
    const found: Value[] = [];
    const scratch: Statement[] = [];
    const known = this.quietly(scratch, () => {
      let value = this.expr(init.init!);
      while (found.length <= MAX_PASSES) {
        if (constOf(value.parts[0]) === undefined) return false;
        this.values.set(symbol, value);
        const go = constOf(this.node(condition));
        if (go === undefined) return false;
        if (!go) return true;
        found.push(value);
        value = this.expr(update.value);
      }
      return false;
    });
    this.values.delete(symbol);
    if (!known || scratch.length > 0 || found.length * size > MAX_COST) return undefined;
    return indexesLocals(stmt) || found.length <= 1 || found.length * size <= SMALL_COST ? found : undefined;
  }

  private quietly<T>(statements: Statement[], body: () => T): T {
    let result!: T;
    statements.push(...this.collect(() => result = body()));
    return result;
  }

  private writeOut(stmt: LoopStmt, passes: readonly Value[]): void {
    const symbol = (stmt.init as VariableDecl).symbol!;
    this.around((exit) => {
      for (const value of passes) {
        this.values.set(symbol, value);
        this.pass(stmt, exit);
      }
    });
    this.values.delete(symbol);
  }
}
