import type { Func, Kind, Node, Statement } from "./ir.ts";
import { isConst, wordOf } from "./ir.ts";
import { opcode, sleb, uleb } from "./opcodes.ts";

const TYPE: Readonly<Record<Kind, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const EMPTY = 0x40;
/** Largest number of 64 KiB pages that a 32-bit memory has. */
export const MAX_PAGES = 65536;

const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...uleb(bytes.length), ...bytes];
};
/** A 32-bit word, lowest byte first. */
const bytesOf = (word: number): number[] => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
const list = (items: readonly (readonly number[])[]): number[] => [...uleb(items.length), ...items.flat()];

function append(target: number[], bytes: readonly number[]): void {
  for (const byte of bytes) target.push(byte);
}

/**
 * The constant vectors of a module, as globals: engines read one with a single load, but build the operand of `v128.const` from
 * several instructions every time it is used.
 */
class Constants {
  private readonly indices = new Map<string, number>();
  private readonly globals: number[][] = [];

  /** The global that holds these lanes. */
  index(lanes: readonly number[]): number {
    const key = lanes.join();
    let index = this.indices.get(key);
    if (index === undefined) {
      this.indices.set(key, index = this.globals.length);
      this.globals.push([TYPE.v128, 0, ...opcode("v128.const"), ...lanes.flatMap(bytesOf), 0x0b]);
    }
    return index;
  }

  section(): number[] {
    return section(6, list(this.globals));
  }
}

/** Writes the body of one function. */
class BodyWriter {
  readonly bytes: number[] = [];
  private readonly labels: number[] = [];

  constructor(private readonly functions: ReadonlyMap<string, number>, private readonly constants: Constants) {}

  statements(body: readonly Statement[]): void {
    for (const statement of body) this.statement(statement);
  }

  private statement(statement: Statement): void {
    switch (statement.s) {
      case "set":
        this.node(statement.value);
        return this.put(0x21, ...uleb(statement.local));
      case "store":
        return this.store(statement);
      case "fill":
        this.node(statement.address);
        this.put(0x41, 0);
        this.node(statement.bytes);
        return this.put(0xfc, 11, 0);
      case "copy":
        this.node(statement.to);
        this.node(statement.from);
        this.put(0x41, ...sleb(statement.bytes));
        return this.put(0xfc, 10, 0, 0);
      case "if":
        this.node(statement.condition);
        this.put(0x04, EMPTY);
        this.labels.push(-1);
        this.statements(statement.then);
        if (statement.otherwise.length > 0) {
          this.put(0x05);
          this.statements(statement.otherwise);
        }
        this.labels.pop();
        return this.put(0x0b);
      case "block":
      case "loop":
        this.put(statement.s === "block" ? 0x02 : 0x03, EMPTY);
        this.labels.push(statement.label);
        this.statements(statement.body);
        this.labels.pop();
        return this.put(0x0b);
      case "jump": {
        const depth = this.labels.length - 1 - this.labels.lastIndexOf(statement.label);
        if (statement.condition) this.node(statement.condition);
        return this.put(statement.condition ? 0x0d : 0x0c, ...uleb(depth));
      }
      case "trap":
        return this.put(0x00);
      case "barrier":
        throw new Error("a barrier reached the WebAssembly writer");
    }
  }

  private store(statement: Extract<Statement, { s: "store" }>): void {
    this.node(statement.address);
    this.node(statement.value);
    const align = statement.op.includes("atomic") ? 2 : 0;
    append(this.bytes, opcode(statement.op));
    this.put(align, ...uleb(statement.offset));
    if (statement.lane !== undefined) this.put(statement.lane);
  }

  private put(...bytes: number[]): void {
    append(this.bytes, bytes);
  }

  node(node: Node): void {
    switch (node.op) {
      case "i32.const":
        return this.put(0x41, ...sleb(node.imm!));
      case "f32.const":
        return this.put(0x43, ...bytesOf(wordOf(node)));
      case "v128.const":
        return this.put(0x23, ...uleb(this.constants.index(node.lanes!)));
      case "local.get":
        return this.put(0x20, ...uleb(node.imm!));
      case "make":
        return this.make(node);
      case "sum":
        node.args.forEach((arg, i) => {
          this.node(arg);
          if (i > 0) append(this.bytes, opcode("i32.add"));
        });
        return;
    }
    for (const arg of node.args) this.node(arg);
    if (node.op === "select") return node.kind === "v128" ? this.put(0x1c, 1, TYPE.v128) : this.put(0x1b);
    if (node.op === "call") return this.put(0x10, ...uleb(this.functions.get(node.callee!)!));
    this.instruction(node);
  }

  private instruction(node: Node): void {
    if (node.op === "i8x16.shuffle") this.node(node.args[0]);
    append(this.bytes, opcode(node.op));
    if (node.op === "i8x16.shuffle") append(this.bytes, node.lanes!);
    else if (node.op.includes("atomic")) this.put(2, ...uleb(node.imm ?? 0));
    else if (node.op === "v128.load32_lane") this.put(0, ...uleb(node.imm!), node.lanes![0]);
    else if (node.op.includes("load")) this.put(0, ...uleb(node.imm ?? 0));
    else if (node.op.includes("_lane")) this.put(node.imm!);
  }

  /** Splats the first component, then replaces the lanes that differ from it. */
  private make(node: Node): void {
    const [first] = node.args;
    const shape = first.kind === "f32" ? "f32x4" : "i32x4";
    this.node(first);
    append(this.bytes, opcode(`${shape}.splat`));
    node.args.forEach((arg, lane) => {
      if (arg === first || (isConst(arg) && isConst(first) && wordOf(arg) === wordOf(first))) return;
      this.node(arg);
      append(this.bytes, opcode(`${shape}.replace_lane`));
      this.put(lane);
    });
  }
}

function bodyOf(func: Func, functions: ReadonlyMap<string, number>, constants: Constants): number[] {
  const writer = new BodyWriter(functions, constants);
  writer.statements(func.body);
  if (func.value) writer.node(func.value);
  const runs: number[][] = [];
  const kinds = func.locals.slice(func.params.length);
  for (let i = 0; i < kinds.length;) {
    let j = i;
    while (j < kinds.length && kinds[j] === kinds[i]) j++;
    runs.push([...uleb(j - i), TYPE[kinds[i]]]);
    i = j;
  }
  const body = list(runs);
  append(body, writer.bytes);
  body.push(0x0b);
  return [...uleb(body.length), ...body];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...uleb(content.length), ...content];
}

/**
 * A WebAssembly module with these functions over the shared memory `env.memory`. The first function is exported as `run`.
 */
export function emitModule(functions: readonly Func[]): Uint8Array<ArrayBuffer> {
  const indices = new Map(functions.map((func, i) => [func.name, i]));
  const types = functions.map((func) => [
    0x60,
    ...list(func.params.map((kind) => [TYPE[kind]])),
    ...list(func.result ? [[TYPE[func.result]]] : []),
  ]);
  const memory = [...text("env"), ...text("memory"), 2, 3, ...uleb(1), ...uleb(MAX_PAGES)];
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  append(bytes, section(1, list(types)));
  append(bytes, section(2, list([memory])));
  append(bytes, section(3, list(functions.map((_, i) => uleb(i)))));
  const constants = new Constants();
  const bodies = functions.map((func) => bodyOf(func, indices, constants));
  append(bytes, constants.section());
  append(bytes, section(7, list([[...text("run"), 0, 0]])));
  append(bytes, section(10, list(bodies)));
  return new Uint8Array(bytes);
}
