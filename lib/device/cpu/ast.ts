import type { ConstValue, Space, Type } from "./types.ts";

/** A type as written: a name and, between `<` and `>`, types or expressions. */
export interface TypeExpr {
  readonly at: number;
  readonly name: string;
  readonly args: readonly (TypeExpr | Expr)[];
}

/** What the checker learns about an expression. */
export interface Facts {
  readonly at: number;
  /** Type of the value (after a load, if the expression names a place in memory). */
  type?: Type;
  /** Its value, when it is known at compile time. Always set when the type is abstract. */
  value?: ConstValue;
  /** Set when the expression names a place in memory. */
  place?: { readonly space: Space; readonly write: boolean };
}

export interface NumberExpr extends Facts {
  readonly kind: "number";
  readonly text: string;
}
export interface BoolExpr extends Facts {
  readonly kind: "bool";
  readonly truth: boolean;
}
export interface IdentExpr extends Facts {
  readonly kind: "ident";
  readonly name: string;
  symbol?: Symbol;
}
export interface IndexExpr extends Facts {
  readonly kind: "index";
  base: Expr;
  index: Expr;
}
export interface MemberExpr extends Facts {
  readonly kind: "member";
  base: Expr;
  readonly name: string;
}
export interface CallExpr extends Facts {
  readonly kind: "call";
  readonly callee: TypeExpr;
  args: Expr[];
  target?: { kind: "construct"; type: Type } | { kind: "function"; decl: FunctionDecl } | {
    kind: "builtin";
    name: string;
  };
}
export interface UnaryExpr extends Facts {
  readonly kind: "unary";
  /** `-`, `!`, `~`, `&` (address of) or `*` (what a pointer points at). */
  readonly op: string;
  arg: Expr;
}
export interface BinaryExpr extends Facts {
  readonly kind: "binary";
  readonly op: string;
  left: Expr;
  right: Expr;
}
export type Expr = NumberExpr | BoolExpr | IdentExpr | IndexExpr | MemberExpr | CallExpr | UnaryExpr | BinaryExpr;

/** `var`, `let`, `const` or `override`, in a function or outside. */
export interface VariableDecl {
  readonly kind: "variable";
  readonly at: number;
  readonly form: "var" | "let" | "const" | "override";
  readonly name: string;
  readonly space?: string;
  readonly access?: string;
  readonly typeExpr?: TypeExpr;
  init?: Expr;
  readonly attributes: readonly Attribute[];
  symbol?: Symbol;
}
export interface Attribute {
  readonly at: number;
  readonly name: string;
  readonly args: readonly Expr[];
}
export interface Block {
  readonly kind: "block";
  readonly at: number;
  readonly body: readonly Stmt[];
}
export interface AssignStmt {
  readonly kind: "assign";
  readonly at: number;
  /** Undefined for `_ = value`. */
  readonly target?: Expr;
  /** `+` for `+=`; undefined for plain `=`. */
  readonly op?: string;
  value: Expr;
}
export interface IfStmt {
  readonly kind: "if";
  readonly at: number;
  readonly condition: Expr;
  readonly then: Block;
  readonly otherwise?: Block | IfStmt;
}
export interface SwitchStmt {
  readonly kind: "switch";
  readonly at: number;
  readonly selector: Expr;
  readonly cases: readonly { readonly selectors: readonly (Expr | "default")[]; readonly body: Block }[];
}
/** `loop`, `while` and `for` alike. A `for` has `update`, a `loop` may have `continuing` and `breakIf`. */
export interface LoopStmt {
  readonly kind: "loop";
  readonly at: number;
  readonly init?: Stmt;
  readonly condition?: Expr;
  readonly update?: Stmt;
  readonly body: Block;
  readonly continuing?: Block;
  readonly breakIf?: Expr;
}
export interface ReturnStmt {
  readonly kind: "return";
  readonly at: number;
  readonly value?: Expr;
}
export interface JumpStmt {
  readonly kind: "break" | "continue" | "discard";
  readonly at: number;
}
export interface CallStmt {
  readonly kind: "call";
  readonly at: number;
  readonly call: CallExpr;
}
export interface AssertStmt {
  readonly kind: "assert";
  readonly at: number;
  readonly condition: Expr;
}
export type Stmt =
  | VariableDecl
  | Block
  | AssignStmt
  | IfStmt
  | SwitchStmt
  | LoopStmt
  | ReturnStmt
  | JumpStmt
  | CallStmt
  | AssertStmt;

export interface Param {
  readonly at: number;
  readonly name: string;
  readonly typeExpr: TypeExpr;
  readonly attributes: readonly Attribute[];
  symbol?: Symbol;
}
export interface FunctionDecl {
  readonly kind: "function";
  readonly at: number;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly params: readonly Param[];
  readonly resultExpr?: TypeExpr;
  readonly body: Block;
  result?: Type;
  /** Set while and after the checker has been here; `busy` finds recursion. */
  state?: "busy" | "done";
}
export interface StructDecl {
  readonly kind: "struct";
  readonly at: number;
  readonly name: string;
  readonly members: readonly Param[];
}
export interface AliasDecl {
  readonly kind: "alias";
  readonly at: number;
  readonly name: string;
  readonly typeExpr: TypeExpr;
}
export interface Module {
  readonly decls: readonly (VariableDecl | FunctionDecl | StructDecl | AliasDecl | AssertStmt)[];
  /** Extensions named in `enable` directives. */
  readonly enables: readonly { readonly at: number; readonly name: string }[];
}

/** A declared name. One object per declaration; lowering keeps what it knows of a name in maps keyed by it. */
export interface Symbol {
  readonly name: string;
  readonly kind: "const" | "let" | "var" | "function" | "type";
  readonly at: number;
  readonly type: Type;
  readonly value?: ConstValue;
  readonly space?: Space;
  readonly write?: boolean;
  readonly decl?: VariableDecl | FunctionDecl;
}
