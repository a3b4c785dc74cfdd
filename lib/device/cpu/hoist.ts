/** Moves computations that do not change in a loop before it, and shares equal ones among them. */
import { bodiesOf, isConst, type Kind, local, type Node, type Statement, walk } from "./ir.ts";
import { sum } from "./builder.ts";

/** Text that is equal for equal computations. */
function key(node: Node): string {
  return `${node.op}:${node.imm ?? ""}:${node.lanes ?? ""}(${node.args.map(key).join(",")})`;
}

/** Rewrites the nodes that a statement evaluates itself. */
function rewrite(s: Statement, f: (node: Node) => Node): void {
  switch (s.s) {
    case "set":
      s.value = f(s.value);
      break;
    case "store":
      s.address = f(s.address);
      s.value = f(s.value);
      break;
    case "fill":
      s.address = f(s.address);
      s.bytes = f(s.bytes);
      break;
    case "copy":
      s.to = f(s.to);
      s.from = f(s.from);
      break;
    case "if":
      s.condition = f(s.condition);
      break;
    case "jump":
      if (s.condition) s.condition = f(s.condition);
  }
}

class Hoister {
  constructor(private readonly locals: Kind[]) {}

  list(body: Statement[]): Statement[] {
    const out: Statement[] = [];
    for (const s of body) {
      if (s.s === "if") {
        s.then = this.list(s.then);
        s.otherwise = this.list(s.otherwise);
      } else if (s.s === "block" || s.s === "loop") s.body = this.list(s.body);
      if (s.s === "loop") out.push(...this.before(s));
      out.push(s);
    }
    return out;
  }

  /** Takes out of a loop what does not change in it. */
  private before(loop: Statement): Statement[] {
    const changed = new Set<number>();
    walk(bodiesOf(loop)[0], (s) => {
      if (s.s === "set") changed.add(s.local);
    });
    const found = new Map<string, { index: number; node: Node }>();
    const take = (node: Node): Node => {
      const id = key(node);
      let entry = found.get(id);
      if (!entry) {
        this.locals.push(node.kind);
        entry = { index: this.locals.length - 1, node };
        found.set(id, entry);
      }
      return local(node.kind, entry.index);
    };
    const steady = (node: Node): boolean => {
      if (node.op === "local.get") return !changed.has(node.imm!);
      if (node.op === "call" || /load|atomic|div|rem/.test(node.op)) return false;
      return node.args.every(steady);
    };
    const move = (node: Node): Node => {
      if (isConst(node) || node.op === "local.get") return node;
      if (steady(node)) return worth(node) ? take(node) : node;
      if (node.op === "sum") {
        const fixed = node.args.filter(steady);
        const moving = node.args.filter((arg) => !steady(arg)).map(move);
        if (fixed.length === 0) return sum(moving);
        const rest = sum(fixed);
        return sum([...moving, worth(rest) ? take(rest) : rest]);
      }
      return { ...node, args: node.args.map(move) };
    };
    walk(bodiesOf(loop)[0], (s) => rewrite(s, move));
    return [...found.values()].map(({ index, node }): Statement => ({ s: "set", local: index, value: node }));
  }
}

/** True if computing the node costs more than keeping it: not for a single step by a constant. */
function worth(node: Node): boolean {
  if (isConst(node) || node.op === "local.get") return false;
  if (node.args.some((arg) => !isConst(arg) && arg.op !== "local.get")) return true;
  return node.args.filter((arg) => !isConst(arg)).length > 1 && node.op !== "make";
}

/** Hoists in a function's body, innermost loops first. `locals` gains the locals that hold what was moved. */
export function hoist(body: Statement[], locals: Kind[]): Statement[] {
  return new Hoister(locals).list(body);
}
