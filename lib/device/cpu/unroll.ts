/** Decides which loops are written out, from the syntax alone. */
import type { Expr, LoopStmt, Stmt, Symbol } from "./ast.ts";

/** Most passes of a loop that is written out. */
export const MAX_PASSES = 64;
/** Most nodes of syntax that writing a loop out may produce. */
export const MAX_COST = 12000;
/** A loop whose variable selects no element of a local array is written out only up to this size. */
export const SMALL_COST = 250;

function expressions(stmt: Stmt): Expr[] {
  switch (stmt.kind) {
    case "variable":
      return stmt.init ? [stmt.init] : [];
    case "assign":
      return stmt.target ? [stmt.target, stmt.value] : [stmt.value];
    case "if":
      return [stmt.condition];
    case "switch":
      return [stmt.selector];
    case "loop":
      return [stmt.condition, stmt.breakIf].filter((e): e is Expr => e !== undefined);
    case "return":
      return stmt.value ? [stmt.value] : [];
    case "call":
      return [stmt.call];
    default:
      return [];
  }
}

function inner(stmt: Stmt): Stmt[] {
  switch (stmt.kind) {
    case "block":
      return [...stmt.body];
    case "if":
      return stmt.otherwise ? [stmt.then, stmt.otherwise] : [stmt.then];
    case "switch":
      return stmt.cases.map((c) => c.body);
    case "loop":
      return [stmt.init, stmt.update, stmt.body, stmt.continuing].filter((s): s is Stmt => s !== undefined);
    default:
      return [];
  }
}

function children(e: Expr): Expr[] {
  switch (e.kind) {
    case "index":
      return [e.base, e.index];
    case "member":
      return [e.base];
    case "call":
      return e.args;
    case "unary":
      return [e.arg];
    case "binary":
      return [e.left, e.right];
    default:
      return [];
  }
}

export function eachExpr(stmt: Stmt, f: (e: Expr) => void): void {
  const down = (e: Expr): void => {
    f(e);
    children(e).forEach(down);
  };
  eachStmt(stmt, (s) => expressions(s).forEach(down));
}

export function eachStmt(stmt: Stmt, f: (stmt: Stmt) => void): void {
  f(stmt);
  for (const part of inner(stmt)) eachStmt(part, f);
}

function root(e: Expr): Symbol | undefined {
  if (e.kind === "index" || e.kind === "member") return root(e.base);
  if (e.kind === "unary") return root(e.arg);
  return e.kind === "ident" ? e.symbol : undefined;
}

/** True if a statement may change the variable: by assignment or through its address. */
export function changes(stmt: Stmt, symbol: Symbol): boolean {
  let found = false;
  eachStmt(stmt, (s) => {
    if (s.kind === "assign" && s.target && root(s.target) === symbol) found = true;
  });
  eachExpr(stmt, (e) => {
    if (e.kind === "unary" && e.op === "&" && root(e) === symbol) found = true;
  });
  return found;
}

/** Nodes of syntax in a statement; inner loops with few passes count as often as they run. */
export function cost(stmt: Stmt): number {
  let total = 0;
  eachExpr(stmt, (e) => {
    total += e.kind === "call" ? 4 : 1;
  });
  eachStmt(stmt, (s) => {
    if (s.kind === "loop" && s !== stmt) total += cost(s) * 3;
  });
  return total;
}

/** True if the loop's body picks elements of a local array by something other than a literal. */
export function indexesLocals(loop: LoopStmt): boolean {
  let found = false;
  eachExpr(loop.body, (e) => {
    if (e.kind !== "index" || e.index.value !== undefined) return;
    const symbol = root(e.base);
    if (
      symbol?.space === "function" || symbol?.space === "private" ||
      (symbol?.kind === "let" && symbol.type.kind !== "pointer")
    ) {
      found = true;
    }
    if (symbol?.type.kind === "pointer" && symbol.type.space === "function") found = true;
  });
  return found;
}

/** True if the loop ends early by itself, or returns. */
export function leaves(stmt: Stmt): boolean {
  let found = false;
  eachStmt(stmt, (s) => {
    if (s.kind === "return") found = true;
  });
  return found;
}
