/** Whether the end of a block can be reached, from the syntax alone (WGSL specification, "behavior analysis"). */
import type { Stmt } from "./ast.ts";

/** True if no way leads past the statement: each ends in `return`, or turns in a loop for ever. */
export function returns(stmt: Stmt): boolean {
  switch (stmt.kind) {
    case "return":
      return true;
    case "block":
      return stmt.body.some(returns);
    case "if":
      return stmt.otherwise !== undefined && returns(stmt.then) && returns(stmt.otherwise);
    case "switch":
      return stmt.cases.every((c) => returns(c.body) && !breaks(c.body));
    case "loop":
      return !stmt.condition && !stmt.breakIf && !breaks(stmt.body);
    default:
      return false;
  }
}

/** True if a `break` in the statement leaves the loop or switch around it. */
function breaks(stmt: Stmt): boolean {
  if (stmt.kind === "break") return true;
  if (stmt.kind === "block") return stmt.body.some(breaks);
  if (stmt.kind === "if") return breaks(stmt.then) || (stmt.otherwise !== undefined && breaks(stmt.otherwise));
  return false;
}
