/**
 * Turns the program of one invocation into the program of a workgroup.
 *
 * Without barriers that is a loop over the invocations. With barriers the loop is turned inside out: control flow around a
 * barrier, which WGSL demands to be the same for all invocations, runs once per workgroup, and each stretch between two
 * barriers (a segment) gets its own loop over the invocations. Locals that live across segments wait in memory, in the
 * invocation's frame.
 */
import {
  bodiesOf,
  i32,
  isLoad,
  type Kind,
  load,
  local,
  type Node,
  nodesOf,
  op,
  type Statement,
  visit,
  walk,
} from "./ir.ts";
import type { MemoryLowering } from "./lower_memory.ts";
import { Problem } from "./problem.ts";

export interface PhaseContext {
  readonly builder: MemoryLowering;
  readonly size: readonly [number, number, number];
  /** Locals of the invocation's x, y, z. */
  readonly invocation: readonly number[];
  readonly frame: number;
  readonly frameBase: Node;
  /** Locals known to be the same for all invocations. */
  readonly uniform: ReadonlySet<number>;
  /** Where the entry point stands, for errors. */
  readonly at: number;
}

interface Segment {
  readonly statements: Statement[];
  readonly end: number;
  /** Labels of the structures around it, outermost first; loops are marked. */
  readonly around: readonly { label: number; loop: boolean; at?: number }[];
}

const hasBarrier = (statement: Statement): boolean =>
  statement.s === "barrier" || bodiesOf(statement).flat().some(hasBarrier);

/** Where the first barrier among these statements stands in the text. */
function barrierIn(body: readonly Statement[]): number | undefined {
  let at: number | undefined;
  walk(body, (s) => {
    if (s.s === "barrier") at ??= s.at;
  });
  return at;
}

function step(index: number, by: number): Statement {
  return { s: "set", local: index, value: op("i32.add", local("i32", index), i32(by)) };
}

/** Runs `body` for each invocation of the workgroup, x fastest. */
function eachInvocation(context: PhaseContext, body: Statement[]): Statement[] {
  let inner = body;
  context.invocation.forEach((index, axis) => {
    const size = context.size[axis];
    if (size === 1) return;
    const label = context.builder.newLabel();
    const again: Statement = { s: "jump", label, condition: op("i32.lt_u", local("i32", index), i32(size)) };
    inner = [
      { s: "set", local: index, value: i32(0) },
      { s: "loop", label, body: [...inner, step(index, 1), again] },
    ];
  });
  return inner;
}

class Scheduler {
  private readonly uniform: Set<number>;
  private readonly segments: Segment[] = [];
  private readonly flags = new Map<number, { flag: number; reset: Statement; used: boolean }>();
  private around: Segment["around"] = [];

  constructor(private readonly context: PhaseContext, body: readonly Statement[]) {
    this.uniform = new Set(context.uniform);
    this.findUniform(body);
  }

  private isUniform(node: Node): boolean {
    if (node.op === "local.get") return this.uniform.has(node.imm!);
    if (/atomic/.test(node.op) || (isLoad(node) && !node.steady)) return false;
    return node.args.every((arg) => this.isUniform(arg));
  }

  /** Runs once per workgroup: it holds a barrier, or it is a jump that all invocations take together. */
  private structural(statement: Statement): boolean {
    return hasBarrier(statement) || this.common(statement);
  }

  /** Does the same for all invocations: decides by and sets nothing but locals that are the same for all. */
  private common(statement: Statement): boolean {
    if (statement.s === "set") return this.uniformSet(statement);
    if (["store", "fill", "copy", "barrier", "trap"].includes(statement.s)) return false;
    return nodesOf(statement).every((node) => this.isUniform(node)) &&
      bodiesOf(statement).flat().every((inner) => this.common(inner));
  }

  private uniformSet(statement: Statement): boolean {
    return statement.s === "set" && this.uniform.has(statement.local) && this.isUniform(statement.value);
  }

  /** Finds locals that are only set by code that runs once per workgroup, to values that are the same for all. */
  private findUniform(body: readonly Statement[]): void {
    walk(body, (s) => {
      if (s.s === "set") this.uniform.add(s.local);
    });
    for (const index of this.context.invocation) this.uniform.delete(index);
    this.uniform.delete(this.context.frame);
    for (let before = -1; before !== this.uniform.size;) {
      before = this.uniform.size;
      this.dropVarying(body, true);
    }
  }

