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

/** Where WGSL ends a line. */
const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;
/** Longest piece of a source line that is shown. */
const SHOWN = 100;

/** Text for people: `name.wgsl:line:column: message`, the source line with a caret, and the hint. */
export function explain(problem: Problem, name: string, code: string): string {
  const before = code.slice(0, Math.min(problem.at, code.length)).replace(/^\uFEFF/, "").split(LINE_BREAK);
  const left = before[before.length - 1];
  const right = code.slice(problem.at).split(LINE_BREAK, 1)[0];
  const head = `${name}.wgsl:${before.length}:${left.length + 1}: ${problem.message}`;
  if (code.trim() === "") return [head, problem.hint].filter(Boolean).join("\n");
  const [start, end] = [shorten(left, -1), shorten(right, 1)];
  // A tab stays a tab, so that the caret stands under the fault whatever its width.
  const caret = `${[...start].map((c) => c === "\t" ? c : " ").join("")}^`;
  return [head, `  ${start}${end}`, `  ${caret}`, problem.hint].filter(Boolean).join("\n");
}

/** Keeps the side of a text that lies next to the fault, and shows what cannot be printed as a replacement character. */
function shorten(text: string, side: 1 | -1): string {
  // deno-lint-ignore no-control-regex
  const letters = [...text.replace(/[\0-\x08\x0e-\x1f\x7f-\x9f]/g, "\uFFFD")];
  if (letters.length <= SHOWN) return letters.join("");
  return side > 0 ? `${letters.slice(0, SHOWN).join("")}…` : `…${letters.slice(-SHOWN / 2).join("")}`;
}
