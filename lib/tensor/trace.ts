import type { AnyNode } from "./node.ts";

/** What a traced function leaves behind besides its outputs. */
export class Trace {
  /** Nodes that change state, in the order in which they were made. */
  readonly effects: AnyNode[] = [];
  #last = new Map<unknown, () => void>();

  /** Runs `action` once, after the traced function has returned; a second call with the same key is ignored. */
  atEnd(key: unknown, action: () => void): void {
    if (!this.#last.has(key)) this.#last.set(key, action);
  }

  finish(): void {
    for (const action of this.#last.values()) action();
    this.#last.clear();
  }
}

let active: Trace | null = null;

/** The trace being recorded, if any. */
export function activeTrace(): Trace | null {
  return active;
}

/** Records what `fn` does. Traces do not nest: a compiled function may not compile another one. */
export function record<R>(fn: () => R): { result: R; trace: Trace } {
  if (active) throw new Error("compile: a traced function called another compiled program; call it outside");
  const trace = new Trace();
  active = trace;
  try {
    const result = fn();
    trace.finish();
    return { result, trace };
  } finally {
    active = null;
  }
}