  private dropVarying(body: readonly Statement[], once: boolean): void {
    for (const s of body) {
      if (s.s === "set" && (!once || !this.isUniform(s.value))) this.uniform.delete(s.local);
      const inner = once && this.structural(s);
      for (const list of bodiesOf(s)) this.dropVarying(list, inner);
    }
  }

  private newSegment(): Segment {
    return { statements: [], end: this.context.builder.newLabel(), around: this.around };
  }

  /** Splits a list into segments and what runs once; the marks `{segment}` are filled in later. */
  list(body: readonly Statement[], start: Statement[] = []): Statement[] {
    const out: Statement[] = [];
    let segment = this.newSegment();
    segment.statements.push(...start);
    const flush = () => {
      if (segment.statements.length === 0) return;
      this.segments.push(segment);
      // The block stands for the segment until `fill` writes the loop over invocations into it.
      out.push({ s: "block", label: segment.end, body: [] });
      this.marks.set(out[out.length - 1], segment);
      segment = this.newSegment();
    };
    for (const s of body) {
      if (s.s === "barrier") flush();
      else if (this.common(s)) {
        if (!this.independent(s, segment.statements)) flush();
        out.push(s);
      } else if (this.structural(s)) {
        flush();
        out.push(this.structure(s));
      } else segment.statements.push(s);
    }
    flush();
    return out;
  }

  /** True if a common statement may run before a segment that stands before it. */
  private independent(s: Statement, segment: readonly Statement[]): boolean {
    const used = mentioned(segment);
    const labels = new Set<number>();
    let free = true;
    walk([s], (inner) => {
      if (inner.s === "set" && used.has(inner.local)) free = false;
      if (inner.s === "block" || inner.s === "loop") labels.add(inner.label);
      if (inner.s === "jump" && !labels.has(inner.label)) free = false;
    });
    return free || segment.length === 0;
  }

  private readonly marks = new Map<Statement, Segment>();

  private structure(s: Statement): Statement {
    if (s.s === "if") {
      this.demand(s.condition, s);
      return { s: "if", condition: s.condition, then: this.list(s.then), otherwise: this.list(s.otherwise) };
    }
    if (s.s !== "block" && s.s !== "loop") return s;
    const outer = this.around;
    this.around = [...outer, { label: s.label, loop: s.s === "loop", at: barrierIn([s]) }];
    const flag = this.context.builder.newLocal("i32");
    const reset: Statement = { s: "set", local: flag, value: i32(0) };
    this.flags.set(s.label, { flag, reset, used: false });
    const body = this.list(s.body, [reset]);
    this.around = outer;
    return { ...s, body };
  }

  private demand(condition: Node, around: Statement): void {
    if (this.isUniform(condition)) return;
    throw new Problem(
      barrierIn([around]) ?? this.context.at,
      "a barrier stands under a condition that may differ between invocations",
      "Make the condition depend on workgroup_id, overrides and read-only buffers only, or read it with workgroupUniformLoad.",
    );
  }

  /** Turns jumps out of a segment into a flag, which later segments of the same structure look at. */
  private escape(segment: Segment, body: readonly Statement[], own: ReadonlySet<number>): Statement[] {
    return body.flatMap((s): Statement[] => {
      if (s.s === "block" || s.s === "loop") {
        return [{ ...s, body: this.escape(segment, s.body, new Set([...own, s.label])) }];
      }
      if (s.s === "if") {
        return [{ ...s, then: this.escape(segment, s.then, own), otherwise: this.escape(segment, s.otherwise, own) }];
      }
      if (s.s !== "jump" || own.has(s.label)) return [s];
      const depth = segment.around.findIndex((a) => a.label === s.label);
      if (segment.around.slice(depth).some((a) => a.loop)) {
        const last = segment.around[segment.around.length - 1];
        throw new Problem(
          last.at ?? this.context.at,
          "a loop with a barrier is left under a condition that may differ between invocations",
          "Let all invocations leave together: collect the condition in var<workgroup>, and read it with workgroupUniformLoad.",
        );
      }
      const entry = this.flags.get(s.label)!;
      entry.used = true;
      const leave: Statement[] = [{ s: "set", local: entry.flag, value: i32(1) }, { s: "jump", label: segment.end }];
      return s.condition ? [{ s: "if", condition: s.condition, then: leave, otherwise: [] }] : leave;
    });
  }

