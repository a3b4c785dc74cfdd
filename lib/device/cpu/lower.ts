import type { FunctionDecl, Symbol } from "./ast.ts";
import type { Bound, Checked } from "./checker.ts";
import { NeedsMemory, sum } from "./builder.ts";
import { type Func, i32, type Kind, load, local, make, type Node, op, type Statement, wordOf } from "./ir.ts";
import type { LowerOptions } from "./lower_memory.ts";
import { StmtLowering } from "./lower_stmt.ts";
import { Problem } from "./problem.ts";
import { helperDecl, library } from "./prelude.ts";
import { hoist } from "./hoist.ts";
import { schedule } from "./phases.ts";
import { leafCount, leaves, type MemoryPlace, type Place, type Value } from "./values.ts";
import { roundUp, scalarOf, sizeOf, strideOf, type Type, typeName, type VectorType } from "./types.ts";

/** Where the words of a dispatch's argument block stand: the grid, the constants, then address and bytes per binding. */
export const ARGUMENTS = { grid: 0, constants: 12, bindings: 16, bytesPerBinding: 8 } as const;

/** Most members that are kept in locals: more than registers would hold. */
const MAX_KEPT = 16;

/** A kernel as functions in the intermediate form, and what it needs to run. */
export interface Lowered {
  readonly functions: readonly Func[];
  /** Bindings that the kernel really uses, in the order of the argument block. */
  readonly bindings: readonly Bound[];
  /** Memory that each worker must give, for workgroup variables and invocations. */
  readonly scratchBytes: number;
  readonly workgroupBytes: number;
  /** Bytes of constant arrays. */
  readonly constants: Uint8Array<ArrayBuffer>;
}

/** Lowers a function that is called, not written out: a mathematical helper on `vec4<f32>`. */
class HelperLowering extends StmtLowering {
  readonly inMemory: ReadonlySet<Symbol> = new Set();

  lower(name: string, decl: FunctionDecl): Func {
    const kinds = decl.params.map((): Kind => "v128");
    decl.params.forEach((param, i) =>
      this.values.set(param.symbol!, { type: param.symbol!.type, parts: [local("v128", i)] })
    );
    let value!: Node;
    const body = this.collect(() => value = this.body(decl).parts[0]);
    return this.finish(name, kinds, body, value);
  }

  protected inlineHelper(name: string, args: readonly Value[]): Value {
    return this.inlineValues(helperDecl(name, args[0].type), args);
  }

  protected constantPlace(): MemoryPlace {
    throw new Error("helpers hold no constant arrays");
  }

  protected globalPlace(): Place {
    throw new Error("helpers know no buffers");
  }
}

/** Lowers an entry point to `run(arguments, first, count, scratch)`, which runs a range of workgroups. */
class EntryLowering extends StmtLowering {
  readonly used: Bound[] = [];
  workgroupBytes = 0;
  readonly constantBytes: number[] = [];
  private readonly constantPlaces = new Map<object, MemoryPlace>();
  private readonly privateStart: Statement[] = [];
  private readonly lengths = new Map<string, Node>();
  private readonly local3 = () => [0, 1, 2].map(() => this.newLocal("i32", true));
  private readonly grid = this.local3();
  private readonly workgroup = this.local3();
  private readonly invocation = this.local3();
  private readonly left = this.newLocal("i32");
  private readonly constantBase = this.newLocal("i32", true);
  private readonly workgroupBase = 3;

  constructor(private readonly module: Checked, options: LowerOptions, readonly inMemory: ReadonlySet<Symbol>) {
    super(["i32", "i32", "i32", "i32"], options);
    this.frame = this.newLocal("i32", true);
    this.prologue.push({ s: "set", local: this.constantBase, value: this.argument(ARGUMENTS.constants) });
    this.grid.forEach((index, axis) => {
      this.prologue.push({ s: "set", local: index, value: this.argument(ARGUMENTS.grid + 4 * axis) });
    });
  }

  private argument(offset: number): Node {
    return load("i32.load", "i32", local("i32", 0), offset);
  }

  private get(index: number): Node {
    return local("i32", index);
  }

  lower(name: string): Func {
    const { entry, workgroupSize } = this.module;
    const body = this.collect(() => {
      for (const param of entry.params) {
        this.input(
          param.symbol!,
          param.attributes.find((a) => a.name === "builtin")?.args[0],
        );
      }
      this.body(entry);
    });
    const workgroupBytes = roundUp(this.workgroupBytes, 16);
    const one = this.collect(() => {
      if (workgroupBytes > 0) {
        this.emit({ s: "fill", address: this.get(this.workgroupBase), bytes: i32(workgroupBytes) });
      }
      const statements = schedule([...this.privateStart, ...body], {
        builder: this,
        size: workgroupSize,
        invocation: this.invocation,
        frame: this.frame,
        frameBase: op("i32.add", this.get(this.workgroupBase), i32(workgroupBytes)),
        at: entry.at,
        uniform: new Set([0, 1, 2, 3, ...this.grid, ...this.workgroup, this.constantBase, ...this.bases]),
      });
      for (const statement of statements) this.emit(statement);
    });
    const all = this.collect(() => this.eachWorkgroup(one));
    return this.finish(name, ["i32", "i32", "i32", "i32"], hoist(all, this.locals));
  }

