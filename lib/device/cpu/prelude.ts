import type { FunctionDecl } from "./ast.ts";
import { checkLibrary } from "./checker.ts";
import { parse } from "./parser.ts";
import { MATH } from "./prelude_math.ts";
import { BITS } from "./prelude_bits.ts";
import { scalarOf, type Type } from "./types.ts";

let functions: Map<string, FunctionDecl> | undefined;

/** The builtin functions that are themselves written in WGSL. Mathematical ones have the name of the builtin. */
export function library(): Map<string, FunctionDecl> {
  // Inside the library, `builtin_exp(x)` and the like stand for the builtin: a function may not have its name.
  functions ??= new Map(
    [...checkLibrary(parse(MATH + BITS))].map(([name, decl]) => [name.replace(/^builtin_/, ""), decl]),
  );
  return functions;
}

/** The function for a builtin that is written out where it is called; `type` is that of its first argument. */
export function helperDecl(name: string, type: Type): FunctionDecl {
  const decl = library().get(name) ?? library().get(`${name}_${scalarOf(type)}`);
  if (!decl) throw new Error(`the prelude has no ${name} for ${scalarOf(type)}`);
  return decl;
}