  /** Statements for the whole workgroup. */
  finish(structure: Statement[]): Statement[] {
    const bodies = this.segments.map((segment) => this.escape(segment, segment.statements, new Set()));
    this.segments.forEach((segment, i) => {
      const guards = segment.around.map((a) => this.flags.get(a.label)!).filter((entry) => entry.used);
      const resets = bodies[i].filter((s) => [...this.flags.values()].some((entry) => entry.reset === s));
      const rest = bodies[i].filter((s) => !resets.includes(s));
      const live = resets.filter((s) => [...this.flags.values()].some((entry) => entry.used && entry.reset === s));
      const jumps = guards.map((g): Statement => ({ s: "jump", label: segment.end, condition: local("i32", g.flag) }));
      bodies[i] = rest.length > 0 ? [...live, ...jumps, ...rest] : live;
    });
    const homes = this.homes(bodies);
    const frameBytes = this.context.builder.frameBytes;
    const loops = bodies.map((body, i) => this.segmentLoop(this.segments[i], body, homes, frameBytes));
    return this.fill(structure, new Map(this.segments.map((segment, i) => [segment, loops[i]])));
  }

  private fill(body: readonly Statement[], loops: ReadonlyMap<Segment, Statement[]>): Statement[] {
    return body.flatMap((s): Statement[] => {
      const segment = this.marks.get(s);
      if (segment) return loops.get(segment)!;
      if (s.s === "if") return [{ ...s, then: this.fill(s.then, loops), otherwise: this.fill(s.otherwise, loops) }];
      return s.s === "block" || s.s === "loop" ? [{ ...s, body: this.fill(s.body, loops) }] : [s];
    });
  }

  /** Places in the frame for the locals that more than one segment uses. */
  private homes(bodies: readonly Statement[][]): Map<number, number> {
    const uses = new Map<number, number>();
    const common = new Set([...this.uniform, ...this.context.invocation, this.context.frame]);
    for (const body of bodies) for (const index of mentioned(body)) uses.set(index, (uses.get(index) ?? 0) + 1);
    const homes = new Map<number, number>();
    for (const [index, count] of uses) {
      if (count > 1 && !common.has(index)) homes.set(index, this.context.builder.allocateFrame(16));
    }
    return homes;
  }

  private segmentLoop(
    segment: Segment,
    body: Statement[],
    homes: ReadonlyMap<number, number>,
    frameBytes: number,
  ): Statement[] {
    if (body.length === 0) return [];
    const { builder, frame, frameBase } = this.context;
    const kinds = builder.locals;
    const written = new Set<number>();
    walk(body, (s) => {
      if (s.s === "set") written.add(s.local);
    });
    const mine = [...mentioned(body)].filter((index) => homes.has(index));
    const here = local("i32", frame);
    const loads = mine.map((index): Statement => ({
      s: "set",
      local: index,
      value: load(
        kinds[index] === "v128" ? "v128.load" : `${kinds[index]}.load`,
        kinds[index],
        here,
        homes.get(index)!,
      ),
    }));
    const stores = mine.filter((index) => written.has(index)).map((index): Statement => ({
      s: "store",
      op: `${kinds[index]}.store`,
      offset: homes.get(index)!,
      address: here,
      value: local(kinds[index] as Kind, index),
    }));
    const inner: Statement[] = [...loads, { s: "block", label: segment.end, body }, ...stores, step(frame, frameBytes)];
    return [{ s: "set", local: frame, value: frameBase }, ...eachInvocation(this.context, inner)];
  }
}

function mentioned(body: readonly Statement[]): Set<number> {
  const found = new Set<number>();
  walk(body, (s) => {
    if (s.s === "set") found.add(s.local);
    for (const node of nodesOf(s)) visit(node, (n) => n.op === "local.get" && found.add(n.imm!));
  });
  return found;
}

/** The program of a workgroup from that of an invocation. @throws Problem for a barrier that not all would reach */
export function schedule(body: Statement[], context: PhaseContext): Statement[] {
  if (!body.some(hasBarrier)) {
    return [{ s: "set", local: context.frame, value: context.frameBase }, ...eachInvocation(context, body)];
  }
  const scheduler = new Scheduler(context, body);
  return scheduler.finish(scheduler.list(body));
}