  /** Runs the statements for `count` workgroups from `first` on, with x running fastest. */
  private eachWorkgroup(one: Statement[]): void {
    const [gx, gy] = this.grid.map((index) => this.get(index));
    const [x, y, z] = this.workgroup;
    const rest = op("i32.div_u", this.get(1), gx);
    this.set(x, op("i32.rem_u", this.get(1), gx));
    this.set(y, op("i32.rem_u", rest, gy));
    this.set(z, op("i32.div_u", rest, gy));
    this.set(this.left, this.get(2));
    const next = (index: number): Statement => ({
      s: "set",
      local: index,
      value: op("i32.add", this.get(index), i32(1)),
    });
    const carry = (from: number, limit: Node, then: Statement[]): Statement => ({
      s: "if",
      condition: op("i32.ge_u", this.get(from), limit),
      then: [{ s: "set", local: from, value: i32(0) }, ...then],
      otherwise: [],
    });
    const [label, exit] = [this.newLabel(), this.newLabel()];
    const body: Statement[] = [
      { s: "jump", label: exit, condition: op("i32.eqz", this.get(this.left)) },
      ...one,
      next(x),
      carry(x, gx, [next(y), carry(y, gy, [next(z)])]),
      { s: "set", local: this.left, value: op("i32.sub", this.get(this.left), i32(1)) },
      { s: "jump", label },
    ];
    this.emit({ s: "block", label: exit, body: [{ s: "loop", label, body }] });
  }

  private input(symbol: Symbol, builtin: { readonly name?: string; readonly kind: string } | undefined): void {
    const type = symbol.type;
    const names = type.kind === "struct" && !builtin ? type.members.map((m) => m.builtin!) : [builtin!.name!];
    this.values.set(symbol, { type, parts: names.map((name) => this.inputNode(name)) });
  }

  private inputNode(name: string): Node {
    const size = this.module.workgroupSize;
    const [lx, ly, lz] = this.invocation.map((index, axis) => size[axis] === 1 ? i32(0) : this.get(index));
    const group = this.workgroup.map((index) => this.get(index));
    switch (name) {
      case "workgroup_id":
        return make(group);
      case "num_workgroups":
        return make(this.grid.map((index) => this.get(index)));
      case "local_invocation_id":
        return make([lx, ly, lz]);
      case "local_invocation_index":
        return op("i32.add", lx, op("i32.mul", op("i32.add", ly, op("i32.mul", lz, i32(size[1]))), i32(size[0])));
      default:
        return make([lx, ly, lz].map((id, axis) => op("i32.add", op("i32.mul", group[axis], i32(size[axis])), id)));
    }
  }

  private readonly bases: number[] = [];

  /** What was read before the first workgroup, by place. */
  private readonly kept = new Map<string, Node[]>();

  /** A member of a uniform or of a read-only buffer is read once, before the first workgroup, and then stays in a local. */
  override read(place: Place): Value {
    const known = place.at === "memory" && place.steady && place.length !== undefined && place.steps.length === 0;
    if (!known || leafCount(place.type) > 1) return super.read(place);
    const key = `${place.base.imm} ${place.offset} ${typeName(place.type)}`;
    let parts = this.kept.get(key);
    if (!parts) {
      if (this.kept.size === MAX_KEPT) return super.read(place);
      this.prologue.push(...this.collect(() => parts = super.read(place).parts.map((part) => this.once(part))));
      for (const part of parts!) this.bases.push(part.imm!);
      this.kept.set(key, parts!);
    }
    return { type: place.type, parts: parts! };
  }

  protected globalPlace(symbol: Symbol): Place {
    const place = this.makeGlobal(symbol);
    this.places.set(symbol, place);
    return place;
  }

  private makeGlobal(symbol: Symbol): Place {
    const type = symbol.type;
    if (symbol.space === "private") {
      const decl = symbol.decl as Extract<typeof symbol.decl, { kind: "variable" }>;
      let place!: Place;
      const init = decl.init?.value;
      if (decl.init && init === undefined) {
        throw new Problem(decl.at, "a private variable starts with a value known at compile time");
      }
      this.privateStart.push(...this.collect(() => {
        place = this.newVariable(symbol);
        this.write(place, init === undefined ? this.zero(type) : this.expr(decl.init!));
      }));
      return place;
    }
    if (symbol.space === "workgroup") {
      const offset = this.workgroupBytes;
      this.workgroupBytes += roundUp(sizeOf(type), 16);
      return { at: "memory", type, base: this.get(this.workgroupBase), offset, steps: [] };
    }
    return this.bindingPlace(symbol);
  }

