/** A fault in WGSL text, found by any stage of the compiler: where it is and what to write instead. */
export class Problem extends Error {
  override name = "Problem";

  /**
   * @param at Offset of the fault in the source text.
   * @param message What is wrong.
   * @param hint What to write instead, if that is known.
   */
  constructor(readonly at: number, message: string, readonly hint?: string) {
    super(message);
  }
}

/** Text for people: `name.wgsl:line:column: message`, the source line with a caret, and the hint. */
export function explain(problem: Problem, name: string, code: string): string {
  const at = Math.min(problem.at, code.length);
  const start = code.lastIndexOf("\n", at - 1) + 1;
  const end = code.indexOf("\n", at);
  const line = code.slice(start, end < 0 ? code.length : end);
  const row = code.slice(0, start).split("\n").length;
  const column = at - start + 1;
  const head = `${name}.wgsl:${row}:${column}: ${problem.message}\n  ${line}\n  ${" ".repeat(column - 1)}^`;
  return problem.hint ? `${head}\n${problem.hint}` : head;
}