  private bindingPlace(symbol: Symbol): MemoryPlace {
    const offset = ARGUMENTS.bindings + this.used.length * ARGUMENTS.bytesPerBinding;
    const bound = this.module.bound.find((b) => b.symbol === symbol)!;
    const twin = this.used.find((other) => other.binding === bound.binding);
    if (twin) {
      throw new Problem(
        symbol.at,
        `one kernel uses ${symbol.name} and ${twin.symbol.name}, which have the same binding`,
      );
    }
    this.used.push(bound);
    const base = this.newLocal("i32", true);
    this.bases.push(base);
    this.prologue.push({ s: "set", local: base, value: this.argument(offset) });
    const length = (start: number, stride: number): Node => {
      const key = `${symbol.name} ${start} ${stride}`;
      const known = this.lengths.get(key);
      if (known) return known;
      const index = this.newLocal("i32", true);
      this.bases.push(index);
      const bytes = op("i32.sub", this.argument(offset + 4), i32(start));
      this.prologue.push({ s: "set", local: index, value: op("i32.div_u", bytes, i32(stride)) });
      this.lengths.set(key, this.get(index));
      return this.get(index);
    };
    return {
      at: "memory",
      type: symbol.type,
      base: this.get(base),
      offset: 0,
      steps: [],
      length,
      steady: !symbol.write,
    };
  }

  protected constantPlace(key: object, type: Type, value: Value): MemoryPlace {
    const known = this.constantPlaces.get(key);
    if (known) return known;
    const start = roundUp(this.constantBytes.length, 16);
    const bytes = new DataView(new ArrayBuffer(sizeOf(type)));
    leaves(type, 0, (t) => strideOf(t as Extract<Type, { kind: "array" }>)).forEach((leaf, i) => {
      const part = value.parts[i];
      const words = part.op === "v128.const" ? part.lanes!.slice(0, (leaf.type as VectorType).size) : [wordOf(part)];
      words.forEach((word, lane) => bytes.setUint32(leaf.offset + 4 * lane, word, true));
    });
    while (this.constantBytes.length < start) this.constantBytes.push(0);
    this.constantBytes.push(...new Uint8Array(bytes.buffer));
    const place: MemoryPlace = {
      at: "memory",
      type,
      base: sum([this.get(this.constantBase)]),
      offset: start,
      steps: [],
    };
    this.constantPlaces.set(key, place);
    return place;
  }

  protected inlineHelper(name: string, args: readonly Value[]): Value {
    const first = args[0].type;
    const decl = helperDecl(name, first);
    if (decl.params[0].symbol!.type.kind !== "scalar" || first.kind !== "vector") return this.inlineValues(decl, args);
    // A helper on scalars serves vectors one component at a time.
    const settled = args.map((arg) => this.settle(arg));
    const kind = (type: Type) => scalarOf(type) === "f32" ? "f32" as const : "i32" as const;
    const lanes = Array.from({ length: first.size }, (_, lane) =>
      this.inlineValues(
        decl,
        settled.map((arg) => {
          if (arg.type.kind !== "vector") return arg;
          const node: Node = {
            op: `${kind(arg.type)}x4.extract_lane`,
            kind: kind(arg.type),
            args: [arg.parts[0]],
            imm: lane,
          };
          return { type: { kind: "scalar", scalar: arg.type.scalar }, parts: [node] };
        }),
      ).parts[0]);
    const type = decl.result!;
    return {
      type: { kind: "vector", size: first.size, scalar: scalarOf(type)! },
      parts: [make(lanes.map((lane) => this.once(lane)))],
    };
  }
}

function helperClosure(names: Iterable<string>, options: LowerOptions): Func[] {
  const done = new Map<string, Func>();
  const add = (name: string): void => {
    if (done.has(name)) return;
    const lowering = new HelperLowering([], options);
    const params = library().get(name)!.params.map((): Kind => "v128");
    lowering.locals.push(...params);
    done.set(name, lowering.lower(name, library().get(name)!));
    for (const inner of lowering.helpers) add(inner);
  };
  for (const name of names) add(name);
  return [...done.values()];
}

/** Lowers a checked kernel. @throws Problem for what lies outside the subset */
export function lower(module: Checked, options: LowerOptions): Lowered {
  const inMemory = new Set<Symbol>();
  for (;;) {
    const lowering = new EntryLowering(module, options, inMemory);
    try {
      const main = lowering.lower("run");
      const [x, y, z] = module.workgroupSize;
      return {
        functions: [main, ...helperClosure(lowering.helpers, options)],
        bindings: lowering.used,
        workgroupBytes: lowering.workgroupBytes,
        scratchBytes: roundUp(lowering.workgroupBytes, 16) + x * y * z * lowering.frameBytes + 64,
        constants: new Uint8Array(lowering.constantBytes),
      };
    } catch (error) {
      if (!(error instanceof NeedsMemory) || inMemory.has(error.symbol)) throw error;
      inMemory.add(error.symbol);
    }
  }
}
